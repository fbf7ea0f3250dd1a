"""Who may do what at a desk: six roles, and what each may do.

Invariants: what is not listed is not allowed; a role says what a person may try, and never replaces an officer's
signature: approving takes the role and the key of an officer whom the accord lets approve.

>>> Role.ADMINISTRATOR.may(Can.APPROVE), Role.APPROVER.may(Can.APPROVE)
(False, True)
"""

from __future__ import annotations

from enum import StrEnum


class Can(StrEnum):
    """Something that a person may do."""

    ENTER = "enter"  # today, the accord, the own account
    RECORDS = "records"  # see what the party holds
    LOAD = "load"  # add to it
    REVIEW = "review"  # say whether two records are the same
    EXCHANGE = "exchange"  # see conversations, without fields
    COMPARE = "compare"  # see both sides' fields of a request
    ACT = "act"  # ask, receive, request, release, recall
    APPROVE = "approve"  # approve a release as a second person
    COVERAGE = "coverage"  # see the map
    LABEL = "label"  # put right what an activity is
    LEDGER = "ledger"  # see and verify the diary
    SUBJECTS = "subjects"  # find, correct, restrict, erase, answer a person who asks
    PEOPLE = "people"  # accounts and sessions


_LOOK = {Can.ENTER, Can.COVERAGE}


class Role(StrEnum):
    """What an account is for. Administrators and auditors see no field of any record."""

    ANALYST = "analyst"
    APPROVER = "approver"
    PROGRAMME_MANAGER = "programme-manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    READ_ONLY = "read-only"

    def may(self, what: Can) -> bool:
        """Whether the role allows it."""
        return what in _ALLOWED[self]

    @property
    def signs(self) -> str | None:
        """The officer's role that an account of this role signs in, if any: `request` or `approve`."""
        return {Role.ANALYST: "request", Role.APPROVER: "approve"}.get(self)


_ALLOWED: dict[Role, frozenset[Can]] = {
    Role.ANALYST: frozenset(
        {*_LOOK, Can.RECORDS, Can.LOAD, Can.REVIEW, Can.EXCHANGE, Can.COMPARE, Can.ACT, Can.LEDGER, Can.LABEL}
    ),
    Role.APPROVER: frozenset(
        {*_LOOK, Can.RECORDS, Can.EXCHANGE, Can.COMPARE, Can.ACT, Can.APPROVE, Can.LEDGER, Can.SUBJECTS}
    ),
    Role.PROGRAMME_MANAGER: frozenset({*_LOOK, Can.LABEL}),
    Role.ADMINISTRATOR: frozenset({Can.ENTER, Can.PEOPLE}),
    Role.AUDITOR: frozenset({*_LOOK, Can.EXCHANGE, Can.LEDGER}),
    Role.READ_ONLY: frozenset({*_LOOK, Can.RECORDS, Can.EXCHANGE}),
}
