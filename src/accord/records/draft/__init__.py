"""A first mapping for a table, to be read through by a person: `accord records draft-mapping FILE`.

Invariants: what is proposed passes `parse_mapping`; each column of the table is named once, with the reason for what is
done with it or for leaving it out; no value of a record is written.

>>> import pathlib, tempfile
>>> path = pathlib.Path(tempfile.mkdtemp()) / "staff.csv"
>>> _ = path.write_text("No;Nom;Date de naissance\\n1;Amina Diallo;1963\\n2;Wei Li;1970\\n")
>>> drafted = draft_mapping(path)
>>> drafted.schema, [(column.name, column.prop) for column in drafted.columns]
('Person', [('No', 'id'), ('Nom', 'name'), ('Date de naissance', 'birthDate')])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path

from accord.errors import InputError
from accord.records._format import format_of
from accord.records._rows import table_rows
from accord.records._source import open_source
from accord.records.draft._columns import Column, fold, holds
from accord.records.draft._toml import Other, render
from accord.records.mapping import Cell, Layout
from accord.records.report import Report
from accord.records.schemata import is_a

_SAMPLE_ROWS = 1_000
_HEADER_WITHIN, _HEADER_FILLED = 10, 0.8
# properties that show what the rows are about; the schema with most of them wins, the first of equals
_SIGNS = {
    "Person": {
        "firstName", "lastName", "middleName", "fatherName", "motherName", "birthDate", "deathDate", "birthPlace",
        "gender", "nationality", "passportNumber", "position",
    },
    "Vessel": {"imoNumber", "mmsi", "flag", "callSign"},
    "Vehicle": {"vin"},
    "Firearm": {"calibre", "serialNumber", "make"},
    "CryptoWallet": {"publicKey"},
    "Company": {"registrationNumber", "legalForm", "incorporationDate", "leiCode", "ogrnCode", "jurisdiction"},
    "BankAccount": {"iban", "accountNumber"},
}  # fmt: skip

_OF_BODIES = _SIGNS["Company"] - {"jurisdiction"}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A proposed mapping: its text, the schema of the rows, and what was thought of each column."""

    text: str
    schema: str
    columns: tuple[Column, ...]


def draft_mapping(path: str | Path) -> Drafted:
    """Propose a mapping for a table from its column names and its first rows.

    Raises `InputError` `records.draft` when the file needs no mapping, and what reading a table raises.
    """
    report = Report()
    with open_source(path) as source:
        if format_of(source, path, mapped=True) != "table" or source.peek(1) in (b"{", b"<"):
            raise InputError("records.draft", f"{source.name} is no table: it needs no mapping", "load it as it is")
        rows = list(islice(table_rows(source, Layout(), frozenset(), report), _SAMPLE_ROWS))
        stem = source.name.split(".")[0]
    header, names, cells = _header(rows)
    read = [Column.of(name, [row[number] for row in cells]) for number, name in enumerate(names) if name]
    schema, columns = _schema(read), _whole_names(read)
    others = _others(columns, schema)
    return Drafted(render(stem, schema, columns, others, header, report.said), schema, columns)


def _header(rows: Sequence[tuple[int, list[Cell]]]) -> tuple[int, list[str], list[list[Cell]]]:
    """The number of the row with the column names, the names, and the cells of the rows below, all of one length.

    A title above the names fills fewer cells than they do.
    """
    counts = [sum(bool(cell) for cell in row) for _, row in rows]
    place = next(n for n, count in enumerate(counts) if count >= _HEADER_FILLED * max(counts) or n >= _HEADER_WITHIN)
    number, names = rows[place]
    below = [row + [""] * (len(names) - len(row)) for _, row in rows[place + 1 :]]
    return number, [str(name) for name in names], below


def _schema(columns: Sequence[Column]) -> str:
    found = {column.prop for column in columns}
    votes = {schema: len(found & signs) for schema, signs in _SIGNS.items()}
    best = max(votes, key=lambda schema: votes[schema])
    named = any(holds(fold(column.name), word) for column in columns for word in _roles()[0].words)
    return best if votes[best] else "Company" if named else "LegalEntity"


def _whole_names(columns: Sequence[Column]) -> tuple[Column, ...]:
    """«Nom» is a surname beside «Prénom»; without it, and with several words in its cells, it is the whole name."""
    if any(column.prop in ("name", "firstName") for column in columns):
        return tuple(columns)
    why = "its values have several words, and no column has first names"
    return tuple(
        replace(column, prop="name", why=why) if column.prop == "lastName" and column.worded else column
        for column in columns
    )


@dataclass(frozen=True, slots=True)
class _Role:
    key: str
    schema: str
    main: str
    link: str
    ends: tuple[str, str]
    words: tuple[tuple[str, ...], ...]


@cache
def _roles() -> tuple[_Role, ...]:
    lines = files(__package__).joinpath("roles.txt").read_text("utf-8").splitlines()
    rows = ([cell.strip() for cell in line.split("|")] for line in lines if not line.startswith("#"))
    return tuple(
        _Role(key, schema, main, link, (own, other), tuple(fold(word) for word in words.split(";")))
        for key, schema, main, link, own, other, words in rows
    )


def _others(columns: Sequence[Column], schema: str) -> list[Other]:
    """The other entities that a row speaks of: columns whose names hold the word of a role."""
    found: dict[str, tuple[_Role, list[Column]]] = {}
    left: list[Column] = []
    for column in columns:
        words = fold(column.name)
        for role in _roles():
            if is_a(schema, role.main) and (said := next((one for one in role.words if holds(words, one)), None)):
                rest = " ".join(word for word in words if word not in said)
                about = Column.of(rest, []).prop if rest else "name"
                listed = found.setdefault(role.key, (role, []))[1]
                listed.append(replace(column, prop=about, exact=True, why="by its name"))
                break
        else:
            left.append(column)
    if "employer" in found:  # a person stands in no register of companies
        found["employer"][1].extend(column for column in left if column.prop in _OF_BODIES)
    for _, listed in found.values():
        if not any(column.prop == "name" for column in listed):
            unclear = next((n for n, column in enumerate(listed) if column.prop is None), None)
            if unclear is not None:  # "Registered owner"
                listed[unclear] = replace(listed[unclear], prop="name")
    others = [Other(role.key, role.schema, role.link, role.ends, tuple(listed)) for role, listed in found.values()]
    account = tuple(column for column in left if column.prop in _SIGNS["BankAccount"])
    if account and is_a(schema, "LegalEntity"):
        others.append(Other("account", "BankAccount", "Ownership", ("owner", "asset"), account))
    return others
