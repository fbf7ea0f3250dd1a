"""`accord desk`: serve the web application of one party, and say who may sign in.

Invariants: the desk's passphrase is asked once, before anything listens; without a certificate only this machine can
reach it; a password is typed or comes from ACCORD_ACCOUNT_PASSWORD, and never stands in a process argument.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accord.cli._listening import listen
from accord.cli.output import desk_option, json_option, minute, read_passphrase, say, write_json, write_rows
from accord.errors import InputError, UsageError

if TYPE_CHECKING:
    from accord.desk import Accounts
    from accord.desk.tokens import Tokens

LOOPBACK = "127.0.0.1"
PORT = 8470
_HERE = ("127.0.0.1", "localhost", "[::1]", "::1")


@click.group()
def desk() -> None:
    """Work in a browser: what waits for you, conversations, records, the accord, the diary."""


@desk.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--address", default=LOOPBACK, show_default=True, help="Another address needs --cert and --key.")
@click.option("--host", "names", multiple=True, metavar="NAME", help="A name by which browsers call it; repeat.")
@click.option("--cert", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="TLS certificate (PEM).")
@click.option("--key", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Its private key (PEM).")
@click.option("--coverage", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="COVERAGE.TOML",
              help="What the map is made of.")  # fmt: skip
def serve(folder: Path | None, port: int, address: str, names: tuple[str, ...], **files: Path | None) -> None:
    """Serve the desk of one party to browsers on this machine.

    DIR is the desk folder: by default ACCORD_DESK, then the current folder.

    \b
    Example:
      accord desk account add maria --role analyst --officer analyst --desk desk-a
      accord desk serve desk-a
    """
    from accord.desk import Office, application

    cert, key = files["cert"], files["key"]
    secure = cert is not None and key is not None
    if address not in _HERE and not secure:
        raise UsageError(
            "desk.tls",
            f"{address} can be reached from other machines, and passwords would travel in the open",
            "add --cert and --key, or leave --address out to serve this machine only",
        )
    if address in ("0.0.0.0", "::") and not names:  # noqa: S104 - with a certificate, and named
        raise UsageError("desk.host", f"{address} is no name that a browser can call", "add --host desk.example")
    place = folder or Path(os.environ.get("ACCORD_DESK", "."))
    office = Office.open(place, read_passphrase(), plan=files["coverage"])
    listening = listen(address, port)
    port = listening.getsockname()[1]
    hosts = {f"{name}:{port}" for name in (*names, *([address] if address not in _HERE else _HERE))}
    usual = 443 if secure else 80
    hosts |= {name.rpartition(":")[0] for name in hosts if port == usual}
    shown = names[0] if names else "localhost" if address == LOOPBACK else address  # passkeys work under a name only
    say(f"The desk of {office.keys.party} is open: http{'s' if secure else ''}://{shown}:{port}/")
    if not any(not one.closed for one in office.accounts.all()):
        say(f"Nobody can sign in yet: accord desk account add NAME --role administrator --desk {place}")
    say("Stop it with Ctrl-C.")
    _run(application(office, hosts, secure), listening, cert, key)


def _run(app: Any, listening: socket.socket, cert: Path | None, key: Path | None) -> None:
    import uvicorn

    settings = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, proxy_headers=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=3, ssl_certfile=cert, ssl_keyfile=key,
    )  # fmt: skip
    uvicorn.Server(settings).run(sockets=[listening])


@desk.command()
@click.option("--move", is_flag=True, help="Move it from the folder into the database named in ACCORD_STATE or typed.")
@click.option("--back", is_flag=True, help="Move it from the database back into the folder; its schema there goes.")
@click.option("--set", "set_", is_flag=True, help="Give its database another address, from ACCORD_STATE or typed.")
@desk_option
@json_option
def state(move: bool, back: bool, set_: bool, desk: Path, as_json: bool) -> None:
    """Say where the state of the desk lies: in its folder, or in which PostgreSQL database.

    With --set the database has another address, user or password from now on; it must hold this desk's state already.
    Stop a running desk before you move it.

    \b
    Example:
      accord desk state --desk desk-a
    """
    from accord.vault import Folder

    if move + back + set_ > 1:
        raise UsageError("state.once", "the state cannot go two ways at once", "give one of --move, --back and --set")
    folder = Folder.open(desk, read_passphrase())
    if move or back:
        from accord.desk.stores import TABLES

        folder.move_state_back(TABLES) if back else folder.move_state(_address(), TABLES)
    elif set_:
        folder.set_server(_address())
    server = folder.server()
    place = f"PostgreSQL on {server.place}" if server else f"SQLite, encrypted, in {folder.path}"
    if as_json:
        write_json({"engine": "postgresql" if server else "sqlite", "place": server.place if server else str(desk)})
        return
    click.echo(place)


def _address() -> str:
    given = os.environ.get("ACCORD_STATE")
    if given:
        return given
    if not sys.stdin.isatty():
        remedy = "set ACCORD_STATE, or run the command on a terminal"
        raise UsageError("state.url", "there is no terminal to ask for the address of the database", remedy)
    return str(click.prompt("Address of the database (postgresql://...)", hide_input=True, err=True))


@desk.group()
def account() -> None:
    """Who may sign in at the desk, and as what."""


@account.command()
@click.argument("name")
@click.option("--role", required=True, help="analyst, approver, programme-manager, administrator, auditor, read-only.")
@click.option("--officer", default="", help="The officer of the desk as whom this person signs.")
@desk_option
@json_option
def add(name: str, role: str, officer: str, desk: Path, as_json: bool) -> None:
    """Let a person sign in; the password is asked, or comes from ACCORD_ACCOUNT_PASSWORD.

    An analyst signs requests and comparisons, an approver approves: each needs an officer of the desk.

    \b
    Example:
      accord desk account add maria --role analyst --officer analyst --desk desk-a
    """
    from accord.desk import Role

    if role not in list(Role):
        raise UsageError("account.role", f"«{role}» is no role", f"use one of: {', '.join(Role)}")
    accounts = _accounts(desk)
    made = accounts.add(name, Role(role), _password(), officer, _now())
    if as_json:
        write_json({"account": made.name, "role": made.role.value, "officer": made.officer})
        return
    click.echo(f"{made.name} can sign in as {made.role.value}" + (f", signs as {officer}" if officer else ""))
    if made.role.signs and not officer:
        say(f"{made.name} signs nothing: that needs --officer, an officer of this desk who may {made.role.signs}.")
    if made.role is Role.ANALYST and not accounts.can_approve():
        say("Nobody can approve yet: accord desk account add NAME --role approver --officer OFFICER")
    say(f"Next: accord desk serve {desk}")


@account.command(name="list")
@desk_option
@json_option
def list_(desk: Path, as_json: bool) -> None:
    """List the accounts of the desk.

    \b
    Example:
      accord desk account list --desk desk-a
    """
    rows = [
        {
            "account": one.name,
            "role": one.role.value,
            "officer": one.officer,
            "since": one.made if as_json else minute(one.made),
            "state": "closed" if one.closed else "resting" if one.resting(_now()) else "open",
        }
        for one in _accounts(desk).all()
    ]
    empty = "Nobody can sign in yet: accord desk account add NAME --role administrator"
    write_rows(rows, ["account", "role", "officer", "since", "state"], as_json, empty)


@account.command()
@click.argument("name")
@desk_option
def close(name: str, desk: Path) -> None:
    """Close an account for good; a running desk notices at its next page.

    \b
    Example:
      accord desk account close maria --desk desk-a
    """
    _accounts(desk).close(name, _now())
    say(f"{name} cannot sign in any more.")


@account.command()
@click.argument("name")
@desk_option
def password(name: str, desk: Path) -> None:
    """Give an account another password, and let it sign in again at once after wrong ones.

    \b
    Example:
      accord desk account password maria --desk desk-a
    """
    accounts = _accounts(desk)
    accounts.set_password(name, _password(), _now())
    say(f"{name} has a new password.")


@desk.group()
def token() -> None:
    """Which programs may use the desk's JSON interface, /api/v1."""


