"""Labels of activities as JSON: what people said of one, and one more correction."""

from __future__ import annotations

from dataclasses import asdict

from accord.coverage.label import Labelled
from accord.desk.api import answers
from accord.desk.api.endpoint import Call, Endpoint, Text, Texts
from accord.desk.roles import Can
from accord.errors import InputError


def labelled(call: Call) -> answers.Labelled:
    one = _activity(call)
    said = [asdict(each) for each in call.office.maps.labels.of(one.activity.id)]
    return {
        "activity": one.activity.id, "title": one.activity.title, "areas": one.areas, "functions": one.functions,
        "why": {label: list(words) for label, words in one.why.items()}, "said": said,
    }  # fmt: skip


def correct(call: Call) -> answers.Labelled:
    one, lists = _activity(call), call.lists
    areas, functions = lists.get("areas", ()), lists.get("functions", ())
    note = call.given.get("note", "")
    call.office.maps.labels.correct(one.activity.id, areas, functions, call.account.name, note)
    return labelled(call)


def _activity(call: Call) -> Labelled:
    """The activity of that id. Raises `InputError`: `coverage.none` without a map, `coverage.unknown`."""
    drawn = call.office.maps.drawn("en")
    if drawn is None:
        raise InputError("coverage.none", "this desk was given no map", "serve it with --coverage coverage.toml")
    number = drawn.view.number_of.get(call.place["id"])
    if number is None:
        raise InputError("coverage.unknown", "there is no such activity in the map", "see the squares")
    return drawn.made.grid.labelled[number]


ENDPOINTS = (
    Endpoint("GET", "/coverage/activities/{id:path}", Can.COVERAGE, "An activity, its labels and who put them right.",
             labelled),
    Endpoint("POST", "/coverage/activities/{id:path}", Can.LABEL, "Put the labels of an activity right.", correct,
             {"areas": Texts("The areas that it is about."), "functions": Texts("The kinds of work."),
              "note": Text("Why, in a few words.")}),
)  # fmt: skip
