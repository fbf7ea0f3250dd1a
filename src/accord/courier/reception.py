"""The desk's side of the HTTP lane: an ASGI application that takes messages and gives replies.

    POST /accord/v1/message    a message as it would be in a file          200 the reply · 204 none is due · 202 not yet
    POST /accord/v1/reply      the SHA-256 of one, 64 hexadecimal digits   the same; 404 when it is to be brought again
    POST /accord/v1/waiting    {conversation: last step}, as JSON          200 the oldest message not seen · 204 none

Invariants, in this order for each request: the certificate is one that a key of the accord signed (looked up again
each time); the body has a stated length within the limit, is not compressed, and comes at a pace; only then is it
read. One request a connection; no answer names anything that this desk holds.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from accord.courier.certificates import speaker
from accord.courier.mailroom import Mailroom, told
from accord.courier.terms import (
    AGAIN_SECONDS,
    BUSY,
    DIGEST_DIGITS,
    LARGEST_LIST,
    MEDIA_TYPE,
    MESSAGE,
    NOTHING_DUE,
    REPLY,
    UNKNOWN,
    WAITING,
    WORKING,
    Pace,
)
from accord.errors import AccordError, InputError, InternalError, PeerError, PolicyError, TrustError
from accord.exchange import Received

Answer = Callable[[Request, str], Awaitable[Response]]
_STATUS: dict[str, int] = {
    "courier.busy": BUSY, "exchange.busy": BUSY, "courier.unknown": UNKNOWN, "courier.slow": 408,
    "courier.oversize": 413, "message.oversize": 413, "courier.length": 411, "courier.compressed": 415,
}  # fmt: skip
_HEADERS = {"connection": "close", "cache-control": "no-store"}


def application(mailroom: Mailroom, pace: Pace | None = None) -> ASGIApp:
    """The application; `pace` is what callers must keep. The server puts the peer's certificate into the scope."""
    reception = _Reception(mailroom, pace or Pace())
    routes = [
        Route(MESSAGE, reception.answering(reception.message), methods=["POST"]),
        Route(REPLY, reception.answering(reception.reply), methods=["POST"]),
        Route(WAITING, reception.answering(reception.waiting), methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _absent, 405: _absent})
    return _Known(app, reception)


class _Known:
    """Outermost: nobody passes, not even to an error page, whose certificate the accord does not carry."""

    def __init__(self, app: ASGIApp, reception: _Reception) -> None:
        self._app, self._reception = app, reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                scope["accord.partner"] = await asyncio.to_thread(self._reception.partner, scope)
            except AccordError as error:
                await _failed(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Reception:
    def __init__(self, mailroom: Mailroom, pace: Pace) -> None:
        self._mailroom, self._pace = mailroom, pace

    def partner(self, scope: Scope) -> str:
        """Who speaks. Raises `TrustError` `courier.stranger`."""
        party = self._mailroom.party
        return speaker(scope.get("accord.certificate"), party.accord, party.id, party.now)

    def answering(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """The route of an answer: failures become what a partner may know of them."""

        async def answered(request: Request) -> Response:
            try:
                return await answer(request, request.scope["accord.partner"])
            except AccordError as error:
                return _failed(error)
            except ClientDisconnect:
                return _failed(_slow())
            except Exception as error:
                self._mailroom.say(f"a fault of this desk: {type(error).__name__}")
                return _failed(InternalError("courier.fault", "the desk failed", "bring the message again"))

        return answered

    async def message(self, request: Request, partner: str) -> Response:
        with self._mailroom.room(partner):
            data = await self._body(request, self._mailroom.limit)
        return self._replied(await self._mailroom.hand_in(partner, data))

    async def reply(self, request: Request, partner: str) -> Response:
        asked = (await self._body(request, DIGEST_DIGITS)).decode("latin-1")
        return self._replied(await self._mailroom.reply(partner, asked))

    async def waiting(self, request: Request, partner: str) -> Response:
        seen = _steps(await self._body(request, LARGEST_LIST))
        data = await self._mailroom.waiting(partner, seen)
        return Response(status_code=NOTHING_DUE, headers=_HEADERS) if data is None else self._message(data)

    def _replied(self, got: Received | None) -> Response:
        if got is None:
            return Response(status_code=WORKING, headers=_HEADERS | {"retry-after": str(AGAIN_SECONDS)})
        return Response(status_code=NOTHING_DUE, headers=_HEADERS) if got.reply is None else self._message(got.reply)

    def _message(self, data: bytes) -> Response:
        return _Paced(data, self._pace.seconds(len(data)))

    async def _body(self, request: Request, most: int) -> bytes:
        """The body, of a stated length of at most `most` bytes. Raises `PeerError`."""
        if request.headers.get("content-encoding", "identity") != "identity":
            raise PeerError("courier.compressed", "the body is compressed", "send messages as they are")
        stated = request.headers.get("content-length", "")
        if not stated.isdecimal() or len(stated) > 15:
            raise PeerError("courier.length", "the body has no stated length", "state it (Content-Length)")
        if int(stated) > most:
            raise PeerError(
                "courier.oversize", f"the body is larger than {most:,} bytes", "send what the accord allows"
            )
        data = bytearray()
        try:
            async with asyncio.timeout(self._pace.seconds(int(stated))):
                async for part in request.stream():
                    data += part
        except TimeoutError:
            raise _slow() from None
        return bytes(data)


class _Paced(Response):
    """A message as a body; whoever does not read it in time loses the connection."""

    def __init__(self, data: bytes, seconds: float) -> None:
        super().__init__(data, headers=_HEADERS, media_type=MEDIA_TYPE)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await super().__call__(scope, receive, send)
        except TimeoutError:
            scope.get("accord.abort", lambda: None)()


def _steps(data: bytes) -> dict[str, int]:
    try:
        steps = json.loads(data)
        if not isinstance(steps, dict) or not all(type(step) is int for step in steps.values()):
            raise ValueError
    except (ValueError, RecursionError):
        raise PeerError("courier.form", "the list of conversations is unreadable", "send it as JSON") from None
    return steps


def _failed(error: AccordError) -> JSONResponse:
    by_branch = [(TrustError, 403), (PolicyError, 403), (InternalError, 500), (InputError, 400)]
    status = _STATUS.get(error.code) or next((code for kind, code in by_branch if isinstance(error, kind)), 422)
    retry = {"retry-after": str(AGAIN_SECONDS)} if status == BUSY else {}
    return JSONResponse(told(error), status, _HEADERS | retry)


async def _absent(_request: Request, _error: Exception) -> Response:
    return _failed(PeerError("courier.form", "there is nothing at this address", "update Accord at both desks"))


def _slow() -> PeerError:
    return PeerError("courier.slow", "the body did not come in time", "bring the message again, on a better line")