@token.command(name="add")
@click.argument("account_name", metavar="ACCOUNT")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do, as exchange or records; repeat.")
@click.option("--days", default=90, show_default=True, help="How long it is good.")
@desk_option
def token_add(account_name: str, scopes: tuple[str, ...], days: int, desk: Path) -> None:
    """Make a token for a program that acts as an account, within scopes; it is shown this once.

    Scopes: enter, records, load, review, exchange, compare, act, coverage, label, ledger, subjects, as far as the
    account's role allows them.

    \b
    Example:
      accord desk token add chen --scope exchange --scope records --desk desk-a
    """
    from accord.desk.roles import Can

    accounts, tokens = _tokens(desk)
    found = accounts.get(account_name)
    if found is None or found.closed:
        raise InputError("account.none", f"there is no open account {account_name}", "see `accord desk account list`")
    if unknown := set(scopes) - set(Can):
        raise UsageError("token.scopes", f"«{min(unknown)}» is no scope", f"use some of: {', '.join(Can)}")
    click.echo(tokens.make(found, frozenset(map(Can, scopes)), days, _now()))
    say("Keep it like a password. A call sends it as: Authorization: Bearer TOKEN")


@token.command(name="list")
@desk_option
@json_option
def token_list(desk: Path, as_json: bool) -> None:
    """List the tokens of the desk, without their secrets.

    \b
    Example:
      accord desk token list --desk desk-a
    """
    rows = [
        {"token": one.id, "account": one.account, "scopes": sorted(one.scopes), "until": one.ends.isoformat(),
         "state": "closed" if one.closed else "open"}
        for one in _tokens(desk)[1].all()
    ]  # fmt: skip
    write_rows(rows, ["token", "account", "scopes", "until", "state"], as_json, "This desk has made no token.")


@token.command(name="close")
@click.argument("identity", metavar="TOKEN")
@desk_option
def token_close(identity: str, desk: Path) -> None:
    """Close a token at once, by the name that `list` shows.

    \b
    Example:
      accord desk token close 4f0c11d2a9be7731 --desk desk-a
    """
    _tokens(desk)[1].close(identity, _now())
    say("That token is worth nothing any more.")


def _tokens(desk: Path) -> tuple[Accounts, Tokens]:
    from accord.desk.accounts import Accounts
    from accord.desk.tokens import Tokens
    from accord.vault import Folder

    folder = Folder.open(desk, read_passphrase())
    accounts = Accounts(folder)
    return accounts, Tokens(folder, accounts)


def _accounts(desk: Path) -> Accounts:
    from accord.desk import Accounts
    from accord.vault import Folder

    return Accounts(Folder.open(desk, read_passphrase()))


def _password() -> str:
    given = os.environ.get("ACCORD_ACCOUNT_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        remedy = "set ACCORD_ACCOUNT_PASSWORD, or run the command on a terminal"
        raise UsageError("account.password", "there is no terminal to ask for the password", remedy)
    return str(click.prompt("Password of the account", hide_input=True, err=True, confirmation_prompt=True))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
