"""The log: what was written verifies, what was tampered with is named, what was forgotten is gone."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, StaticPool, create_engine, select, text, update

from accord.errors import InputError, TrustError
from accord.ledger import Head, Log, LogAlteredError, Proof, Report, SigningKey, canonical, merkle, verification, verify
from accord.ledger import log as log_
from accord.ledger._store import ENTRIES, NODES
from accord.vault import TESTS, Folder

pytestmark = pytest.mark.engines

KEY = SigningKey.from_bytes(bytes(range(32)))
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def engine(tmp_path: Path, state: str) -> Engine:
    return Folder.create(tmp_path / "desk", "pass", cost=TESTS, state=state).engine()


@pytest.fixture
def log(engine: Engine) -> Log:
    log = Log(engine, KEY, "unit-a")
    for number in range(7):
        log.append("question", f"case-{number % 3}", {"number": number, "name": "Amina Diallo"}, at=NOW)
    return log


def faults(engine: Engine, **more: object) -> list[str]:
    with pytest.raises(LogAlteredError) as caught:
        verify(engine, "unit-a", KEY.verify_key, **more)  # type: ignore[arg-type]
    return [str(fault) for fault in caught.value.faults]


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_what_was_written_reads_and_verifies(engine: Engine, log: Log) -> None:
    assert [entry.index for entry in log.entries()] == list(range(7))
    assert next(log.entries(3)).details == {"number": 3, "name": "Amina Diallo"}
    head = verify(engine, "unit-a", KEY.verify_key)
    assert head is not None
    assert (head.size, head.root) == (7, log.head().root)


def test_the_first_entry_since_a_time(engine: Engine, log: Log) -> None:
    for days in (1, 1, 3):
        log.append("question", "case", {}, at=NOW + dt.timedelta(days=days))
    since = [log.since(NOW + dt.timedelta(days=days)) for days in (-1, 0, 1, 2, 3, 4)]
    assert since == [0, 0, 7, 9, 9, 10]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_first_entry_since_a_time_wherever_the_clock_was_set(days: list[int]) -> None:
    """Also back, between two entries; and `checked` finds that none was left out."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    log = Log(engine, KEY, "unit-a")
    for day in days:
        log.append("question", f"case-{day}", {}, at=NOW + dt.timedelta(days=day))
    for day in range(8):
        first = next((index for index, other in enumerate(days) if other >= day), len(days))
        since = NOW + dt.timedelta(days=day)
        assert log.since(since) == first
        assert [entry.index for entry in log.checked(since, kinds={"question"})] == list(range(first, len(days)))
    verify(engine, "unit-a", KEY.verify_key)


