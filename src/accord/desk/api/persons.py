"""Data subjects as JSON: find, correct, restrict, lift, erase, answer; by tokens of accounts that may.

Invariant: all of it goes through `accord.subjects`, which logs it without a name.
"""

from __future__ import annotations

import orjson

from accord import subjects
from accord.desk.api import answers
from accord.desk.api.endpoint import Call, Endpoint, Field, Text, Texts
from accord.desk.roles import Can
from accord.errors import InputError
from accord.records import Entity
from accord.subjects import Sought


def find(call: Call) -> answers.Found:
    given = call.given
    sought = Sought(*(given.get(name, "") for name in ("record", "name", "birth_date", "number")))
    return {"found": [one.to_dict() for one in subjects.find(call.party, sought)]}


def restrict(call: Call) -> answers.Row:
    return subjects.restrict(call.party, _chosen(call), call.given["reason"]).to_dict()


def lift(call: Call) -> answers.Row:
    return subjects.restrict(call.party, _chosen(call), call.given["reason"], lift=True).to_dict()


def erase(call: Call) -> answers.Row:
    return subjects.erase(call.party, _chosen(call), call.given["reason"]).to_dict()


def correct(call: Call) -> answers.Row:
    try:
        entity = Entity.from_dict(orjson.loads(call.body))
    except orjson.JSONDecodeError:
        raise InputError("api.json", "the body is no JSON object", "send the record as it should be") from None
    return subjects.correct(call.party, entity).to_dict()


def answer(call: Call) -> answers.Letter:
    return {"letter": subjects.answer(call.party, call.given["asker"])}


def _chosen(call: Call) -> tuple[str, ...]:
    return call.lists["records"]


_ENTITY = {"application/json": {"schema": {
    "type": "object", "required": ["id", "schema"],
    "properties": {
        "id": {"type": "string", "minLength": 1}, "schema": {"type": "string", "minLength": 1},
        "properties": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}}}  # fmt: skip
_ACT: dict[str, Field] = {"records": Texts("Ids of own records."), "reason": Text("Why.")}
ENDPOINTS = (
    Endpoint("POST", "/persons/find", Can.SUBJECTS, "Everywhere that a person may appear; logged, not for whom.", find,
             {"record": Text("Id of an own record."), "name": Text("A name."), "birth_date": Text("With a name."),
              "number": Text("Any.")}),
    Endpoint("POST", "/persons/restrict", Can.SUBJECTS, "Stop the use of records.", restrict, _ACT,
             ("records", "reason")),
    Endpoint("POST", "/persons/lift", Can.SUBJECTS, "Let them be used again.", lift, _ACT, ("records", "reason")),
    Endpoint("POST", "/persons/erase", Can.SUBJECTS, "Erase records here, and take them back at partners.", erase,
             {**_ACT, "sure": Text("It cannot be undone.", ("yes",))}, ("records", "reason", "sure")),
    Endpoint("POST", "/persons/correct", Can.SUBJECTS, "Put a corrected record in the place of the one with its id.",
             correct, takes=_ENTITY),
    Endpoint("POST", "/persons/answer", Can.SUBJECTS, "The letter to whoever asks, the same for everybody.", answer,
             {"asker": Text("Whom it is for.")}, ("asker",)),
)  # fmt: skip
