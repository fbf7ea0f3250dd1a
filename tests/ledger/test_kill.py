"""kill -9 at every durable step, and at any moment: what was answered is there, and the log is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks one process for each step")

HARNESS = """
import os, shutil, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import importlib.util
spec = importlib.util.spec_from_file_location("exchange_desks", Path(sys.argv[2]) / "exchange" / "conftest.py")
world = importlib.util.module_from_spec(spec); sys.modules["exchange_desks"] = world; spec.loader.exec_module(world)
from sqlalchemy.engine.default import DefaultDialect
from accord import exchange
from accord.arrangement import adopt, adopted, card, keys, renew, signing_keys
from accord.errors import InputError
from accord.ledger import verify
from accord.vault import Folder
from accord.vault._pages import Pages

root = Path(sys.argv[1])
Pages.place = property(lambda pages: "here")  # a copy stands for the desk that is killed, and not for one put back

def kill_at(number):
    seen = 0
    def step():
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
    def hooked(function):
        def run(*given, **named):
            step()  # what is killed after one write is killed before the next
            return function(*given, **named)
        return run
    os.fsync = hooked(os.fsync)
    Path.replace, Path.unlink = hooked(Path.replace), hooked(Path.unlink)
    DefaultDialect.do_commit = hooked(DefaultDialect.do_commit)

def at_every_step(source, act, check):
    number = 0
    while True:
        number += 1
        copy = root / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy)
        child = os.fork()
        if child == 0:
            kill_at(number)
            try:
                act(copy)
            except BaseException as error:
                print(repr(error), flush=True)
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, (number, status)
        check(copy, done=not os.WIFSIGNALED(status))
        if not os.WIFSIGNALED(status):
            return number

def whole(path):
    party = world.open_desk(path, clock)
    own = party.sign.verify_key
    from accord.arrangement import former_keys
    head = verify(party.folder.engine(), party.id, own, former=former_keys(party.folder, party.id))
    return party, 0 if head is None else head.size

clock = [world.BEGUN]
"""

RECEIVE = """
desks = world.make_desks(root / "world")
message = exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
for party in (desks.unodc, desks.interpol):
    party.folder.close()

def act(path):
    exchange.receive(world.open_desk(path, clock), message)

def check(path, done):
    party, size = whole(path)
    assert size == (1 if exchange.status(party) else 0), size
    if done:
        assert size == 1
    first = exchange.receive(party, message)  # it came again, or comes now for the first time
    assert first.reply and exchange.receive(party, message).reply == first.reply
    assert whole(path)[1] == 1
    party.folder.close()

steps = at_every_step(root / "world" / "interpol", act, check)
assert steps > 1, steps  # one transaction: it has one place to be killed at
"""

PATH = """
NEUTRAL = world.NEUTRAL
desks = world.make_desks(root / "world")
places = {name: root / "world" / name for name in ("unodc", "interpol")}
for party in (desks.unodc, desks.interpol):
    party.folder.close()

def done_at(name, verb):
    # the verb on copies of the desk, killed at every durable step; then on the desk itself
    before = whole(places[name])
    before[0].folder.close()
    sizes = set()

    def act(path):
        verb(world.open_desk(path, clock))

    def check(path, done):
        party, size = whole(path)
        sizes.add(size)
        assert size > before[1] or not done, (name, size)
        with party.reading() as connection:
            exchange.check_rows(connection, party.log, party.accord, party.now)
        if size == before[1]:
            verb(party)  # nothing of it happened, so it can be done
        party.folder.close()

    steps = at_every_step(places[name], act, check)
    assert steps > 1 and len(sizes - {before[1]}) == 1, (steps, sizes)  # all of it, or nothing
    party = world.open_desk(places[name], clock)
    found = verb(party)
    party.folder.close()
    return found

def carried(message, to):
    while message is not None:
        got = done_at(to, lambda party: exchange.receive(party, message))
        session, message, to = got.session, got.reply, "interpol" if to == "unodc" else "unodc"
    return session

def first_hit(party):
    return next(str(row["hit"]) for row in exchange.hits(party) if row["record"] == "u1")

carried(done_at("unodc", lambda party: exchange.ask(party, "interpol", "investigation", "case-7")), "interpol")
wish = carried(done_at("unodc", lambda party: exchange.request(
    party, first_hit(party), ("passportNumber",), "investigation")), "interpol")
