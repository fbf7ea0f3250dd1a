"""The story of the bronze lioness, told by the commands themselves.

Invariants: each chapter says what each side knows now and what it still does not; each claim in the closing lines is
counted from the commands' own answers against the known truth of the made-up world.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from accord.cli.demo.stage import PASSPHRASE, Stage
from accord.cli.demo.world import IPOL, SEED, UNITE, World, write_world

CASE = "2026-17"
_WALLET_FIELD = "summary"


@dataclass(frozen=True, slots=True)
class Told:
    """What the demo claims, as counted: the tests hold it against the world."""

    truly_shared: int
    found: int
    wrong: int
    protected_found: int
    namesakes_found: int
    names_in_messages: int
    read: tuple[str, ...]
    refusals: int
    ledgers_verified: int
    squares: dict[str, int]
    commands: int


def tell(folder: Path, say: Callable[[str], None], seed: int = SEED) -> Told:
    """Play the whole story in `folder` and return what was seen."""
    world = write_world(folder / "world", seed)
    stage = Stage(folder, say)
    _opening(say)
    _agree(stage)
    _load(stage)
    hits = _ask(stage)
    found = _count(stage, world, hits)
    released = _release(stage, {pair: hit for hit, pair in hits.items()}, world)
    read = _use_and_recall(stage, released)
    verified = _verify(stage)
    squares = _map(stage)
    return Told(
        truly_shared=len(world.overlaps),
        found=found["true"],
        wrong=found["wrong"],
        protected_found=found["protected"],
        namesakes_found=found["namesakes"],
        names_in_messages=_names_in(folder / "post", world),
        read=read,
        refusals=stage.refusals,
        ledgers_verified=verified,
        squares=squares,
        commands=stage.commands,
    )


def _chapter(say: Callable[[str], None], number: int, title: str, *text: str) -> None:
    say("")
    say(click.style(f"{number}. {title}", bold=True, fg="cyan"))
    for line in text:
        say(f"   {line}")


def _opening(say: Callable[[str], None]) -> None:
    say(click.style("The bronze lioness", bold=True))
    say("A UN office (unite: law and training) knows of an antiquities sale: a bronze lioness, a shell company that")
    say("bought it, an agent who showed a passport, a wallet that was paid. An international police body (ipol:")
    say("operations) knows a lost passport, and whose phone opened a wallet. Neither may hand its files to the other.")
    say("All names and numbers are made up. Every line after $ is a real command; its output follows.")


def _agree(stage: Stage) -> None:
    _chapter(stage.say, 1, "Two desks, one signed arrangement", "Encrypted folders; only the public cards travel.")
    stage.run(f'init {UNITE} --party {UNITE} --name "UN office" --contact "Liaison, UN office <liaison@unite.example>"')
    stage.run(
        f'init {IPOL} --party {IPOL} --name "International police" --contact "Command centre <desk@ipol.example>"',
        lines=1,
    )
    stage.run(f"arrangement draft --party {UNITE}/party.toml --party {IPOL}/party.toml --out accord.toml")
    stage.run("arrangement check accord.toml")
    for party in (UNITE, IPOL):
        stage.run(f"arrangement sign accord.toml --desk {party}", lines=1)
    for party in (UNITE, IPOL):
        stage.run(f"arrangement adopt accord.toml --desk {party}", lines=1)
    may = f"arrangement may accord.toml --from {IPOL} --to {UNITE} --schema Person --purpose investigation"
    stage.run(f"{may} --level contact --property name")
    stage.run(f"{may} --level blind --property religion", expect=4)


def _load(stage: Stage) -> None:
    _chapter(stage.say, 2, "Each side loads its own records", "Six scripts; a few of them are known to both sides.")
    for party in (UNITE, IPOL):
        stage.run(f"records load world/{party}/records.jsonl --desk {party}")
    stage.run(f'records list --where "schema = CulturalObject" --desk {UNITE}')


def _ask(stage: Stage) -> dict[str, tuple[str, str]]:
    _chapter(
        stage.say,
        3,
        "unite asks blind; four files are carried",
        "ipol cannot see what is asked, unite cannot see what ipol holds; a match tells both whom to call.",
    )
    post = stage.folder / "post"
    post.mkdir()
    stage.run(
        f"exchange ask --desk {UNITE} --to {IPOL} --purpose investigation --case {CASE} --out post/1-question.accord"
    )
    stage.run(f"exchange receive post/1-question.accord --desk {IPOL} --out post/2-answer.accord")
    stage.run(f"exchange receive post/2-answer.accord --desk {UNITE} --out post/3-matches.accord")
    stage.run(f"exchange receive post/3-matches.accord --desk {IPOL} --out post/4-contact.accord")
    stage.run(f"exchange receive post/4-contact.accord --desk {UNITE}")
    stage.run(f"exchange hits --desk {UNITE}", lines=5)
    records: dict[str, list[str]] = {}
    for party in (UNITE, IPOL):
        for row in stage.rows(f"exchange hits --desk {party}"):
            records.setdefault(str(row["hit"]), []).append(str(row["record"]))
    return {hit: (both[0], both[1]) for hit, both in records.items()}


def _count(stage: Stage, world: World, hits: dict[str, tuple[str, str]]) -> Counter[str]:
    """Hold the possible matches against what is truly shared; each side told its own half, nobody saw both."""
    found: Counter[str] = Counter()
    for pair in hits.values():
        found["true" if pair in world.overlaps else "wrong"] += 1
        found["protected"] += pair in world.protected
        found["namesakes"] += pair in world.namesakes
    stage.say("")
    shared, apart, kept_out = len(world.overlaps), len(world.namesakes), len(world.protected)
    stage.say(
        f"   Both know now: they share {found['true']} of the {shared} that they truly share; {found['wrong']} wrong."
    )
    stage.say(f"   Still unknown to the partner: everything else. {apart} namesakes and {kept_out} protected persons")
    stage.say("   (a minor, a victim, a witness) stayed out.")
    return found


def _release(stage: Stage, hits: dict[tuple[str, str], str], world: World) -> dict[str, str]:
    _chapter(
        stage.say,
        4,
        "unite asks for one field of two of them; two persons at ipol decide",
        "The wallet that was paid, and the agent who showed the passport.",
    )
    released = {}
    for asked, word in (("wallet", "wallet"), ("agent", "passport")):
        hit = hits[world.story[f"unite-{asked}"], world.story[f"ipol-{word}"]]
        stage.run(
            f"exchange request {hit} --property {_WALLET_FIELD} --purpose investigation --desk {UNITE} "
            f"--out post/5-request-{word}.accord",
            lines=2,
        )
        stage.run(f"exchange receive post/5-request-{word}.accord --desk {IPOL}", lines=3)
        request = _waiting(stage, IPOL)
        stage.run(f"exchange identify {request} --desk {IPOL}", lines=12)
        stage.run(f"exchange identify {request} same --desk {IPOL}", lines=2)
        if word == "wallet":
            stage.run(f"exchange approve {request} --as analyst --neutral --desk {IPOL}", expect=4)
            stage.say("   One person cannot both compare and approve; nobody can, an administrator included.")
        stage.run(f"exchange approve {request} --as approver --neutral --desk {IPOL}", lines=2)
        stage.run(f"exchange release {request} --desk {IPOL} --out post/6-release-{word}.accord", lines=3)
        stage.run(f"exchange receive post/6-release-{word}.accord --desk {UNITE}", lines=3)
        released[word] = request
    return released


def _waiting(stage: Stage, party: str) -> str:
    """The request that waits at a desk for a person to compare."""
    waiting = [row for row in stage.rows(f"exchange status --desk {party}") if row["waits_for"] == "us"]
    return str(waiting[0]["id"])


def _use_and_recall(stage: Stage, released: dict[str, str]) -> tuple[str, ...]:
    _chapter(stage.say, 5, "Used for what it was given for, then taken back")
    values = []
    for release in released.values():
        stage.run(f"exchange read {release} --purpose investigation --desk {UNITE}")
        values += [
            str(value)
            for row in stage.rows(f"exchange read {release} --purpose investigation --desk {UNITE}")
            for value in _texts(row)
        ]
    stage.say("")
    stage.say(
        "   unite knows now: the money went to an associate of a designated person, and the passport that the agent"
    )
    stage.say("   showed had been lost before the sale. Looted art may pay for terrorism; its owner may be innocent.")
    stage.say("   It still does not know whose phone it was, nor anything that it did not ask for.")
    wallet = released["wallet"]
    stage.run(f"exchange read {wallet} --purpose prevention --desk {UNITE}", expect=4)
    stage.run(f'exchange recall {wallet} --reason "source at risk" --desk {IPOL} --out post/7-recall.accord', lines=2)
    stage.run(f"exchange receive post/7-recall.accord --desk {UNITE} --out post/8-receipt.accord", lines=3)
    stage.run(f"exchange receive post/8-receipt.accord --desk {IPOL}", lines=4)
    stage.run(f"exchange read {wallet} --purpose investigation --desk {UNITE}", expect=4)
    return tuple(values)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value)]


def _verify(stage: Stage) -> int:
    _chapter(stage.say, 6, "Both diaries agree, and nobody can rewrite them unseen")
    for party in (UNITE, IPOL):
        stage.run(f"ledger verify --desk {party}", lines=3)  # ends the demo unless it holds
    stage.run(f"ledger show --desk {UNITE}")
    return len((UNITE, IPOL))


def _map(stage: Stage) -> dict[str, int]:
    _chapter(
        stage.say,
        7,
        "The map: where they work, where they double up, where nobody does",
        "From both activity books and a need indicator: 18 crime areas × countries × 8 functions × years.",
    )
    states = Counter(str(row["state"]) for row in stage.rows("coverage cells world/coverage.toml"))
    stage.say("   " + " · ".join(f"{state} {count:,}" for state, count in sorted(states.items())))
    stage.run("coverage gaps world/coverage.toml", lines=5)
    stage.run("coverage overlaps world/coverage.toml", lines=5)
    stage.run("coverage report world/coverage.toml --out map.html")
    return dict(states)


def _names_in(post: Path, world: World) -> int:
    """In how many message files any name or number of the story can be read."""
    planted = [b"Mazuni", b"Drobunova", b"Meridian Lotus", "المازوني".encode(), "Дробунова".encode()]
    planted += [text.encode() for text in world.story.values()]
    return sum(any(name in file.read_bytes() for name in planted) for file in post.iterdir())


def close(say: Callable[[str], None], told: Told, kept: Path | None) -> None:
    """The claims in five lines, and where to look next."""
    _chapter(say, 8, "What was seen")
    say(f"   found {told.found} of {told.truly_shared} shared records, {told.wrong} wrong; {told.commands} commands")
    say(f"   message files in which a name can be read: {told.names_in_messages}")
    say(f"   refused {told.refusals} times: religion, self-approval, another purpose, reading after the recall")
    say(f"   ledgers that verify: {told.ledgers_verified} of 2")
    say("")
    say(click.style("Where to look next", bold=True))
    if kept is None:
        say("   accord demo --keep DIR         keeps the two desks and map.html, to play on")
    else:
        say(f"   {kept}   holds the two desks and map.html; their passphrase is «{PASSPHRASE}»")
    say("   docs/tutorial/two-folders.md   the same by your own hands")
    say("   accord match link --help       which records do two files share?")
