"""`accord exchange`: the same verbs as `accord.exchange`, with files for messages.

Invariants: a message file is written only after the desk has kept it, and appears whole or not at all; a file is
weighed before it is read; what a person must decide is shown before it is asked.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accord.cli._audit import attach as attach_audit
from accord.cli._courier import attach as attach_courier
from accord.cli._messages import message_out, opened, read_message, write_message
from accord.cli._onward import attach as attach_onward
from accord.cli._prepare import attach as attach_prepare
from accord.cli._standing import attach as attach_standing
from accord.cli._status import attach as attach_status
from accord.cli.output import (
    desk_option,
    json_option,
    plain,
    say,
    timed,
    write_json,
    write_rows,
)
from accord.errors import InputError, UsageError, several

if TYPE_CHECKING:
    from accord.exchange import Consent, Party


_MOST_MARKS = 1_000  # that are shown of one record


@click.group()
def exchange() -> None:
    """Ask a partner blind, then request, release and take back named fields.

    \b
    The order of things:
      ask → receive … receive → hits → request → receive → identify → approve → release
      → receive → read → recall → receive → receive
    """


out_option = click.option(
    "--out", required=True, metavar="FILE", callback=message_out, help="Write the message here; «-» is standard output."
)
officer_option = click.option("--as", "officer", default="analyst", show_default=True, help="The officer who signs.")


@exchange.command()
@click.option("--to", "to", required=True, metavar="ID", help="The partner, as the accord names it.")
@click.option("--purpose", required=True, help="Why: one of the purposes of the accord.")
@click.option("--case", required=True, help="Your case number; the partner sees and logs it.")
@click.option("--where", metavar="EXPR", help="Ask only about these records, e.g. «schema = Person».")
@out_option
@desk_option
def ask(desk: Path, out: str, **wish: Any) -> None:
    """Ask a partner whether it knows any of your records, without showing them.

    \b
    accord exchange ask --to interpol --purpose investigation --case 2026-7 --out question.age
    """
    from accord import exchange as verbs

    party = opened(desk)
    message = verbs.ask(party, wish["to"], wish["purpose"], wish["case"], wish["where"])
    write_message(out, message, f"Carry {out} to {wish['to']}; receive its answer here when it comes.")
    _say_how_many(party)


@exchange.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--out", metavar="REPLY", callback=message_out, help="Write the reply that is due here; «-» is standard output."
)
@click.option("--attest", metavar="TEXT", help="With a recall: what you attest, e.g. that no notes were taken.")
@officer_option
@json_option
@desk_option
def receive(desk: Path, file: str, out: str | None, attest: str | None, officer: str, as_json: bool) -> None:
    """Take any message of a partner: check it, do what is due, write the reply that is due.

    \b
    accord exchange receive question.age --out answer.age
    """
    from accord import exchange as verbs

    party = opened(desk)
    attestation = verbs.Attestation(officer, attest) if attest else None
    got = verbs.receive(party, read_message(file, party), attestation)
    say(f"{got.kind} from {got.partner}: {got.said}.")
    if got.reply is None:
        if not got.again:
            say("No reply is due.")
    elif out is None:
        say(f"A reply is due: run this again with --out REPLY, or `accord exchange resend {got.session} --out REPLY`.")
    else:
        write_message(out, got.reply, f"Carry {out} to {got.partner}.")
    for each in got.further:
        say(f"A {each.kind} for {each.partner} follows: accord exchange resend {each.session} --out FILE")
    if as_json:
        row = {"kind": got.kind, "session": got.session, "party": got.partner, "said": got.said, "again": got.again}
        further = [{"kind": each.kind, "session": each.session, "party": each.partner} for each in got.further]
        write_json(row | {"reply": got.reply is not None, "further": further})
    if got.refusal is not None:
        raise got.refusal


@exchange.command()
@json_option
@desk_option
def hits(desk: Path, as_json: bool) -> None:
    """Possible matches: your own record, and whom to contact about it.

    \b
    accord exchange hits --json
    """
    from accord import exchange as verbs

    columns = ["hit", "record", "party", "contact", "state", "since"]
    write_rows(timed(verbs.hits(opened(desk)), as_json), columns, as_json, "No possible match yet.", wrap="contact")


@exchange.command()
@click.argument("entity", metavar="ENTITY")
@click.option("--held", is_flag=True, help="What it shows when a partner asks.")
@json_option
@desk_option
def marks(desk: Path, entity: str, held: bool, as_json: bool) -> None:
    """What one of your records shows of itself in a blind question: its marks, and why others are not asked.

    \b
    accord exchange marks case-7
    accord exchange marks case-7 --held
    """
    from accord import exchange as verbs
    from accord.match import placeholders

    party = opened(desk)
    whole = party.holding.get(entity).entity
    record = verbs.askable(party, entity, held)
    rows = [
        {"mark": kind, "values": list(values), "asked": f"no: {why}" if why else "yes"}
        for kind, values, why in verbs.explain_marks(record, "holder" if held else "asker", party.largest, _MOST_MARKS)
    ]
    empty = "This record gives no mark: it has too little in it to be recognised by. Add a birth date or a number."
    if whole.properties and not record.properties:
        what = "no answer" if held else "no question"
        empty = f"The accord lets this record into {what} today: it may be restricted, or protected by its status."
    write_rows(rows, ["mark", "values", "asked"], as_json, empty)
    if len(rows) == _MOST_MARKS:
        say(f"It gives more marks than these {_MOST_MARKS:,}.")
    if left_out := sorted(whole.properties.keys() - record.properties.keys()):
        what = "In no answer" if held else "Asked about by no question"
        say(f"{what} today, as the accord has it: {', '.join(left_out)}.")
    for name in placeholders(record):
        say(f"«{plain(name)}» stands for a name that is not known, and counts as none.")


@exchange.command()
@click.argument("hit", metavar="HIT")
@click.option("--property", "properties", multiple=True, required=True, metavar="P", help="A field you need; repeat.")
@click.option("--purpose", required=True, help="Why: one of the purposes of the accord.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which you need it.")
@officer_option
@out_option
@desk_option
def request(desk: Path, hit: str, properties: tuple[str, ...], until: datetime | None, out: str, **by: Any) -> None:
    """Ask the partner of a possible match for named fields of its record.

    \b
    accord exchange request 4f0c… --property passportNumber --purpose investigation --out request.age
    """
    from accord import exchange as verbs

    party = opened(desk)
    last = until.date() if until else None
    message = verbs.request(party, hit, properties, by["purpose"], by["officer"], until=last)
    write_message(
        out,
        message,
        f"Carry {out} to the partner. Your identifying fields go along, for a person to compare.",
    )


@exchange.command()
@click.argument("request_id", metavar="REQUEST")
@click.argument("verdict", required=False, type=click.Choice(["same", "not-same", "unsure"]))
@officer_option
@click.option("--out", metavar="FILE", callback=message_out, help="With not-same: write what declines here.")
@json_option
@desk_option
def identify(desk: Path, request_id: str, verdict: str | None, officer: str, out: str | None, as_json: bool) -> None:
    """Say whether the two records are the same; without a verdict, show both side by side.

    \b
    accord exchange identify 9b2e…            look first
    accord exchange identify 9b2e… same
    """
    from accord import exchange as verbs

    party = opened(desk)
    if verdict is None:
        both = verbs.compare(party, request_id)
        say(f"{both.party} asks for {', '.join(both.asked)} for «{both.purpose}».")
        fields = sorted(set(both.ours) | set(both.theirs), key=lambda name: (name not in both.theirs, name))
        rows = [{"field": name, "ours": both.ours.get(name), "theirs": both.theirs.get(name)} for name in fields]
        write_rows(rows, ["field", "ours", "theirs"], as_json, "The partner showed no field to compare.")
        say(f"Then: accord exchange identify {request_id} same|not-same|unsure")
        return
    message = verbs.identify(party, request_id, verdict, officer)
    if message is None:
        say("Noted." + (" A second person may approve now." if verdict == "same" else " Nothing may be released."))
    elif out is None:
        say(f"Declined. Tell the partner: accord exchange resend {request_id} --out FILE")
    else:
        write_message(out, message, f"Declined. Carry {out} to the partner.")


@exchange.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--as", "officer", required=True, help="The officer who approves: not the one who compared.")
@click.option(
    "--neutral/--not-neutral",
    default=None,
    help="Whether the case is free of political, military, religious and racial character.",
)
@click.option("--consent", "consents", multiple=True, metavar="[BODY=]FILE", help="A third body's consent; repeat.")
@desk_option
def approve(desk: Path, request_id: str, officer: str, neutral: bool | None, consents: tuple[str, ...]) -> None:
    """Approve a release as a second person, with the neutrality assessment.

    \b
    accord exchange approve 9b2e… --as approver --neutral
    """
    from accord import exchange as verbs

    party = opened(desk)
    answers = _answers(neutral)
    given = _consents(party, request_id, consents)
    verbs.approve(party, request_id, officer, answers, given)
    say(f"Approved. Now: accord exchange release {request_id} --out FILE")


@exchange.command()
@click.argument("request_id", metavar="REQUEST")
@out_option
@desk_option
def release(desk: Path, request_id: str, out: str) -> None:
    """Hand over the approved fields, under the conditions of the accord.

    \b
    accord exchange release 9b2e… --out release.age
    """
    from accord import exchange as verbs

    write_message(
        out,
        verbs.release(opened(desk), request_id),
        f"Carry {out} to the partner. Take it back at any time: accord exchange recall {request_id} --out FILE",
    )


@exchange.command()
@click.argument("release_id", metavar="RELEASE")
@click.option("--purpose", required=True, help="What you want to use it for; checked at every reading.")
@json_option
@desk_option
def read(desk: Path, release_id: str, purpose: str, as_json: bool) -> None:
    """Read released fields, if they may be used for this purpose now.

    \b
    accord exchange read 9b2e… --purpose investigation
    """
    from accord import exchange as verbs

    got = verbs.read(opened(desk), release_id, purpose)
    if as_json:
        write_json({name: getattr(got, name) for name in got.__slots__})
        return
    rows = [{"field": name, "values": values} for name, values in got.fields.items()]
    write_rows(rows, ["field", "values"], False, "The record has none of the fields that were asked for.")
    rules = "; ".join((*(f"handling {code}" for code in got.handling), *got.conditions))
    say(f"From {got.party}, for «{purpose}» only, until {got.expires}. {rules[:1].upper()}{rules[1:]}.")


@exchange.command()
@click.argument("release_id", metavar="RELEASE")
@out_option
@desk_option
def correct(desk: Path, release_id: str, out: str) -> None:
    """Send the fields of a release again, as your record has them now.

    \b
    accord exchange correct 9b2e… --out correction.age
    """
    from accord import exchange as verbs

    write_message(out, verbs.correct(opened(desk), release_id), f"Carry {out} to the partner.")


@exchange.command()
@click.argument("release_id", metavar="RELEASE")
@click.option("--reason", default="", help="A few words for the partner.")
@out_option
@desk_option
def recall(desk: Path, release_id: str, reason: str, out: str) -> None:
    """Take a release back: the partner's desk erases it and answers with a receipt.

    \b
    accord exchange recall 9b2e… --out recall.age
    """
    from accord import exchange as verbs

    write_message(
        out, verbs.recall(opened(desk), release_id, reason), f"Carry {out} to the partner; its receipt comes back."
    )


@exchange.command()
@click.argument("conversation", metavar="ID")
@out_option
@desk_option
def resend(desk: Path, conversation: str, out: str) -> None:
    """Write your last message of a conversation again, for a file that was lost.

    \b
    accord exchange resend 9b2e… --out again.age
    """
    from accord import exchange as verbs

    write_message(out, verbs.resend(opened(desk), conversation), f"Carry {out} to the partner.")


def _say_how_many(party: Party) -> None:
    """Say how much of the holding the newest question is about: what a person may not expect is how much stays out."""
    from accord import exchange as verbs

    (newest,) = verbs.conversations(party, 1)
    details = verbs.happenings(party, newest.id)[-1].details
    asked, held = int(str(details["records"])), len(party.holding)
    rest = "; the others were not chosen, have too little to be recognised by, or are kept out" if asked < held else ""
    say(f"It asks about {asked:,} of {several(held, 'record')}{rest}.")


def _answers(neutral: bool | None) -> Mapping[str, str]:
    """The neutrality assessment from the flag, or asked one by one on a terminal."""
    from accord.arrangement import QUESTIONS

    if neutral is not None:
        return dict.fromkeys(QUESTIONS, "no" if neutral else "yes")
    if not sys.stdin.isatty():
        raise UsageError(
            "approve.assessment",
            "the neutrality assessment is unanswered, and there is no terminal to ask",
            "add --neutral or --not-neutral",
        )
    return {
        question: "yes" if click.confirm(f"Has the case a {question} character?", err=True) else "no"
        for question in QUESTIONS
    }


def _consents(party: Party, request_id: str, given: tuple[str, ...]) -> tuple[Consent, ...]:
    from accord.exchange import Consent, owners

    consents = []
    for text in given:
        body, _, name = text.rpartition("=")
        bodies = [body] if body else owners(party, request_id)
        try:
            document = Path(name).read_bytes()
        except OSError:
            raise InputError("consent.unreadable", f"{name} cannot be read", "give the consent as a file") from None
        consents += [Consent(one, document, Path(name).name) for one in bodies]
    return tuple(consents)


attach_onward(exchange)
attach_courier(exchange)
attach_standing(exchange)
attach_prepare(exchange)
attach_audit(exchange)
attach_status(exchange)
