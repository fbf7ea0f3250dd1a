"""The desks of tests/exchange, one of them serving on 127.0.0.1."""

from __future__ import annotations

import importlib.util
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from accord.courier import Address, Mailroom, Patience, certificates, serving
from accord.courier.terms import Pace
from accord.exchange import Party

_PATH = Path(__file__).parents[1] / "exchange" / "conftest.py"
_spec = importlib.util.spec_from_file_location("exchange_desks", _PATH)
assert _spec is not None
assert _spec.loader is not None
desks_module = importlib.util.module_from_spec(_spec)
sys.modules["exchange_desks"] = desks_module
_spec.loader.exec_module(desks_module)
make, desks = desks_module.make, desks_module.desks

HURRIED = Patience(tries=2, sleep=lambda seconds: time.sleep(0.01), pace=Pace(grace_seconds=5.0))


@dataclass
class Served:
    """A desk that takes messages; `said` is what it told its operator."""

    party: Party
    mailroom: Mailroom
    address: Address
    said: list[str] = field(default_factory=list)

    def connect(self, caller: Party | None = None, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """A raw TLS connection to it."""
        if context is None:
            assert caller is not None
            context = certificates.calling_context(caller, self.party.id)
        line = socket.create_connection((self.address.host, self.address.port), timeout=5)
        return context.wrap_socket(line)

    def ask(self, caller: Party, request: bytes) -> bytes:
        """Send raw bytes over TLS; all that comes back until the desk closes."""
        with self.connect(caller) as line:
            with suppress(ConnectionError, ssl.SSLError):  # a desk that has read enough answers and closes
                line.sendall(request)
            return read_all(line)


def read_all(line: socket.socket) -> bytes:
    found = b""
    try:
        while part := line.recv(65536):
            found += part
    except (ConnectionError, ssl.SSLError):
        pass
    return found


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: desk", *(headers or (f"Content-Length: {len(body)}",)), "", ""]
    return "\r\n".join(lines).encode() + body


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a party on a free port until the test ends."""
    running: list[tuple[Any, threading.Thread]] = []

    def start(party: Party, pace: Pace | None = None) -> Served:
        listening = socket.create_server(("127.0.0.1", 0))
        said: list[str] = []
        mailroom = Mailroom(party, said.append)
        server = serving.server(mailroom, pace)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        running.append((server, thread))
        return Served(party, mailroom, Address("127.0.0.1", listening.getsockname()[1]), said)

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)
