"""Work on worker processes: order, errors, and what becomes of workers when somebody is killed."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from accord.engine import cores, prepare, spread
from accord.errors import InputError, InternalError, PolicyError, Problem, TrustError

LINUX = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
PLANTED = bytes.fromhex("c0ffee5ec2e7") * 5


@pytest.fixture(autouse=True)
def _no_workers_left() -> Iterator[None]:
    yield
    cores._crews.close()


def slowly(secret: bytes, number: int) -> tuple[int, int]:
    time.sleep(0.05 if number % 2 == 0 else 0.0)  # the first batches end last
    return number, os.getpid()


def refuse(number: int) -> int:
    if number == 3:
        raise TrustError("psi.proof", "the proof does not hold", "ask again")
    return number


def fail(number: int) -> int:
    raise ValueError(f"Amina Diallo {number}")


def end_yourself(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_results_come_in_order_from_several_processes() -> None:
    found = spread(partial(slowly, PLANTED), range(8), workers=2)
    assert [number for number, _ in found] == list(range(8))
    assert len({process for _, process in found}) == 2
    assert os.getpid() not in {process for _, process in found}


class Payload:
    """Work that counts how often it is sent."""

    sent = 0

    def __call__(self, number: int) -> int:
        return number * 2

    def __getstate__(self) -> dict[str, int]:
        Payload.sent += 1
        return {"held": 1}


def test_work_goes_to_each_worker_once_and_each_batch_is_told_of() -> None:
    Payload.sent, ended = 0, []
    assert spread(Payload(), range(7), workers=2, done=ended.append) == [0, 2, 4, 6, 8, 10, 12]
    assert Payload.sent == 2
    assert sorted(ended) == list(range(7))
    assert spread(Payload(), range(2), workers=1, done=ended.append) == [0, 2]
    assert sorted(ended[7:]) == [0, 1]


def test_a_second_use_forgets_the_work_of_the_first() -> None:
    assert spread(Payload(), range(4), workers=2) == [0, 2, 4, 6]
    assert spread(abs, [-1, -2, -3], workers=2) == [1, 2, 3]


def test_workers_made_ready_are_those_that_work() -> None:
    prepare(slowly, 2)
    crew = cores._crews._crew
    assert crew is not None
    ready = {process.pid for process in crew._processes}
    assert {process for _, process in spread(partial(slowly, b""), range(6), workers=2)} == ready
    prepare(slowly, 1)  # nothing to start


def test_workers_made_ready_for_nothing_rest_only_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "IDLE_SECONDS", 0.2)
    prepare(slowly, 2)
    until(lambda: cores._crews._crew is None)


def test_one_worker_needs_no_process() -> None:
    assert {process for _, process in spread(partial(slowly, b""), range(3), workers=1)} == {os.getpid()}


def test_workers_are_used_again_and_rest_only_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "IDLE_SECONDS", 0.2)
    first = {process for _, process in spread(partial(slowly, b""), range(4), workers=2)}
    assert {process for _, process in spread(partial(slowly, b""), range(4), workers=2)} == first
    until(lambda: cores._crews._crew is None)


def test_an_error_of_accord_crosses_as_it_is() -> None:
    with pytest.raises(TrustError, match="does not hold") as caught:
        spread(refuse, range(6), workers=2)
    assert (caught.value.code, caught.value.remedy) == ("psi.proof", "ask again")
    assert spread(refuse, range(3), workers=2) == [0, 1, 2]


@pytest.mark.parametrize(
    "error",
    [
        PolicyError("a.b", "no", "ask", "clause-3", "unodc"),
        InputError("c.d", "bad", "mend it", [Problem("e.f", "empty", "fill it", line=3)]),
    ],
)
def test_every_branch_of_errors_can_cross(error: InputError | PolicyError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert again.to_dict() == error.to_dict()
    assert str(again) == str(error)


def test_attack_on_a_log_by_an_error_that_holds_a_name() -> None:
    with pytest.raises(InternalError, match="ValueError") as caught:
        spread(fail, range(2), workers=2)
    assert "Amina" not in f"{caught.value.to_dict()} {caught.value.__cause__} {caught.value.__context__}"


def test_a_worker_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(InternalError) as caught:
        spread(end_yourself, range(4), workers=2)
    assert caught.value.code == "engine.lost"


RUNNING = """
import sys, time
from functools import partial
sys.path.insert(0, {tests!r})
from accord.engine import spread
from test_cores import linger
if __name__ == "__main__":
    print("begun", flush=True)
    spread(partial(linger, bytes.fromhex({planted!r})), range(64), workers=2)
"""


def linger(secret: bytes, number: int) -> int:
    time.sleep(0.25)
    return number


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program of its own at work with two workers, in a process group of its own."""
    script = tmp_path / "running.py"
    script.write_text(RUNNING.format(tests=str(Path(__file__).parent), planted=PLANTED.hex()))
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@LINUX
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_attack_workers_that_outlive_who_started_them(running: subprocess.Popen[str], sent: signal.Signals) -> None:
    until(lambda: len(workers_of(running.pid)) >= 2)
    workers = workers_of(running.pid)
    if sent is signal.SIGINT:
        os.killpg(running.pid, sent)  # as Ctrl-C on a terminal: everybody gets it
    else:
        running.kill()
    running.wait(10)
    until(lambda: not any(alive(worker) for worker in workers))
    assert "accord worker" not in running.stderr.read()  # no worker writes a trace of its own


@LINUX
def test_attack_keys_read_from_the_list_of_processes_or_from_files(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    until(lambda: len(workers_of(running.pid)) >= 2)
    for worker in [running.pid, *workers_of(running.pid)]:
        for name in ("cmdline", "environ"):
            shown = Path(f"/proc/{worker}/{name}").read_bytes()
            assert PLANTED not in shown
            assert PLANTED.hex().encode() not in shown
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "running.py"]
    assert not any(PLANTED in path.read_bytes() for path in written)


def workers_of(process: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(holds: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