done_at("interpol", lambda party: exchange.identify(party, wish, "same"))
done_at("interpol", lambda party: exchange.approve(party, wish, "approver", NEUTRAL))
carried(done_at("interpol", lambda party: exchange.release(party, wish)), "unodc")
done_at("unodc", lambda party: exchange.read(party, wish, "investigation"))
carried(done_at("interpol", lambda party: exchange.correct(party, wish)), "unodc")
carried(done_at("interpol", lambda party: exchange.recall(party, wish)), "unodc")
carried(done_at("unodc", lambda party: exchange.count_with(party, "interpol", "investigation", "case-8")), "interpol")
"""

ERASE = """
from accord import subjects
desks = world.make_desks(root / "world")
desks.ask()
desks.requested()
before = len(desks.unodc.log)
for party in (desks.unodc, desks.interpol):
    party.folder.close()

def act(path):
    subjects.erase(world.open_desk(path, clock), ["u1"], "withdrawn")

def check(path, done):
    party, size = whole(path)  # which holds what is silent against what was erased
    silent = [entry.index for entry in party.log.entries() if entry.details is None]
    erasures = [entry.details["entries"] for entry in party.log.entries(kinds=("ledger.erased",))]
    assert (silent and [silent]) == erasures and bool(silent) == (size > before), (silent, size)
    assert silent or not done
    party.folder.close()

assert at_every_step(root / "world" / "unodc", act, check) > 1
"""

ADOPT = """
from accord.arrangement.amend import Changes, amend
from accord.arrangement._kept import load_kept
from accord.arrangement.document import read_document
from accord.arrangement.signatures import add_signature
from accord.ledger import Log
desks = world.make_desks(root / "world")
old = keys(desks.unodc.folder).sign.verify_key
renew(desks.unodc.folder)
text = amend(read_document(load_kept(desks.unodc.folder).versions[-1].text), Changes([card(desks.unodc.folder)]))
signed = None
for party in (desks.unodc, desks.interpol):
    own = signing_keys(party.folder, read_document(text).accord.party(party.id))
    signed = add_signature(read_document(text), signed, party.id, *own)
    party.folder.close()

def act(path):
    folder = Folder.open(path, world.PASSPHRASE)
    own = keys(folder)
    note = lambda accord: Log(folder.engine(), own.sign, own.party).append("accord-adopted", "accord", {}, at=clock[0])
    adopt(folder, text, signed.to_bytes(), note=note)

def check(path, done):
    party, size = whole(path)
    version = adopted(party.folder).version
    assert (version, size) in ((1, 0), (1, 1), (2, 1)), (version, size)  # never in force without an entry
    assert version == 2 or not done
    fits = adopted(party.folder).party("unodc").sign == keys(party.folder).sign.verify_key
    assert fits, "the desk holds the keys that the accord in force names"
    party.folder.close()
    act(path)
    party, _ = whole(path)
    assert adopted(party.folder).version == 2 and keys(party.folder).sign.verify_key != old
    party.folder.close()

assert at_every_step(root / "world" / "unodc", act, check) > 10
"""

ANY_MOMENT = """
import random
from accord.ledger import Log, SigningKey
from accord.vault import TESTS
key, rng = SigningKey.from_bytes(bytes(32)), random.Random(7)
folder = Folder.create(root / "desk", "pass", cost=TESTS)
Log(folder.engine(), key, "unit-a")
folder.close()
known = 0
for _ in range(12):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        log = Log(Folder.open(root / "desk", "pass").engine(), key, "unit-a")
        while True:
            log.extend([("asked", f"case-{n}", {"n": n}) for n in range(2)], at=clock[0])
            os.write(write, b"x")
    os.close(write)
    os.read(read, 1)
    known += 2
    time.sleep(rng.random() * 0.15)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(read, 10000):
        known += 2 * len(more)
    os.close(read)
    folder = Folder.open(root / "desk", "pass")
    size = verify(folder.engine(), "unit-a", key.verify_key).size
    assert size in (known, known + 2), (size, known)  # all that was answered, and at most the one under way
    known = size
    folder.close()
"""


@pytest.mark.parametrize(
    "act",
    [RECEIVE, PATH, ERASE, ADOPT, ANY_MOMENT],
    ids=["receive", "whole-path", "erase", "adopt-new-keys", "any-moment"],
)
def test_attack_kill_at_every_write(tmp_path: Path, act: str) -> None:
    script = tmp_path / "act.py"
    script.write_text(textwrap.dedent(HARNESS) + act)
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(tests)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
