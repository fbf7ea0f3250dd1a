"""What becomes of a person's data: found, corrected, restricted, erased everywhere; kept only while it is reviewed.

Invariants: what happens here happens to the record, to what was handed out of it and to what was received about it; a
receipt tells what software did from what a person must attest; what is erased leaves a stub that names nobody; an
answer to the outside says the same whether there is a record or not, unless an officer decides to disclose.
"""

from accord.exchange.sweep import Due
from accord.subjects.act import Receipt, correct, erase, restrict
from accord.subjects.answer import Disclosure, answer
from accord.subjects.export import Export, export, exports
from accord.subjects.find import Appearance, Sought, find
from accord.subjects.retention import due, purge, review

__all__ = [
    "Appearance",
    "Disclosure",
    "Due",
    "Export",
    "Receipt",
    "Sought",
    "answer",
    "correct",
    "due",
    "erase",
    "export",
    "exports",
    "find",
    "purge",
    "restrict",
    "review",
]
