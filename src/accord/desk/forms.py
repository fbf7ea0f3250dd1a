"""Forms and files from a browser: read within limits, into memory only.

Invariants: no part of a form ever touches the disk, so a file of records leaves no plain trace in a temporary folder;
what is larger than the limit is refused while it comes, not after; a file's claimed name is never used as a path.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from accord.desk.visit import Form, Upload
from accord.errors import InputError

MOST_BYTES = 256 << 20  # of one form with files; larger files go through the command line
_MOST_TEXT_BYTES = 1 << 20
_MOST_FIELDS = 2000
_MOST_FILES = 8


class _InMemory(MultiPartParser):
    spool_max_size = MOST_BYTES + 1  # never rolls over to a temporary file


async def read_form(request: Request, files: bool) -> Form:
    """The form of a request; with `files`, a multipart one is taken too.

    Raises `InputError`: `form.large`, or `form.form` when it cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data" and files:
        stream = limited(request, MOST_BYTES)
        parser: MultiPartParser | FormParser = _InMemory(
            request.headers, stream, max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_MOST_TEXT_BYTES
        )
    elif kind in ("application/x-www-form-urlencoded", ""):
        parser = FormParser(request.headers, limited(request, _MOST_TEXT_BYTES))
    else:
        raise _unreadable()
    try:
        data = await parser.parse()
    except MultiPartException:
        raise _unreadable() from None
    fields: dict[str, list[str]] = {}
    uploads: dict[str, Upload] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            uploads[name] = Upload(value.filename or "", await value.read())
        else:
            fields.setdefault(name, []).append(value)
    await data.close()
    return Form({name: tuple(values) for name, values in fields.items()}, uploads)


async def limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body of a request as it comes. Raises `InputError` `form.large` as soon as it is more than `most` bytes."""
    came = 0
    async for chunk in request.stream():
        came += len(chunk)
        if came > most:
            remedy = f"send at most {most >> 20} MB, or use the command line for larger files"
            raise InputError("form.large", "what was sent is too large; nothing of it was kept", remedy)
        yield chunk


def _unreadable() -> InputError:
    return InputError("form.form", "this form cannot be read", "open the page again and send its form")
