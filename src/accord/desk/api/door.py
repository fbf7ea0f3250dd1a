"""The JSON API as routes, and its OpenAPI description, both made from `ENDPOINTS`.

Invariants: a token in the Authorization header and nothing else lets a call in (no cookie does, so no web page can make
one); every error has one shape, `{"error": {"code", "message", "remedy", …}}`, and names endpoints where the command
line has commands; a call that names a field the endpoint does not know is refused. Comparing and approving are for
people at their pages: no token signs those.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import get_type_hints

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accord import __version__
from accord.desk.api.answers import schema
from accord.desk.api.endpoint import MESSAGE, Call, Endpoint
from accord.desk.api.endpoints import ENDPOINTS
from accord.desk.failures import status_of, unforeseen
from accord.desk.forms import MOST_BYTES, limited
from accord.desk.office import Office
from accord.desk.pointing import told_in_a_call
from accord.desk.roles import Can
from accord.errors import AccordError, InputError, PolicyError

ROOT = "/api/v1"
_MOST_JSON_BYTES = 1 << 20
_SAID = ("code", "message", "remedy", "clause", "owner")
_PLACE = re.compile(r"\{(\w+)(?::path)?\}")
# what a place in a path can be, where that is known
_KINDS: dict[str, dict[str, object]] = {"kind": {"enum": ["gaps", "overlaps", "squares"]}}
_FAILURES = {
    "400": "The call is not as described here",
    "401": "No good token came with it",
    "403": "Refused by the accord, or outside the token's scopes",
    "404": "It is not there",
    "409": "Somebody or something else was first: look again",
    "413": "Too large",
    "422": "As described, but what it holds cannot be taken",
    "503": "Not now: try again later",
}


def routes(office: Office) -> list[Route]:
    """The routes of the API of an office: one for each path, so that a wrong method is told the right ones."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for one in ENDPOINTS:
        paths.setdefault(one.path, {})[one.method] = one
    made = [Route(f"{ROOT}/openapi.json", _described)]
    # a path that holds a whole id with its slashes comes last, so that it takes no other's calls
    for path in sorted(paths, key=lambda path: ":path" in path):
        made.append(Route(ROOT + path, _answering(office, paths[path]), methods=list(paths[path])))
    return made


def absent(error: HTTPException) -> Response:
    """The answer where the API has no such path (404), or not for that method (405)."""
    method = error.status_code == 405
    message = "this path takes no call of that method" if method else "there is no such path"
    told = {"code": "api.method" if method else "api.path", "message": message,
            "remedy": f"see {ROOT}/openapi.json"}  # fmt: skip
    response = _json({"error": told}, error.status_code)
    response.headers.update(error.headers or {})
    return response


def openapi() -> dict[str, object]:
    """The description of the API (OpenAPI 3.1)."""
    paths: dict[str, dict[str, object]] = {}
    for one in ENDPOINTS:
        paths.setdefault(ROOT + _PLACE.sub(r"{\1}", one.path), {})[one.method.lower()] = _operation(one)
    error = {
        "type": "object",
        "required": ["code", "message", "remedy"],
        "properties": {
            **{name: {"type": "string"} for name in _SAID},
            "problems": {"type": "array", "items": {"type": "object"}},
        },
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
    fields = {name: what.schema(name in one.required) for name, what in one.fields.items()}
    places: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": _KINDS.get(name, {"type": "string", "minLength": 1})}
        for name in _PLACE.findall(one.path)
    ]
    if one.in_address:
        places += [
            {"name": name, "in": "query", "required": name in one.required, "schema": fields[name],
             "description": what.meaning}
            for name, what in one.fields.items()
        ]  # fmt: skip
    found: dict[str, object] = {"summary": one.summary, "description": f"Needs the scope `{one.needs.value}`.",
                                "parameters": places, "responses": _responses(one)}  # fmt: skip
    if one.takes is not None:
        found["requestBody"] = {"required": True, "content": one.takes}
    elif fields and not one.in_address:
        told = {name: schema | {"description": one.fields[name].meaning} for name, schema in fields.items()}
        body = {"type": "object", "properties": told, "required": list(one.required), "additionalProperties": False}
        found["requestBody"] = {"required": bool(one.required), "content": {"application/json": {"schema": body}}}
    return found


def _responses(one: Endpoint) -> dict[str, object]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    failed: dict[str, dict[str, object]] = {
        code: {"description": meaning, "content": error} for code, meaning in _FAILURES.items()
    }
    failed["401"]["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    given = get_type_hints(one.do)["return"]
    content = MESSAGE if given is bytes else {"application/json": {"schema": schema(given)}}
    return {"200": {"description": "Done", "content": content}, **failed}


async def _described(_request: Request) -> Response:
    return _json(openapi())


def _answering(office: Office, methods: Mapping[str, Endpoint]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            one = methods["GET" if request.method == "HEAD" else request.method]
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
            return _json({"error": told_in_a_call(error.to_dict())}, _status(error))
        except Exception as error:
            fault = unforeseen(error)
            return _json({"error": fault.to_dict()}, status_of(fault))

    return answer


def _status(error: AccordError) -> int:
    """400 is only for calls that are not as described; what a well-made one holds, and cannot be taken, is 422."""
    status = status_of(error)
    return 422 if status == 400 and not error.code.startswith("api.") else status


async def _call(request: Request, one: Endpoint, call: Call) -> Call:
    """The call with what was given. Raises `InputError` `api.field`, `api.json`, `api.body`, `form.large`."""
    body = b""
    if one.method != "GET":
        most = MOST_BYTES if one.takes is not None else _MOST_JSON_BYTES
        body = b"".join([chunk async for chunk in limited(request, most)])
    if one.takes is not None and not body:
        raise InputError("api.body", "nothing came in the body", "send it as the body of the call")
    given: Mapping[str, object] = dict(request.query_params) if one.in_address else _object(body)
    if set(given) - set(one.fields):  # its name may be anything: it is not repeated
        raise InputError("api.field", "a field is not known here", f"known: {', '.join(one.fields) or 'none'}")
    if missing := [name for name in one.required if given.get(name) in (None, "", [])]:
        raise InputError("api.field", f"{', '.join(missing)} missing", "give every required field")
    taken = {name: one.fields[name].taken(name, value) for name, value in given.items()}
    texts = {name: value for name, value in taken.items() if isinstance(value, str)}
    lists = {name: value for name, value in taken.items() if isinstance(value, tuple)}
    return replace(call, given=texts, lists=lists, body=body)


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
    return Response(orjson.dumps(value, default=_plainly), status, media_type="application/json")


def _plainly(value: object) -> object:
    """What JSON has no word for."""
    return dict(value) if isinstance(value, Mapping) else str(value)
