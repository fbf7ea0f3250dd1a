"""What the log says of people, tokens, reviews and labels, held against their rows: was one made, put back or removed?

Each of these acts stands in the log (`desk.`, `review.`, `coverage.corrected`), written in the transaction of its row.
Whoever may write in the database can still make an account, open a closed one, put back a removed passkey, another
verdict, or an older label; here it shows.

Invariants: nothing here changes the desk; a pair that was erased with its records is no contradiction. What the log
does not have cannot be held against it: which password is the last one, and how far a passkey had counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accord.arrangement import former_keys
from accord.desk.accounts import Accounts
from accord.desk.labels import Labels
from accord.desk.passkeys import Passkeys
from accord.desk.tokens import Tokens
from accord.exchange import Contradiction, check_desk, refuse
from accord.ledger import verify
from accord.review import Queue, state_of

if TYPE_CHECKING:
    import datetime as dt

    from accord.desk.office import Office
    from accord.ledger import Entry, Head, Log
    from accord.vault import Folder

_KINDS = frozenset(
    {"desk.account-added", "desk.account-closed", "desk.token-made", "desk.token-closed", "desk.passkey-added"}
    | {"desk.passkey-removed", "review.judged", "review.undone", "coverage.corrected"}
)
_State = dict[str, tuple[object, ...]]  # what there is, by its name in the log, and what is to be said of it


def verified(office: Office) -> Head | None:
    """The last state of the log, when it holds and all rows that it tells of fit it, as `accord ledger verify` does.

    Raises `TrustError` when not, and `InputError` `desk.busy` when somebody goes on writing.
    """
    folder, own = office.folder, office.keys
    head = verify(folder.engine(), own.party, own.sign.verify_key, former=former_keys(folder, own.party))
    check_desk(folder, office.log, office.now)
    refuse(contradictions(folder, office.log, office.now))
    return head


def contradictions(folder: Folder, log: Log, now: dt.datetime) -> list[Contradiction]:
    """Every account, token, passkey, judged pair and label that does not fit the log, in the order of its name.

    Others may write meanwhile. When then something does not fit, all is read again while nobody writes; raises
    `InputError` `desk.busy` when somebody goes on writing.
    """
    if not _against(folder, log, now):
        return []
    with folder.lock():
        return _against(folder, log, now)


def _against(folder: Folder, log: Log, now: dt.datetime) -> list[Contradiction]:
    said, kept = _said(log.checked(kinds=_KINDS)), _kept(folder, log, now)
    return [
        Contradiction(name, _wrong(name in said, name in kept))
        for name in sorted(said.keys() | kept.keys())
        if said.get(name) != kept.get(name)
    ]


def _wrong(said: bool, kept: bool) -> str:
    if said and kept:
        return "its row is not what the log says was done last"
    return "the log says that it is there; its row is gone" if said else "the log does not say that it is there"


def _said(entries: Iterator[Entry]) -> _State:
    """What there is after all that the log tells."""
    found: _State = {}
    judged: dict[str, list[tuple[str, str, bool]]] = {}
    for entry in entries:
        if entry.about is None or entry.details is None:
            continue  # erased with its records
        about, details, kind = entry.about, entry.details, entry.kind.partition(".")[2]
        if kind == "account-added":
            found[about] = (details["role"], details["officer"], False)
        elif kind == "token-made":
            found[about] = (details["account"], details["scopes"], details["ends"], False)
        elif kind in ("account-closed", "token-closed"):
            found[about] = (*found.get(about, (None,))[:-1], True)
        elif kind == "passkey-added":
            found[f"{about}, passkey {details['passkey']}"] = ()
        elif kind == "passkey-removed":
            found.pop(f"{about}, passkey {details['passkey']}", None)
        elif kind == "corrected":
            found[about] = (details["areas"], details["functions"], details["account"])
        elif kind == "judged":
            judgement = (str(details["account"]), str(details["verdict"]), bool(details["second"]))
            judged.setdefault(about, []).append(judgement)
        elif kind == "undone":
            _undo(judged.get(about, []), str(details["account"]))
    states = {pair: state_of((verdict, second) for _, verdict, second in said) for pair, said in judged.items()}
    return found | {pair: (state,) for pair, state in states.items() if state != "open"}


def _undo(judged: list[tuple[str, str, bool]], account: str) -> None:
    """Take the last judgement of an account back."""
    own = [number for number, (name, _, _) in enumerate(judged) if name == account]
    if own:
        del judged[own[-1]]


def _kept(folder: Folder, log: Log, now: dt.datetime) -> _State:
    """What the rows say that there is."""
    accounts = Accounts(folder)
    found: _State = {f"account {one.name}": (one.role.value, one.officer, one.closed) for one in accounts.all()}
    for token in Tokens(folder, accounts).all():
        scopes = " ".join(sorted(scope.value for scope in token.scopes))
        found[f"token {token.id}"] = (token.account, scopes, token.ends.isoformat(), token.closed)
    for key in Passkeys(folder, accounts, log).all():
        found[f"account {key.account}, passkey {key.id[:8]}"] = ()
    for activity, label in Labels(folder, log, lambda: now).holding().items():
        found[f"activity {activity}"] = ([*(label.areas or ())], [*(label.functions or ())], label.by)
    for pair, state in Queue(folder, log, lambda: now).states().items():
        found[f"pair {pair}"] = (state,)
    return found
