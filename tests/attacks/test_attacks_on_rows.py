"""An insider writes in the PostgreSQL server of a desk: swaps values, removes rows, puts old ones back.

What the seals prevent raises at the next reading. What they cannot (a row that is gone, or as it once was) the log
tells: `accord ledger verify` names it, and where it would let something leave, the step itself refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from accord import exchange
from accord.arrangement import keys
from accord.cli import main
from accord.errors import PolicyError, TrustError
from accord.exchange import state
from accord.exchange.state import Hit, Letter, Onward, Release, Session, Standing, Wish
from accord.ledger import LogAlteredError, _store, verify

NEUTRAL = {"political": "no", "military": "no", "religious": "no", "racial": "no"}
on_a_server = pytest.mark.parametrize("state", ["postgresql"], indirect=True)


def name_of(kind: type[Any]) -> str:
    return f"exchange_{kind.__name__.lower()}"


def get(connection: Any, kind: type[Any], identity: str) -> Any:
    return state.get(connection, kind, identity)


def all_of(party: Any, kind: type[Any]) -> list[Any]:
    with party.reading() as connection:
        return state.find(connection, kind)


@contextmanager
def put_back(party: Any, kind: type[Any], identity: str) -> Iterator[None]:
    """A row of the desk, after the block, is what it was before the block."""
    table = name_of(kind)
    with party.folder.engine().begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table} WHERE id = '{identity}'")
    yield
    with party.folder.engine().begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = '{identity}'")
        connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        connection.exec_driver_sql(f"DROP TABLE kept_{table}")


def remove(party: Any, kind: type[Any], identity: str) -> None:
    with party.folder.engine().begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM {name_of(kind)} WHERE id = '{identity}'")


def named(party: Any) -> set[str]:
    """The rows that do not fit the log."""
    with party.reading() as connection:
        return {one.about for one in exchange.contradictions(connection, party.log, party.accord, party.now)}


@on_a_server
def test_attack_the_conditions_of_two_releases_swapped(make: Any, state: str) -> None:
    """And every other value of every row of the exchange: none may stand in another row."""
    desks = make()
    desks.ask()
    first, second = desks.released(), desks.requested("u2", ("phone",))
    exchange.identify(desks.interpol, second, "same")
    exchange.approve(desks.interpol, second, "approver", NEUTRAL)
    desks.carry(exchange.release(desks.interpol, second), "unodc")
    party, tried = desks.unodc, set()
    for kind in (Release, Wish, Session, Hit, Letter):
        table, rows = name_of(kind), all_of(party, kind)
        for item in [each.name for each in fields(kind) if each.name != "id"]:
            values = {row.id: getattr(row, item) for row in rows}
            differing = [(one, other) for one, other in permutations(values, 2) if values[one] != values[other]]
            for one, other in differing[:1]:
                moved = f"UPDATE {table} SET {item} = (SELECT {item} FROM {table} WHERE id = %s) WHERE id = %s"
                with party.folder.engine().connect() as connection:  # never committed
                    connection.exec_driver_sql(moved, (other, one))
                    with pytest.raises(TrustError) as caught:
                        get(connection, kind, one)
                assert caught.value.code == "vault.state", (kind, item)
                tried.add((kind, item))
    assert {(Release, name) for name in ("conditions", "fields", "record")} <= tried
    assert len(tried) >= 20
    assert {first, second} <= {row.id for row in all_of(party, Release)}


@on_a_server
def test_attack_a_row_copied_under_another_name(make: Any, state: str) -> None:
    desks = make()
    desks.ask()
    wish = desks.released()
    with desks.unodc.folder.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE exchange_release SET id = 'aaaaaaaaaaaaaaaa'")
    with pytest.raises(TrustError):
        exchange.read(desks.unodc, "a" * 16, "investigation")
    assert named(desks.interpol) == set()
    assert wish != "a" * 16


@on_a_server
def test_attack_recalled_fields_put_back_from_an_old_row(make: Any, state: str) -> None:
    desks = make()
    desks.ask()
    wish = desks.released()
    with put_back(desks.unodc, Release, wish), put_back(desks.interpol, Release, wish):
        desks.carry(exchange.recall(desks.interpol, wish), "unodc")
        assert named(desks.unodc) == named(desks.interpol) == set()
    for act in (
        lambda: exchange.read(desks.unodc, wish, "investigation"),
        lambda: exchange.derive(desks.unodc, b"x", exchange.Making("r", "investigation", "analyst", (wish,))),
    ):
        with pytest.raises(TrustError) as caught:
            act()
        assert caught.value.code == "release.again"
    assert named(desks.unodc) == named(desks.interpol) == {wish}


@on_a_server
def test_attack_rows_removed_a_quota_a_recall_a_standing_question(make: Any, state: str) -> None:
    desks = make()
    desks.ask()
    wish = desks.released()
    exchange.recall(desks.interpol, wish)
    stands = exchange.stand(desks.unodc, "interpol", "investigation", "case-9")
    with put_back(desks.unodc, Standing, stands):
        exchange.end_standing(desks.unodc, stands)
    question = next(one.id for one in all_of(desks.interpol, Session) if one.topic == "question")
    remove(desks.interpol, Session, question)  # what counts against the partner's quota
    remove(desks.interpol, Release, wish)  # the recall that waits for its receipt
    assert named(desks.interpol) == {question, wish}
    assert named(desks.unodc) == {stands}


@pytest.mark.engines
def test_attack_a_question_removed_so_that_its_quota_is_free_again(make: Any, state: str) -> None:
    """The next question of that partner is not answered, whoever looks at `ledger verify` and when."""
    desks = make()
    desks.ask()
    with put_back(desks.interpol, Session, all_of(desks.interpol, Session)[0].id):
        remove(desks.interpol, Session, all_of(desks.interpol, Session)[0].id)
        question = exchange.ask(desks.unodc, "interpol", "investigation", "case-8")
        with pytest.raises(TrustError) as caught:
            exchange.receive(desks.interpol, question)
        assert caught.value.code == "ledger.rows"
        with pytest.raises(TrustError, match="its row is gone"):
            exchange.receive(desks.interpol, exchange.count_with(desks.unodc, "interpol", "investigation", "case-9"))
    assert exchange.receive(desks.interpol, question).reply is not None


def test_attack_a_question_removed_that_was_asked_before_the_clock_was_set_back(make: Any) -> None:
    """What the desk did while its clock was days behind hid the entries before from the search by time."""
    desks = make()
    desks.ask()
    desks.clock[0] -= dt.timedelta(days=7)
    for _ in range(3 * len(desks.interpol.log)):
        desks.interpol.log.append("desk.signed-in", "account", {}, at=desks.clock[0])
    desks.clock[0] += dt.timedelta(days=7)
    remove(desks.interpol, Session, all_of(desks.interpol, Session)[0].id)
    with pytest.raises(TrustError) as caught:
        exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", "case-8"))
    assert caught.value.code == "ledger.rows"


def test_attack_the_word_of_a_question_made_silent_so_that_its_quota_is_free_again(make: Any) -> None:
    """With its row removed, too, nothing would tell of it before somebody verifies the log; what was erased may be silent."""
    desks = make()
    desks.ask()
    erased, silenced = all_of(desks.interpol, Session)[0].id, desks.ask()[0].session
    with desks.interpol.writing() as connection:
        desks.interpol.log.forget(erased, at=desks.interpol.now, within=connection)
    remove(desks.interpol, Session, erased)
    assert exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", "case-8")).reply
    remove(desks.interpol, Session, silenced)
    with desks.interpol.folder.engine().begin() as connection:
        connection.execute(sa.delete(_store.RECORDS).where(_store.RECORDS.c.about == silenced))
    question = exchange.ask(desks.unodc, "interpol", "investigation", "case-9")
    with pytest.raises(TrustError, match="was made unreadable"):
        exchange.receive(desks.interpol, question)


@pytest.mark.engines
@pytest.mark.parametrize("hidden", ["pointed", "removed"])
def test_attack_a_question_removed_and_its_entry_hidden(make: Any, state: str, hidden: str) -> None:
    """Its row is gone, and so is what the log said of it: made unreadable by itself, or taken out of the log."""
    desks = make()
    desks.ask()
    question = all_of(desks.interpol, Session)[0].id
    said = [one.index for one in desks.interpol.log.entries(about=question)]
    remove(desks.interpol, Session, question)
    with desks.interpol.folder.engine().begin() as connection:
        entry = _store.ENTRIES.c.position.in_(said)
        act = sa.update(_store.ENTRIES).values(record=999) if hidden == "pointed" else sa.delete(_store.ENTRIES)
        connection.execute(act.where(entry))
    with pytest.raises(TrustError) as caught:
        exchange.receive(desks.interpol, exchange.ask(desks.unodc, "interpol", "investigation", "case-8"))
    assert caught.value.code == {"pointed": "ledger.silent", "removed": "ledger.altered"}[hidden]
    with pytest.raises(LogAlteredError, match=f"entry {said[0]}"):
        verify(desks.interpol.folder.engine(), "interpol", keys(desks.interpol.folder).sign.verify_key)


@pytest.mark.engines
def test_attack_a_doubt_removed_and_its_entry_hidden(make: Any, state: str) -> None:
    desks = make()
    desks.ask()
    wish = desks.approved()
    with put_back(desks.interpol, Wish, wish), put_back(desks.interpol, Session, wish):
        exchange.identify(desks.interpol, wish, "unsure", "approver")
    doubt = [one.index for one in desks.interpol.log.entries(about=wish) if one.kind == "exchange.identified"][-1]
    with desks.interpol.folder.engine().begin() as connection:
        connection.execute(sa.update(_store.ENTRIES).values(record=999).where(_store.ENTRIES.c.position == doubt))
    for act in (
        lambda: exchange.release(desks.interpol, wish),
        lambda: exchange.approve(desks.interpol, wish, "approver", NEUTRAL),
        lambda: named(desks.interpol),
    ):
        with pytest.raises(TrustError) as caught:
            act()
        assert caught.value.code == "ledger.silent"


@on_a_server
def test_attack_a_consent_to_hand_fields_on_removed_at_the_originator(three: Any, state: str) -> None:
    """Without the row, the originator would not wait for the third party's receipt."""
    first = three.first()
    three.onward(first)
    assert named(three.interpol) == set()
    remove(three.interpol, Onward, all_of(three.interpol, Onward)[0].id)
    assert named(three.interpol) == {first}


