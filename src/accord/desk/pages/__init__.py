"""The pages of the desk, one module per place in the menu; each lists its own in `PAGES`."""

from accord.desk.pages import (
    accord,
    conversation,
    coverage,
    derived,
    exchange,
    ledger,
    load,
    passkeys,
    people,
    persons,
    records,
    review,
    sign_in,
    today,
)
from accord.desk.visit import Page

PAGES: tuple[Page, ...] = (
    *sign_in.PAGES,
    *today.PAGES,
    *exchange.PAGES,
    *derived.PAGES,
    *conversation.PAGES,
    *records.PAGES,
    *load.PAGES,
    *review.PAGES,
    *coverage.PAGES,
    *accord.PAGES,
    *ledger.PAGES,
    *passkeys.PAGES,
    *people.PAGES,
    *persons.PAGES,
)

__all__ = ["PAGES"]
