"""The JSON interface against its own description, tried by schemathesis over a socket: no fault of ours, no answer that
is not described, nothing taken that the description forbids, nothing refused as ill-made that it allows."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from accord.cli.demo.world import write_world
from accord.desk import Office, application
from accord.desk.api import ENDPOINTS, ROOT
from accord.desk.roles import Can

if TYPE_CHECKING:
    from conftest import Desks

TOOL = Path(sys.executable).with_name("st.exe" if sys.platform == "win32" else "st")
# what is well made can still hold what cannot be taken (422), be out of time (409) or ask for what is not there
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 422]
"""


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The desk on a port of this machine, as `accord desk serve` serves it; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    host = f"127.0.0.1:{listening.getsockname()[1]}"
    settings = uvicorn.Config(application(office, {host}), log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://{host}"
    server.should_exit = True
    thread.join(30)


@pytest.mark.parametrize(("account", "tried"), [("ana", "--exclude-path-regex"), ("paul", "--include-path-regex")])
def test_schemathesis_finds_no_answer_that_is_not_described(
    desks: Desks, tmp_path: Path, account: str, tried: str
) -> None:
    """Each operation by an account that may do it: persons are the approver's, all else the analyst's."""
    if not TOOL.exists():
        pytest.skip("schemathesis is not installed (make test installs it)")
    desks.requested()
    office = desks.interpol
    office.maps.plan = write_world(tmp_path / "map", ordinary=20).plan
    who = office.accounts.get(account)
    assert who is not None
    secret = office.tokens.make(who, frozenset(filter(who.role.may, Can)), 30, office.now)
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    with served(office) as address:
        command = [str(TOOL), "--config-file", str(tmp_path / "schemathesis.toml"), "run", address + ROOT + "/openapi.json",
                   "--header", f"Authorization: Bearer {secret}", tried, "/persons/", "--max-examples", "8",
                   "--generation-deterministic", "--continue-on-failure", "--no-color", "--warnings", "off"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    persons = sum("/persons/" in one.path for one in ENDPOINTS)
    assert f"Tested: {persons if account == 'paul' else len(ENDPOINTS) - persons}" in done.stdout