@pytest.mark.engines
def test_attack_a_doubt_removed_from_the_database(make: Any, state: str) -> None:
    """Another officer is unsure; somebody puts the request back as it was before that."""
    desks = make()
    desks.ask()
    wish = desks.approved()
    with put_back(desks.interpol, Wish, wish), put_back(desks.interpol, Session, wish):
        exchange.identify(desks.interpol, wish, "unsure", "approver")
    desks.interpol.log.append("partner-left", "accord", {"party": "third"}, at=desks.interpol.now)  # no new version
    for act in (
        lambda: exchange.release(desks.interpol, wish),
        lambda: exchange.approve(desks.interpol, wish, "approver", NEUTRAL),
    ):
        with pytest.raises(TrustError) as caught:
            act()
        assert caught.value.code == "request.doubt"
    assert named(desks.interpol) == {wish}
    exchange.identify(desks.interpol, wish, "same", "approver")  # who doubted may say otherwise
    assert named(desks.interpol) == set()


@pytest.mark.engines
def test_attack_the_names_of_two_requests_swapped_in_the_log(make: Any, state: str) -> None:
    """What is looked up under the one request are then the words about the other, of which nobody doubts."""
    desks = make()
    desks.ask()
    first, second = desks.approved(), desks.requested("u2", ("phone",))
    with put_back(desks.interpol, Wish, first), put_back(desks.interpol, Session, first):
        exchange.identify(desks.interpol, first, "unsure", "approver")
    with desks.interpol.folder.engine().begin() as connection:
        query = "SELECT r.id, r.about FROM ledger_record r ORDER BY r.id"
        kept = dict(tuple(row) for row in connection.exec_driver_sql(query))
        names = _store.RECORDS.c
        one, other = (
            connection.execute(sa.select(names.id).where(names.about == wish)).scalar_one() for wish in (first, second)
        )
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        for place, name in ((one, b"none"), (other, kept[one]), (one, kept[other])):
            connection.exec_driver_sql(f"UPDATE ledger_record SET about = {mark} WHERE id = {mark}", (name, place))
    with pytest.raises(TrustError) as caught:
        exchange.release(desks.interpol, first)
    assert caught.value.code == "ledger.details"
    with pytest.raises(LogAlteredError, match="under the name of another record"):
        verify(desks.interpol.folder.engine(), "interpol", keys(desks.interpol.folder).sign.verify_key)


