"""The desk as an ASGI application: routes, who may pass, forms, security headers, and errors as pages.

Invariants, in this order for each request: the host must be one of ours (against DNS rebinding); a form must come from
this desk (Origin and Sec-Fetch-Site) and carry its session's token; the session must be good and the role allow it;
only then does a page's function run. Every response carries the same strict headers. An error never shows a value that
passed through it, and a fault of ours is told to the operator by kind and place only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accord.desk import api, render, static
from accord.desk.failures import status_of, unforeseen
from accord.desk.forms import read_form
from accord.desk.office import Office
from accord.desk.pages import PAGES
from accord.desk.roles import Can
from accord.desk.sessions import fresh_name
from accord.desk.visit import Form, Page, Visit, bound
from accord.desk.words import Words, chosen
from accord.errors import AccordError, PolicyError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_LOOKED_AT = frozenset(one.path for one in PAGES if one.get)
_AGAIN_SECONDS = b"5"  # when to come again to a desk that is busy


def application(office: Office, hosts: Iterable[str], secure: bool = False) -> ASGIApp:
    """The desk of `office`, answering to `hosts` (`name:port`) only; `secure` when it is served over TLS."""
    known = frozenset(hosts)
    door = _Door(office, known, secure)
    routes = [Route("/static/{digest}/{name}", _static), *api.routes(office)]
    for one in PAGES:
        methods = [method for method, do in (("GET", one.get), ("POST", one.post)) if do is not None]
        routes.append(Route(one.path, door.answering(one), methods=methods))
    app = Starlette(routes=routes, exception_handlers={404: door.absent, 405: door.absent})
    return _Guard(app, known, secure)


async def _static(request: Request) -> Response:
    return static.serve(request.path_params["digest"], request.path_params["name"])


class _Guard:
    """Outermost: refuses foreign hosts, and puts the headers on every response, errors and files included."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], secure: bool) -> None:
        self._app = app
        self._hosts = hosts
        headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                own = self._headers if b"cache-control" in given else [*self._headers, (b"cache-control", b"no-store")]
                again = [(b"retry-after", _AGAIN_SECONDS)] if message["status"] == 503 else []
                message["headers"] = [*message["headers"], *own, *again]
            await send(message)

        host = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(host) != 1 or host[0].lower() not in self._hosts:
            refusal = Response("this desk does not answer to that name", 421, media_type="text/plain")
            await refusal(scope, receive, sending)
            return
        await self._app(scope, receive, sending)


