"""An insider writes in the database of a desk: what he gives himself, opens again or takes away, the log has otherwise.

Not refused when it is used, but named by `accord ledger verify` and `accord doctor`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from accord.arrangement import NewParty, create_desk
from accord.arrangement.model import Contact
from accord.cli import main
from accord.desk import Role, crosscheck
from accord.desk import accounts as people
from accord.desk import labels as map_labels
from accord.desk import passkeys as signing_in
from accord.desk import tokens as programs
from accord.desk.roles import Can
from accord.match import Match
from accord.review import Queue
from accord.review import _store as review
from accord.vault import TESTS, Folder

pytestmark = pytest.mark.engines

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PASSWORD = "seven wet stones by the ferry"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def desk(make: Any, state: str) -> Any:
    """A desk with two people, one of whom left, their tokens, a passkey, a judged pair and two words on a label."""
    party = make().interpol
    accounts = people.Accounts(party.folder, TESTS)
    ana = accounts.add("ana", Role.ANALYST, PASSWORD, "analyst", NOW)
    gone = accounts.add("gone", Role.READ_ONLY, PASSWORD, "", NOW)
    tokens = programs.Tokens(party.folder, accounts)
    for account in (ana, gone):
        tokens.make(account, frozenset({Can.ENTER}), 9, NOW)
    tokens.close(next(one.id for one in tokens.all() if one.account == "gone"), NOW)
    accounts.close("gone", NOW)
    queue = Queue(party.folder, party.log, lambda: NOW)
    queue.put([Match("one", "other", 0.9), Match("one", "third", 0.8), Match("two", "third", 0.7)])
    for waiting, verdict in zip(queue.waiting("ana", 3), ("same", "not-same", "same"), strict=True):
        queue.judge(waiting.id, "ana", verdict, 5)
    queue.undo("ana")
    labels = map_labels.Labels(party.folder, party.log, lambda: NOW)
    for areas in (("corruption",), ("drugs",)):
        labels.correct("activity-1", areas, (), "ana", "")
    return party


def named(party: Any) -> list[str]:
    return [one.about for one in crosscheck.contradictions(party.folder, party.log, NOW)]


def write(party: Any, *statements: Any) -> None:
    with party.folder.engine().begin() as connection:
        for statement in statements:
            connection.execute(statement)


def only(party: Any, query: Any) -> Any:
    with party.folder.engine().connect() as connection:
        return connection.execute(query).scalars().first()


def a_new_account(_: Any) -> tuple[Any, str]:
    tied = {name: ("eve", value) for name, value in (("role", "administrator"), ("officer", ""), ("lock", b"x"))}
    row = {"name": "eve", **tied, "made": "", "closed": 0, "failures": 0, "rests_until": ""}
    return insert(people._ACCOUNTS).values(**row), "account eve"


def another_role(_: Any) -> tuple[Any, str]:
    changed = update(people._ACCOUNTS).where(people._ACCOUNTS.c.name == "ana")
    return changed.values(role=("ana", "administrator")), "account ana"


def a_closed_account_opened(_: Any) -> tuple[Any, str]:
    return update(people._ACCOUNTS).where(people._ACCOUNTS.c.name == "gone").values(closed=0), "account gone"


def an_account_removed(_: Any) -> tuple[Any, str]:
    return delete(people._ACCOUNTS).where(people._ACCOUNTS.c.name == "gone"), "account gone"


def a_closed_token_opened(party: Any) -> tuple[Any, str]:
    token = only(party, select(programs._TOKENS.c.id).where(programs._TOKENS.c.account == "gone"))
    return update(programs._TOKENS).where(programs._TOKENS.c.id == token).values(closed=0), f"token {token}"


def a_passkey_added(_: Any) -> tuple[Any, str]:
    row = {name: ("abcdefghij", value) for name, value in (("account", "ana"), ("name", "mine"), ("key", b"k"))}
    made = insert(signing_in._PASSKEYS).values(id="abcdefghij", **row, count=0, made="", used="")
    return made, "account ana, passkey abcdefgh"


def another_verdict(party: Any) -> tuple[Any, str]:
    pair = only(party, select(review.PAIRS.c.id).where(review.PAIRS.c.state == "same"))
    return update(review.PAIRS).where(review.PAIRS.c.id == pair).values(state="not-same"), f"pair {pair}"


def a_judged_pair_removed(party: Any) -> tuple[Any, str]:
    pair = only(party, select(review.PAIRS.c.id).where(review.PAIRS.c.state == "not-same"))
    return delete(review.PAIRS).where(review.PAIRS.c.id == pair), f"pair {pair}"


def the_last_label_removed(party: Any) -> tuple[Any, str]:
    rows = map_labels._CORRECTIONS.c
    last = only(party, select(rows.number).order_by(rows.number.desc()))
    return delete(map_labels._CORRECTIONS).where(rows.number == last), "activity activity-1"


ATTACKS = (
    a_new_account, another_role, a_closed_account_opened, an_account_removed, a_closed_token_opened, a_passkey_added,
    another_verdict, a_judged_pair_removed, the_last_label_removed,
)  # fmt: skip


def test_attack_people_tokens_reviews_and_labels_changed_in_the_database(desk: Any) -> None:
    assert named(desk) == []
    expected = []
    for attack in ATTACKS:
        changed, about = attack(desk)
        write(desk, changed)
        expected.append(about)
        assert set(named(desk)) == set(expected), attack.__name__


def verify(folder: Folder, capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What the command says."""
    with pytest.raises(SystemExit) as stop:
        main(["ledger", "verify", "--desk", str(folder.path)])
    return int(stop.value.code or 0), " ".join("".join(capfd.readouterr()).split())


@pytest.mark.parametrize("agreed", [True, False])
def test_the_command_names_a_role_that_somebody_gave_himself(
    make: Any, state: str, agreed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Also before the desk works under an accord."""
    monkeypatch.setenv("ACCORD_PASSPHRASE", PASSPHRASE)
    new = NewParty("new", "New", Contact("Desk"))
    folder = (
        make().interpol.folder if agreed else create_desk(tmp_path / "new", PASSPHRASE, new, cost=TESTS, state=state)
    )
    people.Accounts(folder, TESTS).add("ana", Role.ANALYST, PASSWORD, "", NOW)
    assert verify(folder, capfd)[0] == 0
    with folder.engine().begin() as connection:
        connection.execute(another_role(None)[0])
    code, said = verify(folder, capfd)
    assert code == 1
    assert "account ana: its row is not what the log says was done last" in said
