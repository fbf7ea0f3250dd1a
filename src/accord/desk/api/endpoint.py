"""What an endpoint of the JSON API is: declared once, for the checks and for the OpenAPI description alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accord.desk.accounts import Account
from accord.desk.office import Office
from accord.desk.roles import Can
from accord.errors import InputError
from accord.exchange import Party

MESSAGE: Mapping[str, object] = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}
}  # bytes that go in and out as they are


@dataclass(frozen=True, slots=True)
class Text:
    """One text; of `choices` only, when there are any. `day`: a date like 2027-01-31."""

    meaning: str
    choices: tuple[str, ...] = ()
    day: bool = False

    def schema(self, required: bool) -> dict[str, object]:
        """The JSON Schema of what is taken: nothing at all counts as not given."""
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string"} | ({"format": "date"} if self.day else {}) | ({"minLength": 1} if required else {})

    def taken(self, name: str, value: object) -> str:
        """The text. Raises `InputError` `api.field`."""
        if not isinstance(value, str):
            raise _wrong(name, "no text", "give it as one text")
        if self.choices and value not in self.choices:
            raise _wrong(name, "none of those known", f"use one of: {', '.join(self.choices)}")
        if self.day:
            try:
                day = dt.date.fromisoformat(value).isoformat()
            except ValueError:
                day = ""
            if day != value:
                raise _wrong(name, "no date", "write it like 2027-01-31")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from 0 on, in the address of a call."""

    meaning: str
    most: int = 1000

    def schema(self, _required: bool) -> dict[str, object]:
        """The JSON Schema of what is taken."""
        return {"type": "integer", "minimum": 0, "maximum": self.most}

    def taken(self, name: str, value: object) -> str:
        """Its digits. Raises `InputError` `api.field`."""
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= self.most):
            raise _wrong(name, "no whole number that is taken", f"give one from 0 to {self.most}")
        return text


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, in a body."""

    meaning: str

    def schema(self, required: bool) -> dict[str, object]:
        """The JSON Schema of what is taken."""
        return {"type": "array", "items": {"type": "string"}} | ({"minItems": 1} if required else {})

    def taken(self, name: str, value: object) -> tuple[str, ...]:
        """The texts. Raises `InputError` `api.field`."""
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong(name, "no list of texts", "give it as a list, also of one")
        return tuple(value)


Field = Text | Number | Texts


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who calls, and what was given, already checked against the endpoint's description."""

    office: Office
    account: Account
    place: Mapping[str, str]
    given: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    body: bytes = b""

    @property
    def party(self) -> Party:
        """The party of this desk with the account of the token at work. Raises `UsageError` `arrangement.none`."""
        return self.office.acting(self.account)

    def number(self, name: str, default: int) -> int:
        """The whole number of a field that was checked as one."""
        return int(self.given.get(name, default))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`fields` are what it takes, by name: in the address of a GET, in the JSON body of a POST.

    With `takes`, the content that OpenAPI names, the body is handed on as it came, and the fields stand in the address.
    """

    method: str
    path: str
    needs: Can
    summary: str
    do: Callable[[Call], object]
    fields: Mapping[str, Field] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    takes: Mapping[str, object] | None = None

    @property
    def in_address(self) -> bool:
        """Whether its fields stand in the address."""
        return self.method == "GET" or self.takes is not None


def _wrong(name: str, what: str, remedy: str) -> InputError:
    return InputError("api.field", f"{name} is {what}", remedy)
