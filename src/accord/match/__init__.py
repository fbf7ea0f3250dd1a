"""Are these two records the same thing? `analyse -> block -> score -> explain`.

Invariants: a score is a calibrated probability that depends on the two records only, never on what else is compared,
on the order of records, values or threads, or on ids. `DEFAULT_THRESHOLD` is right across scripts.

>>> from accord.records.model import Entity
>>> latin = Entity("a", "Person", {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",)})
>>> arabic = Entity("b", "Person", {"name": ("Traore, Amina Diallo",), "birthDate": ("1980-05-17",)})
>>> [match.left + match.right for match in link([latin], [arabic])]
['ab']
>>> explain(latin, arabic).match
True
"""

from __future__ import annotations

from accord.match.model import Explanation, Match, NameForm, NormalForms, Part, Verdict
from accord.match.v1.explain import explain
from accord.match.v1.forms import normal_forms
from accord.match.v1.score import DEFAULT_THRESHOLD, dedupe, link, score_pairs

__all__ = [
    "DEFAULT_THRESHOLD",
    "Explanation",
    "Match",
    "NameForm",
    "NormalForms",
    "Part",
    "Verdict",
    "dedupe",
    "explain",
    "link",
    "normal_forms",
    "score_pairs",
]
