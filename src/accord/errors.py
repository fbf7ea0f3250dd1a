"""Every error of Accord: one root, and a branch for whoever must act.

Invariants: each error has a stable `code`, a `message` that says what happened and a `remedy` that says what to do;
none carries a value of a record or a key. `exit_code` is what the command line returns.

>>> error = InputError("records.unreadable", "people.csv is not UTF-8", "save it as UTF-8, or pass --encoding")
>>> error.code, error.exit_code
('records.unreadable', 1)
>>> print(error)
people.csv is not UTF-8
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NO, EXIT_REFUSED = 0, 1, 2, 3, 4


class AccordError(Exception):
    """The root. Raise one of its branches, so that the reader knows who must act."""

    exit_code = EXIT_FAILED

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def to_dict(self) -> dict[str, object]:
        """The same as JSON-ready data: `code`, `message`, `remedy` (and more in some branches)."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}

    def __reduce__(self) -> tuple[object, ...]:
        """How it crosses from a worker process: as it is, whatever its branch takes to be made."""
        return _again, (type(self), self.args), self.__dict__


def _again(branch: type[AccordError], words: tuple[object, ...]) -> AccordError:
    error = branch.__new__(branch)
    error.args = words
    return error


def several(number: float, noun: str, plural: str = "") -> str:
    """A number with the noun that fits it, for messages.

    >>> several(1, "record"), several(1200, "record"), several(2, "entry", "entries")
    ('1 record', '1,200 records', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, and where. Never holds the value itself."""

    code: str
    message: str
    remedy: str
    file: str | None = None
    line: int | None = None
    entity: str | None = None
    property: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        inside = " ".join(part for part in (self.entity, self.property) if part)
        head = " ".join(part for part in (place, inside) if part)
        return f"{head}: {self.message}" if head else self.message

    def to_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}


class InputError(AccordError):
    """What was given cannot be used; whoever gave it must act. `problems` lists all of them, not only the first."""

    def __init__(self, code: str, message: str, remedy: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(code, message, remedy)
        self.problems = tuple(problems)

    def to_dict(self) -> dict[str, object]:
        found = super().to_dict()
        if self.problems:
            found["problems"] = [problem.to_dict() for problem in self.problems]
        return found


class UsageError(InputError):
    """The call itself is wrong (exit 2): an unknown option, a missing desk."""

    exit_code = EXIT_USAGE


class PolicyError(AccordError):
    """The accord refuses (exit 4). `clause` decided, `owner` could permit it, `remedy` says how."""

    exit_code = EXIT_REFUSED

    def __init__(self, code: str, message: str, remedy: str = "", clause: str = "", owner: str = "") -> None:
        super().__init__(code, message, remedy)
        self.clause = clause
        self.owner = owner

    def to_dict(self) -> dict[str, object]:
        return {**super().to_dict(), "clause": self.clause, "owner": self.owner}


class PeerError(AccordError):
    """The partner sent something that does not fit the conversation; the partner must act."""


class TrustError(AccordError):
    """A signature, proof, hash or seal does not hold. Nothing that depends on it was used."""


class InternalError(AccordError):
    """Accord itself is wrong; the remedy is a bug report."""


def of_system(error: OSError, file: str = "") -> InputError:
    """A failure of this machine that nothing foresaw: of a connection, of a file or the disk, or another.

    `file`: what to call a file, where its name is not to be told.

    >>> of_system(ConnectionRefusedError(111, "Connection refused")).code
    'system.connection'
    """
    import errno
    import socket
    import ssl

    why = error.strerror or type(error).__name__
    away = (errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRINUSE, errno.EADDRNOTAVAIL)
    if isinstance(error, ConnectionError | TimeoutError | socket.gaierror | ssl.SSLError) or error.errno in away:
        remedy = "see that the other side runs, and that this machine can reach its address"
        return InputError("system.connection", f"a connection failed: {why}", remedy)
    if error.filename is not None or error.errno in (errno.ENOSPC, errno.EROFS, errno.EIO):
        remedy = "see that it is there, that you may use it, and that the disk has room and is not read-only"
        return InputError("file.system", f"{file or error.filename or 'a file'} cannot be used: {why}", remedy)
    return InputError("system.failed", f"this machine failed: {why}", "try again; if it stays so, see to the machine")
