"""The tables of the review, in the desk's encrypted database."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, Table, UniqueConstraint

from accord.vault.columns import Keyed, Plain, Sealed

METADATA = MetaData()
PAIRS = Table(
    "review_pair",
    METADATA,
    Column("id", Plain, primary_key=True),
    Column("left", Keyed("review_pair.left"), nullable=False, index=True),
    Column("right", Keyed("review_pair.right"), nullable=False, index=True),
    Column("score", Float, nullable=False),
    Column("state", Keyed("review_pair.state"), nullable=False),
    Column("since", Plain, nullable=False),
    UniqueConstraint("left", "right"),
)
Index("review_pair_likeliest", PAIRS.c.state, PAIRS.c.score.desc(), PAIRS.c.id)  # the queue, however long it is
JUDGEMENTS = Table(
    "review_judgement",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("pair", Plain, nullable=False, index=True),
    Column("account", Keyed("review_judgement.account"), nullable=False),
    Column("verdict", Sealed("review_judgement.verdict"), nullable=False),
    Column("second", Integer, nullable=False),  # whether another person's opinion was asked for
    Column("seconds", Integer, nullable=False),
    Column("at", Plain, nullable=False),
    Column("undone", Integer, nullable=False),
)
COMPARED = Table(
    "review_compared",
    METADATA,
    Column("left", Plain, primary_key=True),
    Column("right", Plain, primary_key=True),
)
