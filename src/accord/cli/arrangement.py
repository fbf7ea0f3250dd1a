"""`accord arrangement`: draft, check, show, sign, verify, «may I?», adopt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli import _versions
from accord.cli.output import (
    desk_option,
    json_option,
    now,
    plain,
    read_passphrase,
    say,
    writable,
    write_json,
    write_rows,
)
from accord.errors import EXIT_FAILED, EXIT_NO, InputError, TrustError, UsageError

if TYPE_CHECKING:
    from accord.arrangement import Accord
    from accord.ledger import Envelope

_FILE = click.argument("document", metavar="accord.toml", type=click.Path(path_type=Path))
_LEVELS = ("blind", "silent", "count", "contact", "release")


@click.group()
def arrangement() -> None:
    """What the parties agreed: draft it, sign it, ask «may I?», change it."""


for _command in (
    _versions.amend, _versions.history, _versions.withdraw, _versions.notice, _versions.new_keys, _versions.protect,
):  # fmt: skip
    arrangement.add_command(_command)


@arrangement.command()
@click.option(
    "--party", "cards", multiple=True, required=True, metavar="CARD", type=click.Path(path_type=Path),
    help="A party's public card (party.toml); give one for each party.",
)  # fmt: skip
@click.option(
    "--records", type=click.IntRange(1, 100_000_000), metavar="N",
    help="Records of the largest holding, else a million. Up to 20000, or 100000, commoner names match: more is found.",
)  # fmt: skip
@click.option("--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="Where to write the draft.")
def draft(cards: tuple[Path, ...], records: int | None, out: Path) -> None:
    """Write a complete first accord between the parties, to be edited.

    \b
    Example:
      accord arrangement draft --party desk-a/party.toml --party desk-b/party.toml --out accord.toml
    """
    from accord.arrangement import draft as write_draft
    from accord.arrangement import read_card
    from accord.arrangement.model import MILLION

    if out.exists():
        raise UsageError("arrangement.exists", f"{out} is there already", "choose another name, or move it away")
    parties = [read_card(card) for card in cards]
    text = write_draft(parties, now().date(), records or MILLION)
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(
            "arrangement.file", f"{out}: {error.strerror}", "choose a folder that you may write to"
        ) from None
    click.echo(f"{out}: an accord between {' and '.join(party.id for party in parties)}")
    say(f"Next: read and edit it, then `accord arrangement check {out}`, and let every party `sign` it at its desk.")


@arrangement.command()
@_FILE
@json_option
def check(document: Path, as_json: bool) -> None:
    """Find contradictions, idle clauses, missing people, opened sensitive data.

    Exit code 1 when something must be mended before anybody signs; notes alone are no failure.

    \b
    Example:
      accord arrangement check accord.toml
    """
    from accord.arrangement.check import check as look
    from accord.arrangement.document import read_document, read_text
    from accord.records.schemata import schemata

    vocabulary = {name: list(schema.properties) for name, schema in schemata().items()}
    read = read_document(read_text(document), str(document))
    classes: frozenset[str] | None = None
    if read.accord.quotas.marks_per_class:  # what marks there are takes a while to load
        from accord.exchange.rules import classes as all_classes

        classes = all_classes()
    found = look(read, now().date(), vocabulary, classes)
    if as_json:
        write_json(
            {
                "problems": [problem.to_dict() for problem in found.problems],
                "notes": [note.to_dict() for note in found.notes],
            }
        )
    else:
        for word, each in [("problem", p) for p in found.problems] + [("note", n) for n in found.notes]:
            click.echo(plain(f"{word}: {each}" + (f" — {each.remedy}" if each.remedy else "")))
        problems, notes = len(found.problems), len(found.notes)
        click.echo(
            f"{document}: {problems or 'no'} problem{'s' * (problems != 1)}, {notes or 'no'} note{'s' * (notes != 1)}"
        )
    if found.problems:
        raise click.exceptions.Exit(EXIT_FAILED)


@arrangement.command()
@_FILE
@click.option("--for", "reader", type=click.Choice(["lawyer", "dpo", "officer"]), default="lawyer", show_default=True,
              help="lawyer: all of it; dpo: a draft of the processing record; officer: what may I do.")  # fmt: skip
@click.option("--out", metavar="FILE.html", callback=writable, help="Write a page for the browser or the printer.")
@json_option
def show(document: Path, reader: str, out: str | None, as_json: bool) -> None:
    """Tell in plain words what the accord says.

    \b
    Example:
      accord arrangement show accord.toml --for dpo --out record.html
    """
    import json

    from accord.arrangement import load
    from accord.arrangement._html import as_html
    from accord.arrangement.document import content_bytes
    from accord.arrangement.show import as_text, page
    from accord.vault import write_file

    accord = load(document)
    if out is not None:
        text = as_html(page(accord, reader))
        if out == "-":
            click.echo(text, nl=False)
        else:
            write_file(Path(out), text.encode())
            say(f"{out}: the accord for the {reader}")
    elif as_json:
        write_json({"fingerprint": accord.digest, "accord": json.loads(content_bytes(accord.content))})
    else:
        click.echo(as_text(page(accord, reader)))


@arrangement.command()
def schema() -> None:
    """Print the JSON Schema of accord.toml: every key, what it means, what it may hold.

    \b
    Example:
      accord arrangement schema > accord.schema.json
    """
    from importlib import resources

    text = resources.files("accord.arrangement").joinpath("accord.schema.json").read_text(encoding="utf-8")
    click.echo(text)


@arrangement.command()
@_FILE
@desk_option
@json_option
def sign(document: Path, desk: Path, as_json: bool) -> None:
    """Sign the accord with this desk's key; signatures lie beside it, in accord.toml.sigs.

    \b
    Example:
      accord arrangement sign accord.toml --desk desk-a
    """
    from accord.arrangement import keys, signing_keys
    from accord.arrangement.check import check as look
    from accord.arrangement.document import read_document, read_text
    from accord.arrangement.signatures import add_signature, beside, standing
    from accord.vault import Folder, write_file

    read = read_document(read_text(document), str(document))
    problems = look(read, now().date()).problems
    if problems:
        raise InputError("arrangement.problems", f"{document} is not fit to be signed", "mend it, then sign", problems)
    folder = Folder.open(desk, read_passphrase())
    own = keys(folder)
    before = _signatures(document)
    after = add_signature(read, before, own.party, *signing_keys(folder, read.accord.party(own.party)))
    write_file(beside(document), after.to_bytes())
    if before is not None and before.payload != after.payload:
        say("The wording has changed since it was signed: earlier signatures no longer count and were dropped.")
    missing = [each.party for each in standing(read, after) if each.state != "valid"]
    if as_json:
        write_json({"signed": own.party, "fingerprint": read.accord.digest, "missing": missing})
        return
    click.echo(f"{beside(document)}: signed by {own.party}, fingerprint {read.accord.digest[:16]}")
    if missing:
        say(f"Next: {', '.join(missing)} must sign too; give them the document and its .sigs file.")
    else:
        say(f"Every party has signed. Next, at each desk: `accord arrangement adopt {document}`.")


@arrangement.command()
@_FILE
@click.option("--after", "earlier", metavar="FILE", type=click.Path(path_type=Path),
              help="The signed version before it: check that this one continues it.")  # fmt: skip
@json_option
def verify(document: Path, earlier: Path | None, as_json: bool) -> None:
    """Check that every party has signed exactly this.

    Exit code 3 when a signature is missing, 1 when one does not hold or the wording was changed.

    \b
    Example:
      accord arrangement verify accord.toml
    """
    from accord.arrangement.adoption import continues
    from accord.arrangement.document import read_document, read_text
    from accord.arrangement.signatures import standing, verified

    read = read_document(read_text(document), str(document), bounded=False)
    envelope = _signatures(document)
    rows = [
        {"party": each.party, "name": each.name, "key": each.key, "signature": each.state}
        for each in standing(read, envelope)
    ]
    write_rows(rows, ["party", "name", "key", "signature"], as_json, "the document names no party")
    try:
        verified(read, envelope)
    except TrustError as error:
        if error.code != "arrangement.unsigned":
            raise
        say(f"accord: {error.message}")
        say(f"  remedy: {error.remedy}")
        raise click.exceptions.Exit(EXIT_NO) from None
    if earlier is not None:
        before = read_document(read_text(earlier), str(earlier), bounded=False)
        continues(read.accord, verified(before, _signatures(earlier)))
        say(f"It continues {earlier}, which every party of that version signed.")
    say(f"All signatures hold. Fingerprint {read.accord.digest[:16]}; compare the keys with your partner by telephone.")


@arrangement.command()
@_FILE
@click.option("--from", "owner", required=True, metavar="ID", help="Whose data would move.")
@click.option("--to", "recipient", required=True, metavar="ID", help="Who would get it.")
@click.option("--level", required=True, type=click.Choice(_LEVELS), help="How far.")
@click.option("--schema", required=True, help="What kind of record: Person, Company, …")
@click.option("--property", "properties", required=True, multiple=True, help="Which property; may be repeated.")
@click.option("--purpose", required=True, help="What for.")
@json_option
def may(document: Path, as_json: bool, **wish: str | tuple[str, ...]) -> None:
    """Ask «may I?»: what the accord permits, or why not (exit code 4).

    The answer is about clauses and term. For a release it also says which persons still have to sign; whether the
    signatures on the accord hold is for `verify`.

    \b
    Example:
      accord arrangement may accord.toml --from unit-a --to unit-b --level contact \\
        --schema Person --property name --purpose investigation
    """
    from accord.arrangement import Action, Request, load
    from accord.arrangement.decide import permitted_by_clauses
    from accord.arrangement.request import Refusal
    from accord.errors import PolicyError

    accord = load(document)
    request = Request(
        Action(str(wish["level"])), str(wish["owner"]), str(wish["recipient"]), str(wish["schema"]),
        tuple(wish["properties"]), str(wish["purpose"]),
    )  # fmt: skip
    answer = permitted_by_clauses(request, accord, now())
    if isinstance(answer, Refusal):
        if as_json:
            write_json(answer.to_dict())
            raise click.exceptions.Exit(PolicyError.exit_code)
        raise PolicyError(answer.code, answer.message, answer.remedy, answer.clause, answer.owner)
    needs = ["identity compared", "neutrality assessed", "request signed", "approval by a second person"]
    needs = needs if request.action is Action.RELEASE else []
    if as_json:
        write_json({"answer": "permitted", "clauses": [clause.id for clause in answer], "needs": needs})
        return
    for clause in answer:
        click.echo(plain(f"permitted by {clause.id} «{clause.title}»"))
    if needs:
        click.echo(f"before anything is handed over: {'; '.join(needs)}")


@arrangement.command()
@_FILE
@click.option("--new-key", "accepted", multiple=True, metavar="ID",
              help="A partner whose new key you have compared by telephone, when its old key is lost.")  # fmt: skip
@desk_option
@json_option
def adopt(document: Path, accepted: tuple[str, ...], desk: Path, as_json: bool) -> None:
    """Let this desk work under the accord, when every party has signed it; or under its next version.

    \b
    Example:
      accord arrangement adopt accord.toml --desk desk-a
    """
    from accord.arrangement import adopt as take_up
    from accord.arrangement import keys
    from accord.arrangement.document import read_text
    from accord.arrangement.signatures import beside
    from accord.ledger import Log
    from accord.vault import Folder

    text, envelope = read_text(document), _signatures(document)
    if envelope is None:
        raise TrustError(
            "arrangement.unsigned", f"there is no {beside(document).name} beside it: nobody has signed",
            "let every party run `accord arrangement sign`",
        )  # fmt: skip
    folder = Folder.open(desk, read_passphrase())
    own = keys(folder)

    def note(accord: Accord) -> None:
        details = {"version": accord.version, "fingerprint": accord.digest}
        Log(folder.engine(), own.sign, own.party).append("accord-adopted", "accord", details, at=now())

    accord = take_up(folder, text, envelope.to_bytes(), accepted, note)
    if as_json:
        write_json({"adopted": accord.digest, "version": accord.version, "party": own.party})
        return
    click.echo(f"{desk}: {own.party} now works under version {accord.version}, fingerprint {accord.digest[:16]}")
    say("Next: `accord records load FILE`, then `accord exchange ask`.")


def _signatures(document: Path) -> Envelope | None:
    from accord.arrangement.signatures import beside
    from accord.ledger import Envelope

    try:
        return Envelope.from_bytes(beside(document).read_bytes())
    except FileNotFoundError:
        return None
    except TrustError as error:
        raise TrustError(error.code, f"{beside(document)}: {error.message}", error.remedy) from None
    except OSError as error:
        raise InputError("arrangement.file", f"{beside(document)}: {error.strerror}", "check the file") from None
