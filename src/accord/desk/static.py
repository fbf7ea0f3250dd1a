"""Style sheet and script of the desk, served by name and digest so that a browser may keep them for ever.

Invariants: only the files named here are served, from memory; nothing of a request ever becomes a path on the disk.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from starlette.responses import Response

_KINDS = {
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "passkey.js": "text/javascript",
    "mark.svg": "image/svg+xml",
}


@cache
def _file(name: str) -> tuple[bytes, str]:
    data = files(__package__).joinpath("static", name).read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:16]


def address(name: str) -> str:
    """Where a page finds a file."""
    return f"/static/{_file(name)[1]}/{name}"


def serve(digest: str, name: str) -> Response:
    """A file of the desk, 404 for anything else."""
    if name not in _KINDS or _file(name)[1] != digest:
        return Response("not here", 404, media_type="text/plain")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_file(name)[0], media_type=_KINDS[name], headers=headers)
