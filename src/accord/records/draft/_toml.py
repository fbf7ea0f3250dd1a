"""A proposed mapping as text: TOML with a comment at each column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from accord.records.draft._columns import ID, Column, is_part
from accord.records.schemata import schema

_KEY = "row"
_NAMING = ("name", "iban", "accountNumber")  # what can stand for the id of another entity
_ADDRESS_ORDER = ("street", "postalCode", "city", "state")
_NAME_ORDER = ("firstName", "middleName", "lastName")


@dataclass(frozen=True, slots=True)
class Other:
    """Another entity that a row speaks of, and the link to it: its schema, the row's end and the other's."""

    key: str
    schema: str
    link: str
    ends: tuple[str, str]
    columns: tuple[Column, ...]


def render(
    stem: str, main: str, columns: Sequence[Column], others: Sequence[Other], header: int, said: Sequence[str]
) -> str:
    """The text of the mapping file. `header` is the row with the column names, `said` what was detected."""
    taken = {column.name for other in others for column in other.columns}
    own = [column for column in columns if column.name not in taken]
    lines = ["# A proposal from the column names and the first rows. Read it through, mend it, then load with it:"]
    lines += ["#   accord records load FILE --mapping THIS"]
    lines += [f"# {_comment(line)}" for line in said]
    lines += ["", "[table]", f"header = {header}  # the row with the column names"] if header > 1 else []
    lines += _entity(_KEY, main, own, f"{_plain(stem)}-", optional=True)
    others = [other for other in others if any(column.prop in (ID, *_NAMING) for column in other.columns)]
    for other in others:
        lines += _entity(other.key, other.schema, other.columns, f"{_plain(stem)}-{other.key}-", optional=False)
        lines += _link(other, own, _plain(stem))
    used = {column.name for other in others for column in other.columns} | {column.name for column in own}
    alone = [column.name for column in columns if column.name not in used]
    lines += [
        f"# {_text(name)} is not used: it seems to be about another, but has neither its id nor name" for name in alone
    ]
    return "\n".join(lines) + "\n"


def _entity(key: str, name: str, columns: Sequence[Column], prefix: str, *, optional: bool) -> list[str]:
    """One `[[entity]]`; without a column for its id it takes the number of the row if that is `optional`."""
    known = schema(name)
    properties = known.properties if known else {}
    identity = _identity(columns, optional)
    lines = ["", "[[entity]]", f'key = "{key}"', f'schema = "{name}"']
    if identity is None:
        lines.append("# no column has a value of its own in each row: the id is the number of the row")
    else:
        why = "each row has its own" if identity.distinct else "the same value is the same thing"
        lines.append(f"id = {_text(f'{prefix}{{{identity.name}}}')}  # {why}")
    lines.append("[entity.properties]")
    by_prop: dict[str, list[Column]] = {}
    unused: list[tuple[Column, str]] = []
    exact = {column.prop for column in columns if column.exact}
    for column in columns:
        if column.prop == ID or column.prop is None:
            unused += [(column, "another id, perhaps" if column.prop else column.why)] if column is not identity else []
        elif not (column.prop in properties or (is_part(column.prop) and "address" in properties)):
            unused.append((column, f"{name} has no {column.prop}"))
        elif column.prop in exact and not column.exact and not is_part(column.prop):
            unused.append((column, f"it may be {column.prop}, too, but another column is called just so"))
        else:
            by_prop.setdefault(column.prop, []).append(column)
    lines += _name(by_prop) + _address(by_prop)
    lines += [line for prop, found in by_prop.items() if prop in properties for line in _property(prop, found)]
    for prop in [prop for prop in by_prop if is_part(prop)]:
        unused += [(column, "alone it makes no address") for column in by_prop[prop]]
    return lines + [
        f"# {_text(column.name)} is not used: {why} (filled in {column.filled:.0%} of the rows)"
        for column, why in unused
    ]


def _identity(columns: Sequence[Column], optional: bool) -> Column | None:
    """The column for the id: called so and different in each row; of another, its id, else its name or number."""
    usable = [column for column in columns if not set("{}") & set(column.name)]
    wanted = [column for column in usable if column.prop == ID and (column.distinct or not optional)]
    if not wanted and not optional:
        wanted = [column for column in usable if column.prop in _NAMING]
    return wanted[0] if wanted else None


def _name(by_prop: dict[str, list[Column]]) -> list[str]:
    """The whole name from its parts, if no column has it."""
    columns = [column for part in _NAME_ORDER for column in by_prop.get(part, [])]
    return [] if "name" in by_prop or len(columns) < 2 else [_join("name", columns, " ")]


def _address(by_prop: dict[str, list[Column]]) -> list[str]:
    """The whole address from its parts, which are taken out of `by_prop`."""
    parts = [column for part in _ADDRESS_ORDER for column in by_prop.get(part, [])]
    if len(parts) < 2 and not by_prop.keys() & {"street", "city"}:
        return []
    for part in _ADDRESS_ORDER:
        by_prop.pop(part, None)
    return [_join("address", [*by_prop.pop("address", []), *parts], ", ")]


def _join(prop: str, columns: Sequence[Column], sign: str) -> str:
    return f"{prop} = {{ join = [{_names(columns)}], with = {_text(sign)} }}  # its parts"


def _property(prop: str, columns: Sequence[Column]) -> list[str]:
    if len(columns) > 1:
        return [f"{prop} = [{_names(columns)}]  # {'; '.join(dict.fromkeys(column.why for column in columns))}"]
    column = columns[0]
    if column.split:
        source = f"{{ column = {_text(column.name)}, split = {_text(column.split)} }}"
        return [f"{prop} = {source}  # {column.why}; several values in a cell"]
    return [f"{prop} = {_text(column.name)}  # {column.why}"]


def _link(other: Other, own: Sequence[Column], stem: str) -> list[str]:
    there = _identity(other.columns, optional=False)
    here = _identity(own, optional=True)
    if there is None:
        return []
    # without an id the row cannot be named in the id of the link
    key = f"{stem}-{other.key}-of-{{{here.name}}}-{{{there.name}}}" if here else None
    lines = ["", "[[entity]]", f'key = "{other.key}-link"', f'schema = "{other.link}"']
    if key is None:
        return [
            "",
            f"# No {other.link} can be made between the two: give the row an id, then add an [[entity]] for it.",
        ]
    return [
        *lines,
        f"id = {_text(key)}",
        "[entity.properties]",
        f'{other.ends[0]} = {{ entity = "{_KEY}" }}',
        f'{other.ends[1]} = {{ entity = "{other.key}" }}',
    ]


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(_text(column.name) for column in columns)


def _text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's too, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(value: str) -> str:
    return _text(value)[1:-1].replace('\\"', '"')


def _plain(stem: str) -> str:
    return stem.replace("{", "").replace("}", "")
