"""The tables of the review, in the desk's encrypted database."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, UniqueConstraint

METADATA = MetaData()
PAIRS = Table(
    "review_pair",
    METADATA,
    Column("id", String, primary_key=True),
    Column("left", String, nullable=False, index=True),
    Column("right", String, nullable=False, index=True),
    Column("score", Float, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("since", String, nullable=False),
    UniqueConstraint("left", "right"),
)
JUDGEMENTS = Table(
    "review_judgement",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("pair", String, nullable=False, index=True),
    Column("account", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("second", Integer, nullable=False),  # whether another person's opinion was asked for
    Column("seconds", Integer, nullable=False),
    Column("at", String, nullable=False),
    Column("undone", Integer, nullable=False),
)
COMPARED = Table(
    "review_compared",
    METADATA,
    Column("left", String, primary_key=True),
    Column("right", String, primary_key=True),
)
