"""`accord doctor`: what this machine brings, and whether each part that Accord stands on loads.

Invariants: it never fails: what is broken is the answer. It opens a desk only if ACCORD_PASSPHRASE is set, and asks
nothing.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path

import click

from accord import __version__
from accord.cli.output import desk_option, json_option, write_json, write_rows
from accord.engine import available

# distribution -> module; all are required, the check is whether they load on this machine
_PARTS = {
    "numpy": "numpy",
    "pyarrow": "pyarrow.parquet",
    "rapidfuzz": "rapidfuzz.process",
    "cryptography": "cryptography.hazmat.primitives.ciphers.aead",
    "sqlalchemy": "sqlalchemy",
    "sqlcipher3": "sqlcipher3.dbapi2",
    "voprf": "voprf",
    "rbcl": "rbcl",
    "pyrage": "pyrage",
    "orjson": "orjson",
    "lxml": "lxml.etree",
    "babel": "babel",
    "python-stdnum": "stdnum",
    "anyascii": "anyascii",
    "phonenumberslite": "phonenumbers",
    "openpyxl": "openpyxl",
    "jinja2": "jinja2",
}


@click.command()
@desk_option
@json_option
def doctor(desk: Path, as_json: bool) -> None:
    """Show versions, cores, memory, the parts that Accord stands on, and the desk.

    \b
    accord doctor
    """
    rows = list(_rows(desk))
    if as_json:
        write_json({row["what"]: row["found"] for row in rows})
        return
    write_rows(rows, ["what", "found", "note"], as_json=False, empty="")


def _rows(desk: Path) -> Iterator[dict[str, object]]:
    yield {"what": "accord", "found": __version__}
    yield {"what": "python", "found": platform.python_version(), "note": sys.implementation.name}
    yield {"what": "system", "found": f"{platform.system()} {platform.machine()}"}
    yield {"what": "cores", "found": available()}
    total, free = _memory_gb()
    yield {"what": "memory_gb", "found": total, "note": f"{free} free" if free is not None else ""}
    for distribution, module in _PARTS.items():
        yield {"what": distribution, **_part(distribution, module)}
    yield {"what": "marks", **_marks()}
    found, state, place = _desk(desk)
    yield {"what": "desk", "found": found, "note": str(desk.absolute())}
    yield {"what": "state", "found": state, "note": place}


def _memory_gb() -> tuple[float | None, float | None]:
    """Physical memory, total and free, in GB (10^9 bytes); None where the system does not tell."""
    if sys.platform == "win32":
        return _windows_memory_gb()
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None, None
    try:
        free: float | None = round(page * os.sysconf("SC_AVPHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError):
        free = None  # macOS
    return round(total / 1e9, 1), free


def _windows_memory_gb() -> tuple[float | None, float | None]:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "free", "page", "page_free", "virtual", "v_free", "ext")
            ),
        )

    status = Status(length=ctypes.sizeof(Status))
    windll = getattr(ctypes, "windll", None)
    if windll is None or not windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None, None
    return round(status.total / 1e9, 1), round(status.free / 1e9, 1)


def _part(distribution: str, module: str) -> dict[str, object]:
    try:
        version = metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return {"found": "missing", "note": f"pip install {distribution}"}
    try:
        import_module(module)
    except Exception as error:  # a broken wheel may raise anything, and that is the answer
        return {"found": f"{version}, does not load", "note": type(error).__name__}
    return {"found": version}


def _marks() -> dict[str, object]:
    try:
        from accord.exchange import mark_scheme

        return {"found": mark_scheme()[:16], "note": "the same at every desk that asks, or is asked, blind"}
    except Exception as error:  # a part that does not load, which has its own row
        return {"found": "cannot be drawn", "note": type(error).__name__}


def _desk(desk: Path) -> tuple[str, str, str]:
    """Whether the desk opens, which engine holds its state, and where that is (never with a password)."""
    from accord.cli.ledger import check_rows
    from accord.errors import AccordError, several
    from accord.exchange import Party, prepared
    from accord.records import Holding
    from accord.records.made import kept
    from accord.vault import Folder

    if not (desk / "vault.json").is_file():
        return "none here (--desk DIR, or `accord init DIR`)", "", ""
    passphrase = os.environ.get("ACCORD_PASSPHRASE")
    if not passphrase:
        return "locked (ACCORD_PASSPHRASE is not set)", "", ""
    state = place = ""
    try:
        folder = Folder.open(desk, passphrase)
        server = folder.server()
        state, place = ("PostgreSQL", server.place) if server else ("SQLite, encrypted", "in the folder")
        found = f"opens, {several(len(Holding(folder)), 'record')}"
        if kept(folder) and (waiting := len(prepared(Party.at(folder)))):
            found += f", {several(waiting, 'prepared answer')}"
    except AccordError as error:
        return f"does not open: {error.message}", state, place
    try:
        check_rows(folder)
        return found, state, place
    except AccordError as error:
        return f"{found}; {error.message}", state, place
