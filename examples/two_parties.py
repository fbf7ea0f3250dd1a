"""Two organisations on one machine: from a blind question to the receipt that what was released is erased.

Run it with `python examples/two_parties.py`. All people in it are made up.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from accord import exchange
from accord.arrangement import NewParty, adopt, card, create_desk, draft, keys
from accord.arrangement.document import read_document
from accord.arrangement.model import Contact
from accord.arrangement.signatures import add_signature
from accord.errors import PolicyError
from accord.records import Entity

PASSPHRASE = "only for this example"  # noqa: S105 - an example
NOW = dt.datetime.now(dt.UTC)
OURS = [Entity("case-7", "Person", {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",)})]
THEIRS = [
    Entity(
        "file-1",
        "Person",
        {"name": ("TRAORE, Amina Diallo",), "birthDate": ("17 May 1980",), "passportNumber": ("A0774123",)},
    )
]


def two_desks(root: Path) -> tuple[exchange.Party, exchange.Party]:
    """Each party makes its desk; both sign one accord and adopt it; each loads its own records."""
    names = {"unodc": OURS, "interpol": THEIRS}
    folders = [
        create_desk(root / name, PASSPHRASE, NewParty(name, name.upper(), Contact(f"Desk {name}"))) for name in names
    ]
    text = draft([card(folder) for folder in folders], NOW.date())
    document, signed = read_document(text), None
    for name, folder in zip(names, folders, strict=True):
        signed = add_signature(document, signed, name, keys(folder).sign)
    for folder in folders:
        adopt(folder, text, signed.to_bytes() if signed else b"")
        folder.close()
    ours, theirs = (exchange.Party.open(root / name, PASSPHRASE) for name in names)
    ours.holding.load(OURS, source="ours", at=NOW)
    theirs.holding.load(THEIRS, source="theirs", at=NOW)
    return ours, theirs


def main() -> None:
    """The whole path; `carry` stands for the courier between the two desks."""
    with tempfile.TemporaryDirectory() as root:
        ours, theirs = two_desks(Path(root))

        def carry(message: bytes | None, to: exchange.Party) -> exchange.Received:
            assert message is not None
            got = exchange.receive(to, message)
            print(f"{to.id:9} <- {got.kind:9} {got.said}")
            return carry(got.reply, theirs if to is ours else ours) if got.reply else got

        carry(exchange.ask(ours, "interpol", "investigation", "2026-7"), theirs)
        hit = str(exchange.hits(ours)[0]["hit"])
        wish = carry(exchange.request(ours, hit, ("passportNumber",), "investigation"), theirs).session
        exchange.identify(theirs, wish, "same", officer="analyst")
        neutral = dict.fromkeys(("political", "military", "religious", "racial"), "no")
        exchange.approve(theirs, wish, "approver", neutral)
        carry(exchange.release(theirs, wish), ours)
        print("read for investigation:", dict(exchange.read(ours, wish, "investigation").fields))
        try:
            exchange.read(ours, wish, "analysis")
        except PolicyError as refused:
            print("read for analysis: refused,", refused.message)
        carry(exchange.recall(theirs, wish), ours)


if __name__ == "__main__":
    main()
