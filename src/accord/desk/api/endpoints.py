"""The verbs of the desk as JSON: each endpoint is one call of the same functions as a page or a command.

Invariants: what an endpoint takes and needs is declared in its `Endpoint`, from which both the checks and the OpenAPI
description are made; messages go in and out as they are, as `application/octet-stream`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import islice

from accord import exchange
from accord.arrangement import Action, Refusal, Request
from accord.arrangement.adoption import versions
from accord.arrangement.decide import permitted_by_clauses
from accord.desk import crosscheck
from accord.desk.api import answers, labels, onward, persons
from accord.desk.api.endpoint import MESSAGE, Call, Endpoint, Number, Text, Texts
from accord.desk.loading import Sent
from accord.desk.pages.coverage import filtered
from accord.desk.pointing import in_a_call, told_in_a_call
from accord.desk.roles import Can
from accord.exchange.messages import largest, oversize
from accord.records import RecordTerms
from accord.records.loading import Wish

_SENT = "sent.jsonl"  # what a program loads, one source
_LEVELS = ("blind", "silent", "count", "contact", "release")


def status(call: Call) -> answers.Status:
    return {"conversations": [replace(one, what=in_a_call(one.what)) for one in exchange.status(call.party)]}


def conversation(call: Call) -> answers.Story:
    party, identity = call.party, call.place["id"]
    one = exchange.conversation(party, identity)
    return {
        "id": one.id, "topic": one.topic, "role": one.role, "partner": one.partner, "state": one.state,
        "waits_for": one.waits_for, "purpose": one.purpose, "case": one.case, "after": one.after, "since": one.since,
        "happened": exchange.happenings(party, identity),
    }  # fmt: skip


def hits(call: Call) -> answers.Hits:
    return {"hits": exchange.hits(call.party)}


def records(call: Call) -> answers.Records:
    first, most = call.number("offset", 0), call.number("limit", 50)
    found = call.office.holding.page(call.given.get("text", ""), call.given.get("where") or None, first, most)
    return {"records": found.rows, "held": len(call.office.holding)}


def record(call: Call) -> answers.Record:
    held = call.office.holding.get(call.place["id"])
    return {"entity": held.entity.to_dict(), "terms": held.terms.to_dict(), "source": held.source}


def loads(call: Call) -> answers.Loads:
    return {"loads": call.office.holding.loads()}


def review(call: Call) -> answers.Review:
    queue, progress = call.office.queue, call.office.finder.progress
    pairs = queue.waiting(call.account.name, call.number("limit", 50))
    search: answers.Searching = {"state": progress.state, "percent": progress.percent, "found": progress.found}
    return {"pairs": pairs, "counts": queue.counts(), "search": search}


def judgements(call: Call) -> answers.Judgements:
    return {"judgements": list(call.office.queue.judged())}


def search(call: Call) -> answers.Search:
    (call.office.finder.start if call.given["do"] == "start" else call.office.finder.stop)()
    return {"state": call.office.finder.progress.state}


def load(call: Call) -> answers.Load:
    wish = Wish(_SENT, RecordTerms())
    call.office.loading.begin(Sent(_SENT, call.body, None, wish, call.account.name))
    return loading(call)


def loading(call: Call) -> answers.Load:
    outcome = call.office.loading.outcome
    if outcome is None:
        return {"state": "none"}
    return {
        "state": outcome.state, "read": outcome.read, "loaded": outcome.loaded.to_dict() if outcome.loaded else None,
        "error": told_in_a_call(outcome.error.to_dict()) if outcome.error else None,
        "problems": [told_in_a_call(problem.to_dict()) for problem in outcome.problems],
    }  # fmt: skip


def accord(call: Call) -> answers.InForce:
    found = call.party.accord
    return {
        "title": found.title, "version": found.version, "fingerprint": found.digest, "begins": found.begins,
        "ends": found.ends, "review": found.review, "purposes": found.purposes,
        "parties": [one.id for one in found.parties],
    }  # fmt: skip


def accord_versions(call: Call) -> answers.Versions:
    return {
        "versions": [
            {"version": one.version, "fingerprint": one.digest, "replaces": one.previous,
             "begins": one.begins, "ends": one.ends}
            for one in versions(call.office.folder)
        ]
    }  # fmt: skip


def may(call: Call) -> answers.Permitted | answers.Row:
    given = call.given
    request = Request(
        Action(given["level"]), given["from"], given["to"], given["schema"], tuple(given["property"].split(",")),
        given["purpose"],
    )  # fmt: skip
    answer = permitted_by_clauses(request, call.party.accord, call.office.now)
    if isinstance(answer, Refusal):
        return answer.to_dict()
    return {"answer": "permitted", "clauses": [clause.id for clause in answer]}


def ledger(call: Call) -> answers.Ledger:
    entries = islice(call.office.log.entries(call.number("from", 0)), call.number("limit", 100))
    return {
        "entries": [
            {"entry": one.index, "at": one.at, "kind": one.kind, "about": one.about, "details": one.details}
            for one in entries
        ]
    }


def verified(call: Call) -> answers.Verified:
    head = crosscheck.verified(call.office)
    return {"party": call.office.keys.party, "entries": head.size if head else 0, "proof": head.root if head else ""}


def coverage(call: Call) -> answers.Squares:
    rows = filtered(call.office, call.place["kind"], call.given)
    return {"rows": list(islice(rows, call.number("limit", 1000)))}


def ask(call: Call) -> bytes:
    given = call.given
    return exchange.ask(call.party, given["to"], given["purpose"], given["case"], given.get("where") or None)


def receive(call: Call) -> answers.Got:
    party = call.party
    limit = largest(party.accord.quotas.marks_per_session, party.accord.quotas.marks_per_answer)
    if len(call.body) > limit:
        raise oversize(limit)
    got = exchange.receive(party, call.body)
    return {
        "kind": got.kind, "conversation": got.session, "party": got.partner, "said": in_a_call(got.said),
        "again": got.again,
        "reply": got.reply is not None,
    }  # fmt: skip


def message(call: Call) -> bytes:
    return exchange.resend(call.party, call.place["id"])


def request(call: Call) -> bytes:
    party, officer = call.office.signing(call.account, call.given.get("passphrase", ""))
    until = call.given.get("until")
    day, wanted = dt.date.fromisoformat(until) if until else None, call.lists["properties"]
    return exchange.request(party, call.place["id"], wanted, call.given["purpose"], officer, until=day)


def read(call: Call) -> exchange.Reading:
    return exchange.read(call.party, call.place["id"], call.given["purpose"])


def release(call: Call) -> bytes:
    return exchange.release(call.party, call.place["id"])


def recall(call: Call) -> bytes:
    return exchange.recall(call.party, call.place["id"], call.given.get("reason", ""))


_LIST = {"limit": Number("At most so many.")}
_SQUARES = {name: Text(f"Only this {name}.") for name in ("area", "country", "function", "year", "state")}
ENDPOINTS = (
    Endpoint("GET", "/status", Can.EXCHANGE, "What waits for whom, since when.", status),
    Endpoint("GET", "/conversations/{id}", Can.EXCHANGE, "Where it stands and what happened.", conversation),
    Endpoint("GET", "/conversations/{id}/message", Can.ACT, "The last message of this desk in it, as a file.", message),
    Endpoint("GET", "/hits", Can.EXCHANGE, "Possible matches, and whom to contact.", hits),
    Endpoint("GET", "/records", Can.RECORDS, "What this desk holds.", records,
             {"text": Text("Words of a name or number."), "where": Text("An expression."),
              "offset": Number("Pass over so many.", 10**9),
              **_LIST}),
    Endpoint("GET", "/records/{id:path}", Can.RECORDS, "One record with its terms.", record),
    Endpoint("GET", "/loads", Can.RECORDS, "What was loaded when, and what each load changed.", loads),
    Endpoint("POST", "/load", Can.LOAD, "Load a file of FollowTheMoney lines in the background.", load,
             takes=MESSAGE),
    Endpoint("GET", "/load", Can.LOAD, "How far the load is, or what became of it.", loading),
    Endpoint("GET", "/review", Can.REVIEW, "Pairs of own records that wait for this account.", review, _LIST),
    Endpoint("GET", "/review/judgements", Can.REVIEW, "What people said of pairs, by ids.", judgements),
    Endpoint("POST", "/review/search", Can.REVIEW, "Start or stop the search for pairs.", search,
             {"do": Text("What to do.", ("start", "stop"))}, ("do",)),
    Endpoint("GET", "/accord", Can.ENTER, "The accord in force at this desk.", accord),
    Endpoint("GET", "/accord/versions", Can.ENTER, "Every version that this desk has worked under.", accord_versions),
    Endpoint("GET", "/accord/may", Can.ENTER, "«May I?»: permitted, or refused with the clause.", may,
             {"from": Text("Whose data."), "to": Text("Who would get it."), "level": Text("How far.", _LEVELS),
              "schema": Text("Kind of record."),
              "property": Text("Which, with commas between."), "purpose": Text("What for.")},
             ("from", "to", "level", "schema", "property", "purpose")),
    Endpoint("GET", "/ledger", Can.LEDGER, "Entries of the diary.", ledger,
             {"from": Number("The first entry.", 10**9), **_LIST}),
    Endpoint("POST", "/ledger/verify", Can.LEDGER, "Verify the whole diary now.", verified),
    Endpoint("GET", "/coverage/{kind}", Can.COVERAGE, "Gaps, overlaps or squares of the map.", coverage,
             {**_SQUARES, **_LIST}),
    Endpoint("POST", "/exchange/ask", Can.ACT, "Ask a partner blind; the message to carry.", ask,
             {"to": Text("The partner."), "purpose": Text("What for."), "case": Text("Your case number."),
              "where": Text("Which records.")},
             ("to", "purpose", "case")),
    Endpoint("POST", "/exchange/receive", Can.ACT, "Take a message of a partner.", receive, takes=MESSAGE),
    Endpoint("POST", "/hits/{id}/request", Can.ACT, "Ask for named fields; the message to carry.", request,
             {"properties": Texts("The fields."), "purpose": Text("What for."),
              "until": Text("Last day of use.", day=True),
              "passphrase": Text("Of the officer's own key.")}, ("properties", "purpose")),
    Endpoint("POST", "/conversations/{id}/read", Can.COMPARE, "Read released fields for a purpose; logged.", read,
             {"purpose": Text("What for.")}, ("purpose",)),
    Endpoint("POST", "/conversations/{id}/release", Can.ACT, "Hand over approved fields; the message.", release),
    Endpoint("POST", "/conversations/{id}/recall", Can.ACT, "Take a release back; the message.", recall,
             {"reason": Text("A few words for the partner.")}),
    *labels.ENDPOINTS,
    *onward.ENDPOINTS,
    *persons.ENDPOINTS,
)  # fmt: skip
