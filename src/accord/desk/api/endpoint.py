"""What an endpoint of the JSON API is: declared once, for the checks and for the OpenAPI description alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accord.desk.accounts import Account
from accord.desk.office import Office
from accord.desk.roles import Can
from accord.errors import InputError


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who calls, and what was given, already checked against the endpoint's description."""

    office: Office
    account: Account
    place: Mapping[str, str]
    given: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    body: bytes = b""

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 0 on. Raises `InputError` `api.number`."""
        text = self.given.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InputError("api.number", f"{name} is no whole number", "give one from 0 on")
        return min(int(text), most)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`fields` are what it takes, by name with what they mean: in the address of a GET, in the JSON body of a POST."""

    method: str
    path: str
    needs: Can
    summary: str
    do: Callable[[Call], object]
    fields: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    takes_message: bool = False
