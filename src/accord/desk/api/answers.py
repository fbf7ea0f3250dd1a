"""What the endpoints answer: each a type, checked where it is made, and described in OpenAPI from the same type.

>>> schema(Search)["required"]
['state']
>>> schema(tuple[int, ...] | None)
{'anyOf': [{'type': 'array', 'items': {'type': 'integer'}}, {'type': 'null'}]}
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

from accord.exchange import Count, Happening, Waiting
from accord.records.search import Listed
from accord.review import queue

_PLAIN: dict[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_TIMES: dict[Any, str] = {dt.date: "date", dt.datetime: "date-time"}
_LISTS = (list, tuple, Sequence, Iterable)
Row = Mapping[str, object]  # what a function gives by name, further described in its documentation
Texts = list[str] | tuple[str, ...]


class Status(TypedDict):
    conversations: list[Waiting]


class Story(TypedDict):
    id: str
    topic: str
    role: str
    partner: str
    state: str
    waits_for: str
    purpose: str
    case: str
    after: str
    since: str
    happened: list[Happening]


class Hits(TypedDict):
    hits: list[dict[str, object]]


class Records(TypedDict):
    records: tuple[Listed, ...]
    held: int


class Record(TypedDict):
    entity: Row
    terms: Row
    source: str


class Loads(TypedDict):
    loads: list[dict[str, object]]


class Search(TypedDict):
    state: str


class Searching(TypedDict):
    state: str
    percent: int
    found: int


class Review(TypedDict):
    pairs: list[queue.Waiting]
    counts: dict[str, int]
    search: Searching


class Judgements(TypedDict):
    judgements: list[queue.Judged]


class Load(TypedDict, total=False):
    state: str
    read: int
    loaded: Row | None
    error: Row | None
    problems: list[dict[str, object]]


class InForce(TypedDict):
    title: str
    version: int
    fingerprint: str
    begins: dt.date
    ends: dt.date
    review: dt.date
    purposes: Mapping[str, str]
    parties: list[str]


class Version(TypedDict):
    version: int
    fingerprint: str
    replaces: str | None
    begins: dt.date
    ends: dt.date


class Versions(TypedDict):
    versions: list[Version]


class Permitted(TypedDict):
    answer: Literal["permitted"]
    clauses: list[str]


class Entry(TypedDict):
    entry: int
    at: dt.datetime
    kind: str
    about: str | None
    details: Row | None


class Ledger(TypedDict):
    entries: list[Entry]


class Verified(TypedDict):
    party: str
    entries: int
    proof: str


class Squares(TypedDict):
    rows: list[Row]


class Got(TypedDict):
    kind: str
    conversation: str
    party: str
    said: str
    again: bool
    reply: bool


class Labelled(TypedDict):
    activity: str
    title: str
    areas: Texts
    functions: Texts
    why: dict[str, list[str]]
    said: list[dict[str, object]]


class Counts(TypedDict):
    counts: list[Count]


class Derived(TypedDict):
    derived: list[dict[str, object]]


class Found(TypedDict):
    found: list[dict[str, object]]


class Letter(TypedDict):
    letter: str


def schema(hint: Any) -> dict[str, object]:
    """The JSON Schema of a type, as it is written in JSON. Raises `TypeError` for one that has no such form."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in (object, Any):
        return {}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint in _TIMES:
        return {"type": "string", "format": _TIMES[hint]}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema(each) for each in inner]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in _LISTS:
        return {"type": "array", "items": schema(inner[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema(inner[1])}
    if is_typeddict(hint):
        known = get_type_hints(hint)
        required = sorted(hint.__required_keys__, key=list(known).index)
    elif is_dataclass(hint):
        known = get_type_hints(hint)
        required = [each.name for each in fields(hint)]
    else:
        raise TypeError(f"no JSON form of {hint}")
    return {"type": "object", "properties": {name: schema(each) for name, each in known.items()}, "required": required}
