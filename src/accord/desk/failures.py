"""What went wrong, as a status of HTTP; and faults of Accord itself, told without a value that passed through them."""

from __future__ import annotations

import sys
import traceback

from accord.errors import AccordError, InputError, InternalError, PolicyError, of_system

_AWAY = ("state.unreachable", "state.disk", "file.system", "system.connection", "system.failed", "desk.busy")
_TOO_LARGE = ("form.large", "message.large")
# ... that somebody else was first
_MOVED_ON = ("approved", "busy", "changed", "compared", "decided", "judged", "state", "over")
_ABSENT = ("unknown", "absent", "missing", "none")  # last words of codes that say: it is not there


def status_of(error: AccordError) -> int:
    """403 refused by the accord or a role, 404 not there, 409 somebody was first, 413 too large, 503 later, 400 other
    input, 500 ours, 422 the rest."""
    if isinstance(error, PolicyError):
        return 403
    if isinstance(error, InternalError):
        return 500
    if error.code in _TOO_LARGE:
        return 413
    if error.code in _AWAY:
        return 503
    if isinstance(error, InputError):
        last = error.code.rpartition(".")[2]
        return 404 if last in _ABSENT else 409 if last in _MOVED_ON else 400
    return 422


def unforeseen(error: Exception) -> AccordError:
    """What nobody foresaw: a failure of the machine (a full disk), or a fault of Accord itself. Its kind and place are
    told here and on the operator's terminal, nothing else."""
    places = [
        f"{frame.f_globals.get('__name__', '?')}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith("accord.")
    ]
    where = f" in {places[-1]}" if places else ""
    print(f"accord desk: {type(error).__name__}{where}", file=sys.stderr)  # noqa: T201 - the operator's terminal
    if isinstance(error, OSError):
        return of_system(error, "a file of this desk")
    return InternalError("accord.fault", f"a fault of Accord itself{where}", "report it with this text")
