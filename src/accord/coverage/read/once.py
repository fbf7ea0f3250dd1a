"""Money that stands in two records is counted once.

Three ways in which books repeat money: a parent's budget contains its children's; joint projects repeat their total
in each partner's book; and one record (same id, same title) stands in two partners' books. Method: a parent keeps what
its children leave of it, per currency and kind; of records that say they are the same work and state the very same
amounts, the first keeps them. Amounts that differ are each partner's own part, and add up. Invariant: no record is
lost, only money.

>>> parent = Activity("P", ("X",), "", money=(Money(100, "USD"),))
>>> child = Activity("C", ("X",), "", money=(Money(30, "USD"),), parents=("P",))
>>> [sum(money.cents for money in one.money) for one in money_once([parent, child])]
[70, 30]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accord.coverage.activity import Activity, Money, allocate

Totals = dict[tuple[str, str], int]  # (currency, kind) -> cents


def money_once(activities: Sequence[Activity]) -> list[Activity]:
    """The activities in order, with repeated money taken off."""
    return _parents(_joint(activities))


def _joint(activities: Sequence[Activity]) -> list[Activity]:
    """Take the money off the second and later record of the same work that states the same amounts."""
    if len({one.id for one in activities}) == len(activities) and not any(one.same_as for one in activities):
        return list(activities)
    group = _groups(activities)
    seen: set[tuple[int, frozenset[Money]]] = set()
    found = []
    for at, activity in enumerate(activities):
        amounts = frozenset(activity.money)
        key = (group[at], amounts)
        found.append(replace(activity, money=()) if amounts and key in seen else activity)
        seen.add(key)
    return found


def _groups(activities: Sequence[Activity]) -> list[int]:
    """For each activity, the first of those that are the same work: same id and title, or one names the other.

    An id alone says little: every table has a record number 1.
    """
    group = list(range(len(activities)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    by_title: dict[tuple[str, str], int] = {}
    by_id: dict[str, int] = {}
    for at, activity in enumerate(activities):
        group[at] = root(by_title.setdefault((activity.id, activity.title.casefold()), at))
        by_id.setdefault(activity.id, at)
    for at, activity in enumerate(activities):
        for other in activity.same_as:
            if other in by_id:
                one, two = sorted((root(at), root(by_id[other])))
                group[two] = one
    return [root(at) for at in range(len(activities))]


def _parents(activities: Sequence[Activity]) -> list[Activity]:
    """Take off each parent what its children here state."""
    if not any(one.parents or one.children for one in activities):
        return list(activities)
    number = {activity.id: at for at, activity in reversed(list(enumerate(activities)))}
    children: dict[int, set[int]] = {}
    for at, activity in enumerate(activities):
        for parent in activity.parents:
            if parent in number and number[parent] != at:
                children.setdefault(number[parent], set()).add(at)
        for child in activity.children:
            if child in number and number[child] != at:
                children.setdefault(at, set()).add(number[child])
    return [
        replace(activity, money=_left(activity.money, [activities[child].money for child in children[at]]))
        if at in children
        else activity
        for at, activity in enumerate(activities)
    ]


def _left(money: Sequence[Money], contained: Sequence[Sequence[Money]]) -> tuple[Money, ...]:
    """What is left of a parent's amounts: nothing where the children state as much or more, or in another currency."""
    own, inside = _totals([money]), _totals(contained)
    kinds = {kind for _, kind in inside}
    found: list[Money] = []
    for (currency, kind), cents in own.items():
        entries = [entry for entry in money if (entry.currency, entry.kind) == (currency, kind)]
        if kind not in kinds:
            found += entries
        elif (currency, kind) in inside and cents > inside[currency, kind]:
            parts = allocate(cents - inside[currency, kind], [max(0, entry.cents) for entry in entries])
            found += [replace(entry, cents=part) for entry, part in zip(entries, parts, strict=True) if part]
    return tuple(found)


def _totals(amounts: Sequence[Sequence[Money]]) -> Totals:
    totals: Totals = {}
    for entry in (entry for each in amounts for entry in each):
        key = (entry.currency, entry.kind)
        totals[key] = totals.get(key, 0) + entry.cents
    return totals
