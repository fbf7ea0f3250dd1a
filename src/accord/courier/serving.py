"""A desk's HTTP lane on a socket: TLS, patience with callers, and an end when it is told to.

Invariants: nothing is answered outside TLS; a caller that says nothing loses its connection after `HEADERS_SECONDS`;
no more than `MOST_CONNECTIONS` are spoken to at once; no request is logged.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from accord.courier.certificates import receiving_context, renew
from accord.courier.mailroom import Mailroom
from accord.courier.reception import application
from accord.courier.terms import Pace

HEADERS_SECONDS = 10.0  # from the handshake to the end of the request's headers
MOST_CONNECTIONS = 32
_RENEWAL_SECONDS = 86_400.0
_LARGEST_HEADERS = 8192


def serve(mailroom: Mailroom, listening: socket.socket, pace: Pace | None = None) -> None:
    """Take messages on a listening socket until Ctrl-C."""
    server(mailroom, pace).run(sockets=[listening])


def server(mailroom: Mailroom, pace: Pace | None = None) -> uvicorn.Server:
    """The same, not yet running."""
    keys = receiving_context(mailroom.party)

    async def renewing() -> None:
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            await asyncio.to_thread(renew, keys, mailroom.tidy())

    settings = uvicorn.Config(
        _WithRenewal(application(mailroom, pace), renewing), http=_Patient, log_level="critical", access_log=False,
        server_header=False, date_header=False, proxy_headers=False, lifespan="on", ws="none",
        limit_concurrency=MOST_CONNECTIONS, timeout_graceful_shutdown=5, timeout_keep_alive=5,
        h11_max_incomplete_event_size=_LARGEST_HEADERS, ssl_context_factory=lambda *_: keys,
    )  # fmt: skip
    return uvicorn.Server(settings)


class _WithRenewal:
    """The application, with a task beside it that gives the TLS context a new certificate each day."""

    def __init__(self, app: ASGIApp, renewing: Any) -> None:
        self._app, self._renewing = app, renewing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        task = asyncio.create_task(self._renewing())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await send({"type": "lifespan.shutdown.complete"})


class _Patient(H11Protocol):
    """uvicorn's HTTP/1.1 that waits for the headers a while only, and puts the peer's certificate into the scope."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        shown = tls.getpeercert(binary_form=True) if tls is not None else None
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["accord.certificate"], scope["accord.abort"] = shown, transport.abort
            await inner(scope, receive, send)

        self.app = app
        self._patience = self.loop.call_later(HEADERS_SECONDS, transport.abort)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None:
            self._calm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
