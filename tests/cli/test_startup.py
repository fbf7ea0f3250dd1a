"""`import accord` and `accord --help` start at once: nothing heavy is imported before a command needs it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "pyarrow", "sqlalchemy", "sqlcipher3", "cryptography", "lxml", "jinja2", "openpyxl", "rapidfuzz")
HEAVY += ("voprf", "pyrage", "babel", "orjson", "stdnum", "rich")


def modules_after(statement: str) -> set[str]:
    script = f"import contextlib, io, sys\n{statement}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stderr.split()}


def test_import_accord_imports_nothing_heavy() -> None:
    assert modules_after("import accord") & {*HEAVY, "click"} == set()


def test_help_imports_nothing_heavy() -> None:
    statement = (
        "from accord.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])"
    )
    assert modules_after(statement) & set(HEAVY) == set()
