"""What becomes of records and released fields further on, as JSON: counts, onward questions, things made from fields.

Invariant: the originator's consent is a person's signature, given at its page; a program only sees what is asked.
"""

from __future__ import annotations

from accord import exchange
from accord.desk.api import answers
from accord.desk.api.endpoint import MESSAGE, Call, Endpoint, Text
from accord.desk.roles import Can


def count(call: Call) -> bytes:
    given, party = call.given, call.party
    return exchange.count_with(party, given["to"], given["purpose"], given["case"], given.get("where") or None)


def counts(call: Call) -> answers.Counts:
    return {"counts": exchange.counts(call.party)}


def ask_onward(call: Call) -> bytes:
    return exchange.ask_onward(call.party, call.place["id"], call.given["release"])


def asked_onward(call: Call) -> exchange.Asking:
    return exchange.asked_onward(call.party, call.place["id"])


def derive(call: Call) -> answers.Row:
    given = call.given
    party, officer = call.office.signing(call.account)
    releases, records = (_ids(given.get(name, "")) for name in ("releases", "records_in_it"))
    making = exchange.Making(given["name"], given["purpose"], officer, releases, records)
    return exchange.derive(party, call.body, making).to_dict()


def derived(call: Call) -> answers.Derived:
    return {"derived": [one.to_dict() for one in exchange.derived(call.party)]}


def use(call: Call) -> bytes:
    party, officer = call.office.signing(call.account, call.given.get("passphrase", ""))
    return exchange.use(party, call.place["id"], call.given["purpose"], officer, copy=True).data


def _ids(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


ENDPOINTS = (
    Endpoint("POST", "/exchange/count", Can.ACT, "Ask a partner how many records both hold; the message to carry.",
             count, {"to": Text("The partner."), "purpose": Text("What for."), "case": Text("Your case number."),
                     "where": Text("Which records.")}, ("to", "purpose", "case")),
    Endpoint("GET", "/counts", Can.EXCHANGE, "The numbers that were told to this desk and by it.", counts),
    Endpoint("POST", "/conversations/{id}/onward", Can.ACT,
             "Ask the originator whether its fields may answer this request; the message to carry.", ask_onward,
             {"release": Text("The release that holds the fields.")}, ("release",)),
    Endpoint("GET", "/conversations/{id}/onward", Can.EXCHANGE, "What an originator is asked to consent to.",
             asked_onward),
    Endpoint("POST", "/derived", Can.COMPARE, "Register something that was made from released fields; its bytes.",
             derive, {"name": Text("What to call it, naming nobody."), "purpose": Text("What it was made for."),
                      "releases": Text("Its sources, with commas between."),
                      "records_in_it": Text("Own records in it, with commas between.")},
             ("name", "purpose", "releases"), takes=MESSAGE),
    Endpoint("GET", "/derived", Can.EXCHANGE, "What was made from released fields, without its content.", derived),
    Endpoint("POST", "/derived/{id}/use", Can.COMPARE, "A copy of one for a purpose; checked and noted each time.", use,
             {"purpose": Text("What for."), "passphrase": Text("Of the officer's own key.")}, ("purpose",)),
)  # fmt: skip