class _Door:
    """Turns pages into routes: reads the form, checks who comes, runs the page, shows what went wrong."""

    def __init__(self, office: Office, hosts: frozenset[str], secure: bool) -> None:
        self._office = office
        self._secure = secure
        self._scheme = "https" if secure else "http"
        self._origins = frozenset(f"{self._scheme}://{host}" for host in hosts)
        # cookies know no ports: the party's id keeps two desks on one machine apart
        prefix = "__Host-" if secure else ""
        self.cookie = f"{prefix}accord-{office.keys.party}"
        self._browser_cookie = f"{prefix}accord-{office.keys.party}-form"

    def answering(self, one: Page) -> Callable[[Request], Awaitable[Response]]:
        """The route of a page."""

        async def answer(request: Request) -> Response:
            visit = replace(self._stranger(request), back=_back(one, request.url.path))
            try:
                visit = await run_in_threadpool(self._known, request, visit)
                visit = await self._checked(request, visit, one)
                do = one.post if request.method == "POST" else one.get
                if visit.account is None and one.needs is not None:
                    response: Response = _to_sign_in(request)
                elif not _allowed(visit, one, request.method):
                    response = _forbidden(visit)
                else:
                    assert do is not None
                    response = await run_in_threadpool(do, visit)
            except AccordError as error:
                response = _failed(visit, error)
            except Exception as error:
                response = _failed(visit, unforeseen(error))
            return self._with_cookies(request, response, visit)

        return answer

    async def absent(self, request: Request, error: Exception) -> Response:
        """What there is no page for."""
        if request.url.path.startswith(f"{api.ROOT}/") and isinstance(error, HTTPException):
            return api.absent(error)
        visit = self._stranger(request)
        with suppress(AccordError):  # no state, no account: the page is the same
            visit = await run_in_threadpool(self._known, request, visit)
        return render.page(visit, "absent.html.j2", visit.words("There is no such page"), 404)

    def _stranger(self, request: Request) -> Visit:
        """Who comes, before anybody is looked up."""
        language = chosen(request.cookies.get("accord-language", ""), request.headers.get("accept-language", ""))
        return Visit(
            self._office, Words.of(language), request.url.path, dict(request.path_params), dict(request.query_params),
            browser=request.cookies.get(self._browser_cookie, "") or fresh_name(),
            origin=f"{self._scheme}://{request.headers['host'].lower()}",
        )  # fmt: skip

    def _known(self, request: Request, visit: Visit) -> Visit:
        """The same with the account that is signed in, if any."""
        office = self._office
        session = office.sessions.of(request.cookies.get(self.cookie, ""), office.now)
        account = office.accounts.get(session.account) if session else None
        if session and (account is None or account.closed):
            office.sessions.end(session.id)
            session = account = None
        return replace(visit, account=account, session=session)

    async def _checked(self, request: Request, visit: Visit, one: Page) -> Visit:
        """With its form, when one was sent; raises `PolicyError` `form.foreign` for one that is not ours."""
        if request.method != "POST":
            return visit
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
        if (origin is not None and origin not in self._origins) or site != "same-origin":
            raise _foreign()
        if visit.account is None and one.needs is not None:
            return visit  # nobody is signed in: the form is not read at all
        form: Form = await read_form(request, files=one.post_needs is not None or one.needs is not None)
        named = bound(visit.session, request.cookies.get(self._browser_cookie, ""))
        if not self._office.sessions.check_token(named, form.text("token")):
            raise _foreign()
        return replace(visit, form=form)

    def _with_cookies(self, request: Request, response: Response, visit: Visit) -> Response:
        """Set the session's cookie after sign-in, drop it after sign-out, name a browser before it."""
        begun = getattr(response, "begun", None)
        if begun is not None:
            self._set(response, self.cookie, begun)
            response.delete_cookie(
                self._browser_cookie, path="/", secure=self._secure, httponly=True, samesite="strict"
            )
        elif getattr(response, "ended", False):
            response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="strict")
        elif visit.session is None and self._browser_cookie not in request.cookies:
            self._set(response, self._browser_cookie, visit.browser)
        if (language := getattr(response, "language", None)) is not None:
            self._set(response, "accord-language", language)
        return response

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, path="/", secure=self._secure, httponly=True, samesite="strict")


def _allowed(visit: Visit, one: Page, method: str) -> bool:
    needs: list[Can | None] = [one.needs, one.post_needs if method == "POST" else None]
    return all(what is None or visit.may(what) for what in needs)


def _back(one: Page, path: str) -> str:
    """The page itself, or the nearest above it that can be looked at: what a form answers may stand where none can."""
    names, places = one.path.split("/"), path.split("/")
    cut = next((number for number in range(len(names)) if "/".join(names[: len(names) - number]) in _LOOKED_AT), None)
    return "/" if cut is None else "/".join(places[: len(places) - cut]) or "/"


def _to_sign_in(request: Request) -> Response:
    there = request.url.path if request.method == "GET" else "/"
    return RedirectResponse("/sign-in" if there == "/" else f"/sign-in?then={there}", status_code=303)


def _forbidden(visit: Visit) -> Response:
    title = visit.words("Your role does not allow this")
    return render.page(visit, "forbidden.html.j2", title, 403)


def _foreign() -> PolicyError:
    return PolicyError(
        "form.foreign",
        "this form was not sent from a page of this desk, or you signed in again meanwhile; nothing was done",
        "open the page again and send its form",
        "forms come from this desk only",
    )


def _failed(visit: Visit, error: AccordError) -> Response:
    if error.code == "arrangement.none":
        return render.page(visit, "no_accord.html.j2", visit.words("No accord yet"), status_of(error))
    return render.page(visit, "error.html.j2", visit.words("This was not done"), status_of(error), error=error)
