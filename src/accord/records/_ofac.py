"""OFAC's list of specially designated nationals (the CSV files sdn, alt, add and sdn_comments) -> entities.

Invariants: the main file is read row by row; the files beside it are found by its name and held in memory (some
20 MB for the whole list), since their rows come in an order of their own; which of them were found is said. Remarks
stay whole in `notes`; what they state in a fixed form becomes properties too (`_ofac_remarks`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from accord.errors import InputError, Problem
from accord.records._delimited import delimited_rows
from accord.records._ofac_remarks import Remarks, read_remarks
from accord.records._source import STDIN, Source, open_source
from accord.records.mapping import Layout
from accord.records.model import Entity
from accord.records.report import Report
from accord.records.schemata import schema

_NULL = "-0-"
_END_OF_FILE = "\x1a"  # the last line of the published files
_SCHEMATA = {
    "individual": "Person",
    "vessel": "Vessel",
    "aircraft": "Airplane",
    _NULL: "LegalEntity",
    "": "LegalEntity",
}
_ALIASES = {"aka": "alias", "nka": "alias", "fka": "previousName"}
_SDN_COLUMNS, _ALT_COLUMNS, _ADD_COLUMNS = 12, 5, 6
_LAYOUT = Layout(delimiter=",")
_Rows = dict[str, list[list[str]]]


def is_ofac(head: bytes, name: str) -> bool:
    """Whether a file that begins so is the main file of the list.

    Raises `InputError` `records.ofac` for one of the files that belong beside it.
    """
    first = head.decode("latin-1").splitlines()[0]
    try:
        cells = [cell.strip() for cell in next(csv.reader([first]), [])]
    except csv.Error:
        return False
    if len(cells) == _SDN_COLUMNS and cells[0].isdecimal() and cells[2] in _SCHEMATA and _NULL in cells:
        return True
    if len(cells) in (_ALT_COLUMNS, _ADD_COLUMNS) and cells[0].isdecimal() and cells[1].isdecimal() and _NULL in cells:
        raise InputError(
            "records.ofac",
            f"{name} holds other names or addresses of OFAC's list, without the main file",
            "give sdn.csv; the files beside it are then read with it",
        )
    return False


def ofac_entities(source: Source, path: str | Path, report: Report) -> Iterator[tuple[int, Entity]]:
    """Each listing, and each wallet that its remarks state, with its line in the main file."""
    beside = {part: _beside(path, part, report) for part in ("alt", "add", "comments")}
    read = [name for name, _ in beside.values() if name]
    report.say(f"{source.name}: read as OFAC's list of designated persons" + _found(read))
    for number, cells in delimited_rows(source, _LAYOUT, frozenset(), Report()):
        row = [_value(str(cell)) for cell in cells]
        if row in ([], [_END_OF_FILE]):
            continue
        if len(row) != _SDN_COLUMNS or not row[0].isdecimal() or not row[1]:
            remedy = "download the list again"
            report.problem(Problem("records.row", "no listing of OFAC's list", remedy, source.name, number))
            continue
        others, addresses, comments = (beside[part][1].get(row[0], []) for part in ("alt", "add", "comments"))
        for entity in _listing(row, others, addresses, " ".join([row[11], *(c[1] for c in comments)])):
            yield number, entity


def _found(names: list[str]) -> str:
    if not names:
        return "; no alt.csv and add.csv beside it, so there are no other names and no addresses"
    return f", with {', '.join(names)} beside it"


def _beside(path: str | Path, part: str, report: Report) -> tuple[str, _Rows]:
    """The name and the rows, by listing, of a file of the list that lies beside the main one."""
    path = Path(path)
    main = path.name.casefold()
    wanted = {re.sub("sdn|prim", part, main, count=1)}
    if part == "comments":
        wanted.add(main.replace("sdn", "sdn_comments", 1))
    try:
        listed = [] if str(path) == STDIN else sorted(path.parent.iterdir())
    except OSError:
        listed = []  # a folder that may not be listed
    found = [one for one in listed if one.name.casefold() in wanted]
    rows: _Rows = {}
    if not found or found[0].name == path.name:
        return "", rows
    with open_source(found[0]) as source:
        for number, cells in delimited_rows(source, _LAYOUT, frozenset(), Report()):
            row = [_value(str(cell)) for cell in cells]
            if len(row) >= 2 and row[0].isdecimal():
                rows.setdefault(row[0], []).append(row)
            elif row not in ([], [""], [_END_OF_FILE]):
                remedy = "download the list again"
                report.problem(Problem("records.row", "no row of OFAC's list", remedy, source.name, number))
    return found[0].name, rows


def _listing(row: list[str], others: list[list[str]], addresses: list[list[str]], remarks: str) -> Iterator[Entity]:
    number, name, kind, program, title, call_sign, vessel_type, tonnage, gross, flag, owner = row[:11]
    identity, schema_name = f"ofac-{number}", _SCHEMATA.get(kind, "LegalEntity")
    known = schema(schema_name)
    said = read_remarks(remarks)
    stated: list[tuple[str, str]] = [("name", _turned(name, kind)), *_name_parts(name, kind)]
    stated += [(_ALIASES.get(other[2], "alias"), _turned(other[3], kind)) for other in others if len(other) > 3]
    stated += said.properties
    for address in addresses:
        parts = [part for part in address[2:5] if part]
        stated += [("country", part) for part in address[4:5]]
        stated += [("address", ", ".join(parts))] if parts != address[4:5] else []
    stated += [("topics", "sanction"), ("title", title), ("callSign", call_sign), ("type", vessel_type)]
    stated += [("tonnage", tonnage), ("grossRegisteredTonnage", gross), ("flag", flag)]
    stated += [("program", one.strip(" []")) for one in program.split("] [")]
    stated += [("notes", f"Owner: {owner}" if owner else ""), ("notes", remarks.strip())]
    found: dict[str, list[str]] = {}
    for prop, value in stated:
        if value and known is not None and prop in known.properties and value not in found.setdefault(prop, []):
            found[prop].append(value)
    yield Entity(identity, schema_name, {prop: tuple(values) for prop, values in found.items() if values})
    yield from _wallets(identity, said)


def _wallets(identity: str, said: Remarks) -> Iterator[Entity]:
    for number, (currency, key) in enumerate(said.wallets, 1):
        properties = {"publicKey": (key,), "currency": (currency,), "holder": (identity,)}
        yield Entity(f"{identity}-wallet-{number}", "CryptoWallet", properties)


def _turned(name: str, kind: str) -> str:
    """ "LAST, First" of a person as "First LAST"; other names as they stand."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if kind == "individual" and comma else name


def _name_parts(name: str, kind: str) -> list[tuple[str, str]]:
    last, comma, first = name.partition(", ")
    return [("firstName", first), ("lastName", last)] if kind == "individual" and comma else []


def _value(cell: str) -> str:
    return "" if cell == _NULL else cell
