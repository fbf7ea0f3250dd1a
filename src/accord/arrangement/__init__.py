"""What the parties agreed: the document, its signatures, and `decide`, which alone lets data move.

Invariants: deny is the default and a prohibition beats a permission; a `Permit` comes from `decide` only and fits one
request only; whoever receives data decides again, from statements signed by officers whom the accord names.
"""

from accord.arrangement.adoption import adopt, adopted, conclude, former_keys, leave, outdated, take_notice, versions
from accord.arrangement.decide import Permit, decide, require
from accord.arrangement.desk import (
    DeskKeys,
    NewParty,
    card,
    create_desk,
    keys,
    officers,
    protect,
    protected,
    renew,
    signer,
    signing_keys,
)
from accord.arrangement.document import load, read_card
from accord.arrangement.draft import draft
from accord.arrangement.model import Accord, Action, Clause, Contact, Level, Officer, Party
from accord.arrangement.request import Refusal, Request, Terms, union
from accord.arrangement.statement import (
    QUESTIONS,
    VERDICTS,
    Agreement,
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
    "Agreement",
    "Clause",
    "Contact",
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
    "conclude",
    "consent",
    "create_desk",
    "decide",
    "demand",
    "draft",
    "former_keys",
    "identify",
    "keys",
    "leave",
    "load",
    "officers",
    "outdated",
    "protect",
    "protected",
    "read",
    "read_card",
    "renew",
    "require",
    "signer",
    "signing_keys",
    "take_notice",
    "union",
    "versions",
]
