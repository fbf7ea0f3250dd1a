"""Review: pairs of own records that may be the same, one after the other, and what partners' requests wait for.

Invariants: a pair is judged by a person at this page and by nobody else; how long it was shown is counted here, from
the first time that this person saw it; a record that is gone takes its pairs along.
"""

from __future__ import annotations

from starlette.responses import Response

from accord import exchange
from accord.desk import render
from accord.desk.pages._sides import side_by_side
from accord.desk.roles import Can
from accord.desk.visit import Page, Visit
from accord.errors import InputError
from accord.match import explain
from accord.records.write import table_bytes
from accord.review import Verdict, Waiting

_ROWS = 25
_COLUMNS = ("left", "right", "judgement", "score")


def review(visit: Visit) -> Response:
    """The queue: what waits for me, what is set aside, and the search for more."""
    queue, who = visit.office.queue, visit.who.name
    progress = visit.office.finder.progress  # before the queue: a search that ends meanwhile is looked at once more
    waiting, aside = queue.waiting(who, _ROWS), queue.aside(_ROWS)
    ids = {record for one in (*waiting, *aside) for record in (one.left, one.right)}
    names = {key: one.caption for key, one in visit.office.holding.named(ids).items()}
    counts = queue.counts()
    judged, pace = queue.pace(who)
    requests = [one for one in _conversations(visit) if (one.role, one.state) == ("holder", "requested")]
    return render.page(
        visit, "review.html.j2", visit.words("Review"), waiting=waiting, aside=aside, names=names, counts=counts,
        mine=queue.count_waiting(who), judged=judged, pace=pace, requests=requests,
        progress=progress, held=len(visit.office.holding),
    )  # fmt: skip


def _conversations(visit: Visit) -> list[exchange.Conversation]:
    return exchange.waiting(visit.party) if visit.office.has_accord else []


def begin(visit: Visit) -> Response:
    """To the first pair that waits."""
    first = visit.office.queue.waiting(visit.who.name, 1)
    if not first:
        return visit.go("/review", visit.words("No pair waits for you."))
    return visit.go(f"/review/{first[0].id}")


def pair(visit: Visit) -> Response:
    """Two records side by side, with why they may be the same."""
    office, who = visit.office, visit.who.name
    one = office.queue.pair(visit.place["id"])
    try:
        left, right = office.holding.get(one.left), office.holding.get(one.right)
    except InputError:
        named = office.holding.named({one.left, one.right})
        office.queue.forget({one.left, one.right} - named.keys())
        return visit.go("/review", visit.words("One of the two records is not held any more."))
    office.shown.setdefault((one.id, who), office.now)
    why = explain(left.entity, right.entity)
    judged, pace = office.queue.pace(who)
    return render.page(
        visit, "pair.html.j2", visit.words("Are these two the same?"), one=one, left=left, right=right, why=why,
        rows=side_by_side(left.entity.properties, right.entity.properties, why), said=office.queue.said(one.id, who),
        open=_may_judge(visit, one), left_over=office.queue.count_waiting(who), judged=judged, pace=pace,
    )  # fmt: skip


def judge(visit: Visit) -> Response:
    """Say what the two are, then go on to the next pair."""
    office, who, identity = visit.office, visit.who.name, visit.place["id"]
    begun = office.shown.get((identity, who), office.now)
    seconds = round((office.now - begun).total_seconds())
    verdict, second = visit.form.text("verdict"), bool(visit.form.text("second"))
    done = office.queue.judge(identity, who, verdict, seconds, second)
    office.shown.pop((identity, who), None)
    words = visit.words
    said = {
        Verdict.SAME: words("Noted: the same."),
        Verdict.NOT_SAME: words("Noted: not the same."),
        Verdict.UNSURE: words("Noted: unsure. The pair is set aside."),
        Verdict.SPLIT: words("Noted: to be split. The pair is set aside for whoever keeps the source."),
    }[Verdict(verdict)]
    if done.state == "second":
        said = words("Noted. Another person is asked, and does not see what you said.")
    elif done.state == "differ":
        said = words("Noted. The two opinions differ; the pair is set aside with both.")
    following = office.queue.waiting(who, 1)
    return visit.go(f"/review/{following[0].id}" if following else "/review", said)


def undo(visit: Visit) -> Response:
    """Take the own last judgement back and show its pair again."""
    identity = visit.office.queue.undo(visit.who.name)
    return visit.go(f"/review/{identity}", visit.words("Taken back. Judge the pair again, or leave it in the queue."))


def search(visit: Visit) -> Response:
    """Begin, stop or go on with the search for possible matches."""
    finder = visit.office.finder
    if visit.form.text("do") == "stop":
        finder.stop()
        return visit.go("/review", visit.words("The search stops; what it found stays."))
    finder.start()
    return visit.go("/review", visit.words("The search runs in the background; you can go on working."))


def judgements(visit: Visit) -> Response:
    """Every judged pair as a file for `match`, by ids: no field of a record is in it."""
    data = table_bytes(".csv", (one.to_dict() for one in visit.office.queue.judged()), _COLUMNS)
    headers = {"Content-Disposition": 'attachment; filename="judgements.csv"'}
    return Response(data, media_type="text/csv", headers=headers)


def _may_judge(visit: Visit, one: Waiting) -> bool:
    if one.state in ("unsure", "split", "differ"):
        return True
    own = any(said.account == visit.who.name for said in visit.office.queue.said(one.id, visit.who.name))
    return one.state in ("open", "second") and not own


PAGES = (
    Page("/review", Can.REVIEW, get=review),
    Page("/review/next", Can.REVIEW, get=begin),
    Page("/review/undo", Can.REVIEW, post=undo),
    Page("/review/search", Can.REVIEW, post=search),
    Page("/review/judgements", Can.REVIEW, get=judgements),
    Page("/review/{id}", Can.REVIEW, get=pair, post=judge),
)