def test_nobody_waits_for_a_verification_and_what_is_done_meanwhile_is_no_fault(
    engine: Engine, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two pieces entries are written, and the key of one that was read is destroyed."""
    monkeypatch.setattr(verification, "_PIECE", 4)
    looked, done = verification._EntryCheck.check, []

    def while_others_work(self: object, row: tuple[int, ...], found: list[object]) -> object:
        if row[0] == 2:
            done.append(log.forget("case-1", at=NOW))
            done.append(log.append("question", "case-9", {}, at=NOW).index)
        return looked(self, row, found)  # type: ignore[arg-type]

    monkeypatch.setattr(verification._EntryCheck, "check", while_others_work)
    head = verify(engine, "unit-a", KEY.verify_key)
    assert (done, head and head.size) == ([2, 8], 9)


def test_nobody_waits_for_who_goes_through_checked_entries(
    engine: Engine, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_, "_AT_ONCE", 3)
    seen = []
    for entry in log.checked(kinds={"question"}):
        seen.append(entry.index)
        if entry.index == 1:
            log.append("question", "case-9", {}, at=NOW)
    assert seen == list(range(8))


def test_an_empty_log(engine: Engine) -> None:
    log = Log(engine, KEY, "unit-a")
    assert verify(engine, "unit-a", KEY.verify_key) is None
    with pytest.raises(InputError):
        log.head()


def test_an_entry_stands_or_falls_with_the_callers_transaction(engine: Engine, log: Log) -> None:
    with engine.connect() as connection:
        log.append("question", "case", {}, at=NOW, within=connection)
        connection.rollback()
    assert log.head().size == 7
    verify(engine, "unit-a", KEY.verify_key)


def test_attack_entry_altered(engine: Engine, log: Log) -> None:
    third = ENTRIES.c.position == 3
    with engine.begin() as connection:
        body = connection.execute(select(ENTRIES.c.body).where(third)).scalar_one()
        connection.execute(update(ENTRIES).where(third).values(body=body.replace(b"question", b"quextion")))
    assert faults(engine)[0].startswith("entry 3: altered")


def test_attack_details_altered(engine: Engine, log: Log) -> None:
    run(
        engine,
        "UPDATE ledger_entry SET sealed = (SELECT sealed FROM ledger_entry WHERE position = 1) WHERE position = 4",
    )
    assert faults(engine) == ["entry 4: its details were altered"]


def test_attack_entry_removed(engine: Engine, log: Log) -> None:
    run(engine, "DELETE FROM ledger_entry WHERE position = 2")
    assert "entry 2: removed" in faults(engine)


def test_attack_entries_swapped(engine: Engine, log: Log) -> None:
    run(
        engine,
        "UPDATE ledger_entry SET position = 99 WHERE position = 2",
        "UPDATE ledger_entry SET position = 2 WHERE position = 4",
        "UPDATE ledger_entry SET position = 4 WHERE position = 99",
    )
    found = faults(engine)
    assert "entry 2: reordered: this is entry 4" in found
    assert "entry 4: reordered: this is entry 2" in found


def test_attack_entry_inserted_at_the_end(engine: Engine, log: Log) -> None:
    run(engine, "INSERT INTO ledger_entry SELECT 7, body, record, sealed FROM ledger_entry WHERE position = 6")
    assert any(fault.startswith("entry 7: inserted") for fault in faults(engine))


def test_attack_tail_cut_off(engine: Engine, log: Log) -> None:
    run(
        engine,
        "DELETE FROM ledger_entry WHERE position >= 5",
        "DELETE FROM ledger_node WHERE ((position + 1) << level) > 5",
    )
    assert faults(engine) == ["entry 5: removed: 2 signed entries from here on are gone"]


def test_attack_heads_removed(engine: Engine, log: Log) -> None:
    run(engine, "DELETE FROM ledger_head")
    assert faults(engine) == ["entry 6: no signed head covers the log"]


def test_attack_head_signed_by_another_key(engine: Engine, log: Log) -> None:
    other = SigningKey.from_bytes(bytes(32))
    with engine.begin() as connection:
        forged = Head("unit-a", 7, "00" * 32, NOW).sign(other).to_bytes()
        connection.execute(text("UPDATE ledger_head SET envelope = :e"), {"e": forged})
    assert "entry 6: the signed head after it does not hold" in faults(engine)


def test_attack_hash_for_proofs_altered(engine: Engine, log: Log) -> None:
    with engine.begin() as connection:
        connection.execute(update(NODES).where(NODES.c.level == 1, NODES.c.position == 1).values(hash=bytes(32)))
    assert faults(engine) == ["entry 2: a hash kept for proofs was altered"]


FAR = (1 << 62) + 5
STRAY = {  # what an insider of a database of one file can write where no log has anything, and what it is called
    f"INSERT INTO ledger_entry SELECT {FAR}, body, record, sealed FROM ledger_entry WHERE position = 1": (
        f"entry {FAR}: inserted behind the log's back"
    ),
    "INSERT INTO ledger_entry SELECT -5, body, record, sealed FROM ledger_entry WHERE position = 1": (
        "entry 0: inserted behind the log's back"
    ),
    f"INSERT INTO ledger_head SELECT {FAR}, envelope, 1 FROM ledger_head": (
        f"entry {FAR - 1}: the signed head after it does not hold"
    ),
    "INSERT INTO ledger_head SELECT 0, envelope, 1 FROM ledger_head": "entry 0: the signed head after it does not hold",
    **{
        f"INSERT INTO ledger_node VALUES ({level}, {position}, x'00')": f"entry {entry}: a hash kept for proofs was altered"
        for level, position, entry in (
            (0, FAR, FAR), (1, FAR - 10, 1 << 62), (1, -1, 0), (-1, 0, 0), (62, 1, 1 << 62), (63, 0, 0),
            (2_000_000_000, 0, 0), ("'x'", 0, 0), (0, "'x'", 0), (1, 0.5, 0), (0, 0.5, 0), (0.5, 0, 0),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("statement", STRAY)
def test_attack_rows_where_no_log_has_any_are_named_at_once(tmp_path: Path, statement: str) -> None:
    engine = Folder.create(tmp_path / "desk", "pass", cost=TESTS).engine()
    log = Log(engine, KEY, "unit-a")
    for number in range(7):
        log.append("question", f"case-{number}", {}, at=NOW)
    run(engine, statement)
    assert STRAY[statement] in faults(engine)


def rewritten(engine: Engine, start: int) -> None:
    """What an insider with the passphrase does: drop the tail, write another one, sign it with the desk's key."""
    run(
        engine,
        f"DELETE FROM ledger_entry WHERE position >= {start}",
        f"DELETE FROM ledger_node WHERE ((position + 1) << level) > {start}",
        "DELETE FROM ledger_head",
    )
    log = Log(engine, KEY, "unit-a")
    for number in range(start, 9):
        log.append("question", "case", {"number": number, "invented": True}, at=NOW)


def test_attack_tail_rewritten_and_signed_again(engine: Engine, log: Log) -> None:
    told = Report.from_dict(log.report("unit-b"))
    rewritten(engine, 4)
    verify(engine, "unit-a", KEY.verify_key)  # alone, the desk cannot know
    found = faults(engine, witnesses=[told.envelope])
    assert found == ["entry 0: rewritten: the signed head does not fit what stands here, up to entry 6"]


def test_attack_fork_is_found_at_the_next_message(engine: Engine, log: Log, tmp_path: Path) -> None:
    partner = Log(Folder.create(tmp_path / "b", "pass", cost=TESTS).engine(), SigningKey.generate(), "unit-b")
    partner.accept("unit-a", KEY.verify_key, log.report("unit-b"))
    log.append("question", "case-9", {}, at=NOW)
    partner.accept("unit-a", KEY.verify_key, log.report("unit-b"))
    rewritten(engine, 4)
    with pytest.raises(TrustError) as caught:
        partner.accept("unit-a", KEY.verify_key, Log(engine, KEY, "unit-a").report("unit-b"))
    assert caught.value.code == "ledger.forked"


def test_messages_that_arrive_late_lost_and_twice_are_no_fork(log: Log, tmp_path: Path) -> None:
    partner = Log(Folder.create(tmp_path / "b", "pass", cost=TESTS).engine(), SigningKey.generate(), "unit-b")
    reports = []
    for number in range(5):
        log.append("question", "case", {"number": number}, at=NOW)
        reports.append(log.report("unit-b"))
    for index in (0, 2, 1, 4, 4, 3):
        assert partner.accept("unit-a", KEY.verify_key, reports[index]).size == 8 + index
    assert set(partner.witnesses()) == {"unit-a"}


@pytest.mark.parametrize("order", ["as sent", "backwards", "mixed"])
def test_many_messages_under_way_may_come_in_any_order(log: Log, tmp_path: Path, order: str) -> None:
    """Both write, neither waits for the other; what each had seen of the other goes along."""
    other_key = SigningKey.generate()
    partner = Log(Folder.create(tmp_path / "b", "pass", cost=TESTS).engine(), other_key, "unit-b")
    sent = []
    for number in range(50):
        log.append("question", "case", {"number": number}, at=NOW)
        sent.append(log.report("unit-b"))
    if order == "backwards":
        sent.reverse()
    elif order == "mixed":
        random.Random(7).shuffle(sent)
    for report in sent:
        partner.accept("unit-a", KEY.verify_key, report)
    partner.append("answer", "case", {}, at=NOW)
    log.accept("unit-b", other_key.verify_key, partner.report("unit-a"))
    log.append("question", "case", {}, at=NOW)
    assert len(Report.from_dict(log.report("unit-b")).proofs) == 1  # the newest was seen, the partner says


def test_attack_late_message_of_another_history(engine: Engine, log: Log, tmp_path: Path) -> None:
    """A newer state passed over those that the late message claims; it is held against the proof that came then."""
    partner = Log(Folder.create(tmp_path / "b", "pass", cost=TESTS).engine(), SigningKey.generate(), "unit-b")
    reports = []
    for number in range(4):
        log.append("question", "case", {"number": number}, at=NOW)
        reports.append(log.report("unit-b"))
    for index in (0, 3):
        partner.accept("unit-a", KEY.verify_key, reports[index])
    rewritten(engine, 8)  # writes up to nine entries: the size that the second report had
    with pytest.raises(TrustError) as caught:
        partner.accept("unit-a", KEY.verify_key, Log(engine, KEY, "unit-a").report("unit-b"))
    assert caught.value.code == "ledger.forked"
    assert partner.accept("unit-a", KEY.verify_key, reports[1]).size == 9


def test_attack_report_signed_by_another_party(log: Log) -> None:
    with pytest.raises(TrustError):
        log.accept("unit-b", SigningKey.generate().verify_key, log.report("unit-b"))


@pytest.mark.parametrize("report", [None, {}, {"head": {}, "proofs": {}}, {"head": 1, "proofs": []}, []])
def test_attack_malformed_report(log: Log, report: object) -> None:
    with pytest.raises(TrustError):
        log.accept("unit-b", KEY.verify_key, report)


def test_a_forgotten_record_is_unreadable_and_the_log_still_verifies(engine: Engine, log: Log) -> None:
    assert log.forget("case-1", at=NOW) == 2
    assert log.forget("case-1", at=NOW) == 0
    verify(engine, "unit-a", KEY.verify_key)
    gone = [entry for entry in log.entries() if entry.details is None]
    assert [entry.index for entry in gone] == [1, 4]
    assert all(entry.about is None for entry in gone)
    with engine.connect() as connection:
        kept = b"".join(
            bytes(value) if isinstance(value, bytes) else str(value).encode()
            for table in ("ledger_entry", "ledger_record", "ledger_node", "ledger_head")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for value in row
        )
    assert b"case-1" not in kept
    assert b"Amina" not in kept


def test_the_key_of_a_forgotten_record_is_never_used_again(engine: Engine, log: Log) -> None:
    log.forget("case-2", at=NOW)
    log.append("question", "case-2", {"again": True}, at=NOW)
    verify(engine, "unit-a", KEY.verify_key)
    assert [entry.index for entry in log.entries() if entry.about == "case-2"] == [8]


def test_an_auditor_checks_one_entry_with_the_partys_key_alone(log: Log) -> None:
    proof = Proof.from_bytes(log.prove(5).to_bytes())
    proven = proof.check([KEY.verify_key])
    assert (proven.index, proven.of, proven.kind, proven.about, proven.details) == (5, 7, "question", None, None)
    opened = Proof.from_bytes(log.prove(5, with_details=True).to_bytes()).check([KEY.verify_key])
    assert (opened.about, opened.details) == ("case-2", {"number": 5, "name": "Amina Diallo"})
    with pytest.raises(InputError):
        log.prove(7)
    log.forget("case-2", at=NOW)
    with pytest.raises(InputError):
        log.prove(5, with_details=True)
    assert log.prove(5).check([KEY.verify_key]).kind == "question"


def test_attack_proof_altered_in_any_part(log: Log) -> None:
    proof = log.prove(5, with_details=True)
    other = log.prove(4, with_details=True)
    assert proof.shown is not None
    assert other.shown is not None
    lies = [
        replace(proof, index=4),
        replace(proof, party="unit-b"),
        replace(proof, body=proof.body.replace(b"question", b"quextion")),
        replace(proof, body=other.body),
        replace(proof, steps=proof.steps[:-1]),
        replace(proof, steps=(*proof.steps, bytes(32))),
        replace(proof, shown=other.shown),
        replace(proof, shown=replace(proof.shown, content=proof.shown.content.replace(b"Amina", b"Aminu"))),
        replace(proof, shown=replace(proof.shown, key=bytes(32))),
        replace(proof, head=Head("unit-a", 7, "00" * 32, NOW).sign(KEY)),
        replace(proof, head=Head("unit-a", 7, log.head().root, NOW).sign(SigningKey.generate())),
    ]
    for lie in lies:
        with pytest.raises(TrustError):
            Proof.from_bytes(lie.to_bytes()).check([KEY.verify_key])
    with pytest.raises(TrustError):
        proof.check([])


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"{" * 5000, b'{"form":"accord-ledger-proof/1"}'])
def test_attack_malformed_proof(data: bytes) -> None:
    with pytest.raises(InputError):
        Proof.from_bytes(data)


