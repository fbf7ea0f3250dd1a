"""A question whose key answers the partner once: an empty file says that the desk was not put back meanwhile.

    lay → … → check, and when the answer was given: lift

Who counts, and who asks under an accord with silent matches, shows its own records under a key of the session, and then
answers with that key. A desk that is put back to an earlier day has the key again, and a partner could send it another
message than the first time: of two answers under one key it would learn as of one larger question.

Invariants: a copy of the file, as from a backup, has another place (`accord.vault`), and the place is in the secrets of
the conversation; the file is gone before the answer is carried, so that a database put back alone does not fit, either.
"""

from __future__ import annotations

from contextlib import closing, suppress

from accord.errors import InputError, TrustError
from accord.exchange import state
from accord.exchange.party import Party
from accord.exchange.state import Session

ELSEWHERE = "question.elsewhere"
_FOLDER = "once/"
_IDLE_SECONDS = 3600.0  # a file without a conversation that is younger may belong to a step that is under way


def lay(party: Party, session: str) -> bytes:
    """Lay the file of a question; returns what tells it from a copy."""
    with party.folder.write_pages(_FOLDER + session):
        pass
    return _place(party, session)


def check(party: Party, session: str, place: bytes) -> None:
    """Raise `InputError` `question.elsewhere` when the file of a question is not the one that was laid."""
    if _place(party, session) != place:
        raise InputError(
            ELSEWHERE,
            "this was asked in another folder than this one, or the desk was put back to an earlier day since; "
            "the partner may have had its answer, and gets no second one",
            "run this on the machine that asked; after a restored backup, ask again; end a question that stands, first",
        )


def lift(party: Party, session: str) -> None:
    """Take the file away: the key was used."""
    with suppress(InputError):  # another command, which opens the desk too, was first
        party.folder.remove(_FOLDER + session)


def clear(party: Party) -> None:
    """Take away the files of questions that wait for no answer any more, also where a desk was killed before `lift`."""
    if names := {name.removeprefix(_FOLDER) for name in party.folder.paged_files(_FOLDER)}:
        idle = {name.removeprefix(_FOLDER) for name in party.folder.paged_files(_FOLDER, _IDLE_SECONDS)}
        with party.reading() as connection:
            states = {name: row.state for name, row in state.named(connection, Session, names).items()}
        for name in names:
            if states.get(name, "" if name in idle else "asked") != "asked":
                lift(party, name)


def _place(party: Party, session: str) -> bytes:
    try:
        with closing(party.folder.open_pages(_FOLDER + session)) as pages:
            return pages.place.encode()
    except (InputError, TrustError):
        return b""
