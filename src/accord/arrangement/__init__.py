"""What the parties agreed: the document, its signatures, and `decide`, which alone lets data move.

Invariants: deny is the default and a prohibition beats a permission; a `Permit` comes from `decide` only and fits one
request only; whoever receives data decides again, from statements signed by officers whom the accord names.
"""

from accord.arrangement.decide import Permit, decide, require
from accord.arrangement.desk import DeskKeys, NewParty, adopt, adopted, card, create_desk, keys, officers, signer
from accord.arrangement.document import load, read_card
from accord.arrangement.draft import draft
from accord.arrangement.model import Accord, Action, Clause, Level, Officer, Party
from accord.arrangement.request import Refusal, Request, Terms, union
from accord.arrangement.statement import (
    QUESTIONS,
    VERDICTS,
    Kind,
    Signer,
    Statement,
    approve,
    assess,
    consent,
    demand,
    identify,
    read,
)

__all__ = [
    "QUESTIONS",
    "VERDICTS",
    "Accord",
    "Action",
    "Clause",
    "DeskKeys",
    "Kind",
    "Level",
    "NewParty",
    "Officer",
    "Party",
    "Permit",
    "Refusal",
    "Request",
    "Signer",
    "Statement",
    "Terms",
    "adopt",
    "adopted",
    "approve",
    "assess",
    "card",
    "consent",
    "create_desk",
    "decide",
    "demand",
    "draft",
    "identify",
    "keys",
    "load",
    "officers",
    "read",
    "read_card",
    "require",
    "signer",
    "union",
]
