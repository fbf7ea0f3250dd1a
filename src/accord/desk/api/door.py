"""The JSON API as routes, and its OpenAPI description, both made from `ENDPOINTS`.

Invariants: a token in the Authorization header and nothing else lets a call in (no cookie does, so no web page can make
one); every error has one shape, `{"error": {"code", "message", "remedy", …}}`; a call that names a field the endpoint
does not know is refused. Comparing and approving are for people at their pages: no token signs those.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accord import __version__
from accord.desk.api.endpoint import Call, Endpoint
from accord.desk.api.endpoints import ENDPOINTS
from accord.desk.failures import status_of, unforeseen
from accord.desk.forms import MOST_BYTES, limited
from accord.desk.office import Office
from accord.desk.roles import Can
from accord.errors import AccordError, InputError, PolicyError

ROOT = "/api/v1"
_MOST_JSON_BYTES = 1 << 20
_LISTS = frozenset({"properties", "records", "areas", "functions"})
_SAID = ("code", "message", "remedy", "clause", "owner")
_PLACE = re.compile(r"\{(\w+)(?::path)?\}")


def routes(office: Office) -> list[Route]:
    """The routes of the API of an office."""
    made = [Route(f"{ROOT}/openapi.json", _described)]
    # a path that holds a whole id with its slashes comes last, so that it takes no other's calls
    for one in sorted(ENDPOINTS, key=lambda one: ":path" in one.path):
        made.append(Route(ROOT + one.path, _answering(office, one), methods=[one.method]))
    return made


def openapi() -> dict[str, object]:
    """The description of the API (OpenAPI 3.1)."""
    paths: dict[str, dict[str, object]] = {}
    for one in ENDPOINTS:
        paths.setdefault(ROOT + _PLACE.sub(r"{\1}", one.path), {})[one.method.lower()] = _operation(one)
    error = {
        "type": "object",
        "required": ["code", "message", "remedy"],
        "properties": {name: {"type": "string"} for name in _SAID},
    }
    shape = {"type": "object", "required": ["error"], "properties": {"error": error}}
    bearer = {"type": "http", "scheme": "bearer"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Accord desk", "version": __version__},
        "paths": paths,
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": bearer}, "schemas": {"Error": shape}},
    }


def _operation(one: Endpoint) -> dict[str, object]:
    text = {"type": "string"}
    places: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in _PLACE.findall(one.path)
    ]
    failed = {"description": "What is wrong and what to do", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}  # fmt: skip
    done: dict[str, object] = {
        "description": "Done",
        "content": {"application/json": {}, "application/octet-stream": {}},
    }
    codes = ("400", "401", "403", "404", "409", "413", "422", "503")
    found: dict[str, object] = {"summary": one.summary, "description": f"Needs the scope `{one.needs.value}`.",
                                "responses": {"200": done, **dict.fromkeys(codes, failed)}}  # fmt: skip
    known = {name: {"type": "array", "items": text} if name in _LISTS else text for name in one.fields}
    if one.method == "GET" or one.takes_message:
        places += [
            {"name": name, "in": "query", "required": name in one.required, "schema": text, "description": meaning}
            for name, meaning in one.fields.items()
        ]
    if one.takes_message:
        found["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    elif one.fields and one.method != "GET":
        body = {"type": "object", "properties": known, "required": list(one.required), "additionalProperties": False}
        found["requestBody"] = {"required": bool(one.required), "content": {"application/json": {"schema": body}}}
    return {**found, "parameters": places}


async def _described(_request: Request) -> Response:
    return _json(openapi())


def _answering(office: Office, one: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            kind, _, secret = request.headers.get("authorization", "").partition(" ")
            found = await run_in_threadpool(office.tokens.of, secret, office.now) if kind.lower() == "bearer" else None
            if found is None:
                return _refused()
            account, scopes = found
            if one.needs not in scopes:
                raise _outside(one.needs)
            call = await _call(request, one, Call(office, account, dict(request.path_params), {}, {}))
            done = await run_in_threadpool(one.do, call)
            if isinstance(done, bytes):
                return Response(done, media_type="application/octet-stream")
            return _json(done)
        except AccordError as error:
            return _json({"error": error.to_dict()}, status_of(error))
        except Exception as error:
            fault = unforeseen(error)
            return _json({"error": fault.to_dict()}, status_of(fault))

    return answer


async def _call(request: Request, one: Endpoint, call: Call) -> Call:
    if one.method == "GET":
        given: Mapping[str, object] = dict(request.query_params)
        body = b""
    else:
        most = MOST_BYTES if one.takes_message else _MOST_JSON_BYTES
        body = b"".join([chunk async for chunk in limited(request, most)])
        given = dict(request.query_params) if one.takes_message else _object(body)
    if set(given) - set(one.fields):  # its name may be anything: it is not repeated
        raise InputError("api.field", "a field is not known here", f"known: {', '.join(one.fields) or 'none'}")
    if missing := [name for name in one.required if not given.get(name)]:
        raise InputError("api.field", f"{', '.join(missing)} missing", "give every required field")
    texts = {name: value for name, value in given.items() if name not in _LISTS}
    lists = {name: value for name, value in given.items() if name in _LISTS}
    if not all(isinstance(value, str) for value in texts.values()) or not all(map(_words, lists.values())):
        raise InputError("api.field", "a field is of the wrong type", "fields are text, or lists of texts")
    tuples = {name: tuple(map(str, value)) for name, value in lists.items() if isinstance(value, list)}
    return Call(
        call.office, call.account, call.place, {name: str(value) for name, value in texts.items()}, tuples, body
    )


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _object(body: bytes) -> Mapping[str, object]:
    if not body:
        return {}
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise InputError("api.json", "the body is no JSON object", "send one object with the fields of the endpoint")
    return found


def _refused() -> Response:
    error = {"code": "api.token", "message": "no good token came with this call",
             "remedy": "send Authorization: Bearer TOKEN; make one with `accord desk token add`"}  # fmt: skip
    response = _json({"error": error}, 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _outside(needs: Can) -> PolicyError:
    return PolicyError(
        "api.scope", f"this token may not do that: it lacks {needs.value}", "make a token with that scope", "roles"
    )


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value, default=str), status, media_type="application/json")
