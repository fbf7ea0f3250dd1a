"""Two organisations on one machine: from a blind question to the receipt that what was released is erased.

Run it with `python examples/two_parties.py`. All people in it are made up.
"""

import datetime as dt
import tempfile
from pathlib import Path

from accord import exchange
from accord.arrangement import QUESTIONS, Contact, NewParty, card, conclude, create_desk, draft
from accord.errors import PolicyError
from accord.records import Entity

PASSPHRASE = "only for this example"  # noqa: S105 - an example
OURS = {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",)}
THEIRS = {"name": ("TRAORE, Amina Diallo",), "birthDate": ("17 May 1980",), "passportNumber": ("A0774123",)}
RECORDS = {"unodc": Entity("case-7", "Person", OURS), "interpol": Entity("file-1", "Person", THEIRS)}


def two_desks(root: Path) -> list[exchange.Party]:
    """Each party makes its desk, both sign one accord, and each loads its own records."""
    now = dt.datetime.now(dt.UTC)
    parties = [NewParty(name, name.upper(), Contact(f"Desk {name}")) for name in RECORDS]
    folders = [create_desk(root / party.id, PASSPHRASE, party) for party in parties]
    conclude(folders, draft([card(folder) for folder in folders], now.date()))
    desks = [exchange.Party.open(root / name, PASSPHRASE) for name in RECORDS]
    for desk in desks:
        desk.holding.load([RECORDS[desk.id]], source="example", at=now)
    return desks


def main() -> None:
    """The whole path; `carry` stands for the courier between the two desks."""
    with tempfile.TemporaryDirectory() as root:
        ours, theirs = two_desks(Path(root))

        def carry(message: bytes, to: exchange.Party) -> exchange.Received:
            got = exchange.receive(to, message)
            print(f"{to.id:9} <- {got.kind:9} {got.said}")
            return carry(got.reply, theirs if to is ours else ours) if got.reply else got

        carry(exchange.ask(ours, "interpol", "investigation", "2026-7"), theirs)
        hit = str(exchange.hits(ours)[0]["hit"])
        wish = carry(exchange.request(ours, hit, ("passportNumber",), "investigation"), theirs).session
        exchange.identify(theirs, wish, "same", officer="analyst")
        exchange.approve(theirs, wish, "approver", dict.fromkeys(QUESTIONS, "no"))
        carry(exchange.release(theirs, wish), ours)
        print("read for investigation:", dict(exchange.read(ours, wish, "investigation").fields))
        try:
            exchange.read(ours, wish, "analysis")
        except PolicyError as refused:
            print("read for analysis: refused,", refused.message)
        carry(exchange.recall(theirs, wish), ours)


if __name__ == "__main__":
    main()
