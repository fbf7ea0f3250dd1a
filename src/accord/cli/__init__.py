"""The command line: one module per noun, the same verbs as the Python API, no domain logic.

Invariants: stdout is data and stderr is talk; exit codes are those of `accord.errors`; nothing heavy is imported
before a command needs it (each noun's module is loaded when it is called).
"""

from __future__ import annotations

import gc
import sys
import traceback
from importlib import import_module
from typing import NoReturn

import click

from accord import __version__
from accord.errors import EXIT_FAILED, AccordError, InternalError, UsageError, of_system

__all__ = ["main"]

# noun -> (module, attribute, one line of help); the help stands here so that `accord --help` imports no noun
_NOUNS: dict[str, tuple[str, str, str]] = {
    "demo": ("accord.cli.demo", "demo", "Watch two organisations ask, release and recall (made-up data)."),
    "doctor": ("accord.cli.doctor", "doctor", "Versions, cores, memory and optional parts of this machine."),
    "init": ("accord.cli.init", "init", "Make a desk folder with its keys for one party."),
    "arrangement": ("accord.cli.arrangement", "arrangement", "What the parties agreed: draft, sign, ask «may I?»."),
    "records": ("accord.cli.records", "records", "What this party holds: load, list, show, count."),
    "match": ("accord.cli.match", "match", "Are these two records the same thing?"),
    "exchange": ("accord.cli.exchange", "exchange", "Ask a partner blind; request, release, recall."),
    "coverage": ("accord.cli.coverage", "coverage", "Who does what where: gaps and overlaps."),
    "desk": ("accord.cli.desk", "desk", "Work in a browser: serve this party's desk, say who may sign in."),
    "ledger": ("accord.cli.ledger", "ledger", "What was done, and the proof of it."),
}

# Python looks for cycles at each 700 new objects; records have none, and looking takes a quarter of reading them
_OBJECTS_A_COLLECTION = 50_000


class _Nouns(click.Group):
    """Loads the module of a noun only when that noun is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _NOUNS:
            return None
        module, attribute, _ = _NOUNS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(noun, text) for noun, (_, _, text) in _NOUNS.items()])


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="accord")
def cli() -> None:
    """Work together without pooling data, under one signed arrangement."""


def main(args: list[str] | None = None) -> None:
    """Run one command and exit with the code that says how it went."""
    as_json = "--json" in (args if args is not None else sys.argv)
    gc.set_threshold(_OBJECTS_A_COLLECTION, 10, 10)
    try:
        code = cli.main(args=args, prog_name="accord", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        if not as_json:
            error.show()
            sys.exit(error.exit_code)
        asked = f"see `{error.ctx.command_path} --help`" if error.ctx else ""
        _fail(UsageError("usage", error.format_message(), asked), as_json)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing half-written was left", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(EXIT_FAILED)
    except AccordError as error:
        _fail(error, as_json)
    except OSError as error:
        _fail(of_system(error), as_json)
    except Exception as error:
        _fail(_unforeseen(error), as_json)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(error: AccordError, as_json: bool) -> NoReturn:
    from accord.cli.output import show_error

    show_error(error, as_json=as_json)
    sys.exit(error.exit_code)


def _unforeseen(error: Exception) -> InternalError:
    """A fault of Accord itself, told without any value that passed through it: what kind, and in which line of code."""
    places = [
        f"{frame.f_globals.get('__name__', '?')}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith("accord.")
    ]
    where = f" in {places[-1]}" if places else ""
    remedy = "this is a fault of Accord: report it with this text and `accord doctor`"
    return InternalError("accord.fault", f"{type(error).__name__}{where}", remedy)