def test_attack_the_words_of_the_log_made_unreadable(make: Any) -> None:
    """Whoever deletes the key of what the log says makes it silent; silence lets nothing pass."""
    desks = make()
    desks.ask()
    held, wish = desks.released(), desks.requested("u2", ("phone",))
    exchange.identify(desks.interpol, wish, "same")
    exchange.approve(desks.interpol, wish, "approver", NEUTRAL)
    for party, about in ((desks.unodc, held), (desks.interpol, wish)):
        with party.folder.engine().begin() as connection:
            connection.execute(sa.delete(_store.RECORDS).where(_store.RECORDS.c.about == about))
    for party in (desks.unodc, desks.interpol):
        with pytest.raises(TrustError, match="made unreadable"):
            named(party)
    with pytest.raises(TrustError, match="never came"):
        exchange.read(desks.unodc, held, "investigation")
    with pytest.raises(TrustError, match=r"says nothing|made unreadable"):
        exchange.release(desks.interpol, wish)


def test_attack_an_assessment_that_stands_in_the_way_removed(make: Any) -> None:
    desks = make()
    desks.ask()
    wish = desks.requested()
    exchange.identify(desks.interpol, wish, "same")
    with put_back(desks.interpol, Wish, wish), put_back(desks.interpol, Session, wish), pytest.raises(PolicyError):
        exchange.approve(desks.interpol, wish, "approver", {**NEUTRAL, "political": "yes"})
    with pytest.raises(TrustError, match="doubt"):
        exchange.approve(desks.interpol, wish, "approver", NEUTRAL)


def test_the_commands_name_a_row_that_was_put_back(
    make: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    desks = make()
    desks.ask()
    wish = desks.released()
    place = str(desks.unodc.folder.path)
    monkeypatch.setenv("ACCORD_PASSPHRASE", "correct horse battery staple")

    def told(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            main([*words, "--desk", place])
        return int(stop.value.code or 0), " ".join("".join(capfd.readouterr()).split())

    assert told("ledger", "verify")[0] == 0
    with put_back(desks.unodc, Release, wish):
        desks.carry(exchange.recall(desks.interpol, wish), "unodc")
    code, said = told("ledger", "verify")
    assert code == 1
    assert f"{wish}: the log says «returned»" in said
    assert "its row was put back to «held»" in said
    code, said = told("doctor", "--json")
    assert (code, f"{wish}: the log says" in said) == (0, True)