def test_several_entries_are_one_change_with_one_signed_head(engine: Engine, log: Log) -> None:
    written = log.extend([("a", "case-1", {}), ("b", "new", {"n": 1}), ("c", "new", {"n": 2})], at=NOW)
    assert [entry.index for entry in written] == [7, 8, 9]
    assert log.extend([], at=NOW) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT size FROM ledger_head")).scalars().all() == [10]
    assert verify(engine, "unit-a", KEY.verify_key) == log.head()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 9), max_size=12))
def test_a_growing_tree_has_the_roots_and_nodes_of_the_whole(batches: list[int]) -> None:
    leaves = [merkle.leaf_hash(canonical(number)) for number in range(sum(batches))]
    nodes: dict[tuple[int, int], bytes] = {}
    size = 0
    for batch in batches:
        growing = merkle.Frontier(size, lambda *place, kept=nodes: kept[place])
        for leaf in leaves[size : size + batch]:
            nodes |= {(level, position): found for level, position, found in growing.push(leaf)}
        size += batch
        assert growing.root == naive(leaves[:size])


def naive(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, as it is written."""
    if not leaves:
        return merkle.root(0, lambda level, position: b"")
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return merkle.join(naive(leaves[:middle]), naive(leaves[middle:]))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 70), st.data())
def test_every_proof_holds_and_no_altered_one_does(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(canonical(number)) for number in range(size)]
    tree = merkle.complete_nodes(leaves)
    head = naive(leaves)
    assert merkle.root(size, tree) == head
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof = merkle.inclusion(index, size, tree)
    merkle.check_inclusion(leaves[index], index, size, head, proof)
    steps = merkle.consistency(old, size, tree)
    merkle.check_consistency(old, naive(leaves[:old]), size, head, steps)
    for wrong in ([*proof, head], proof[:-1] if proof else [head]):
        with pytest.raises(TrustError):
            merkle.check_inclusion(leaves[index], index, size, head, wrong)
    with pytest.raises(TrustError):
        merkle.check_consistency(old, bytes(32), size, head, steps)
    with pytest.raises(TrustError):
        merkle.check_consistency(old, naive(leaves[:old]), size, bytes(32), steps)
    for place in range(len(steps)):
        altered = [*steps[:place], bytes(32), *steps[place + 1 :]]
        with pytest.raises(TrustError):
            merkle.check_consistency(old, naive(leaves[:old]), size, head, altered)


def test_known_answers_of_certificate_transparency() -> None:
    # the eight leaves that CT implementations test with (certificate-transparency-go, RFC 6962/9162 hashing)
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    tree = merkle.complete_nodes([merkle.leaf_hash(bytes.fromhex(each)) for each in inputs])
    assert merkle.root(1, tree).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(8, tree).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
