"""Are these two records the same thing? `analyse -> block -> score -> cluster -> explain`.

Invariants: a score is an estimated probability that depends on the two records only, never on what else is compared,
on the order of records, values or threads, or on ids. One `DEFAULT_THRESHOLD` serves
all scripts; how well it does on each is measured in `docs/explanation/matching-figures.md`.

>>> from accord.records.model import Entity
>>> ours = Entity("a", "Person", {"name": ("Amina Diallo-Traoré",), "birthDate": ("1980-05-17",)})
>>> theirs = Entity("b", "Person", {"name": ("Traore, Amina Diallo",), "birthDate": ("1980-05-17",)})
>>> [match.left + match.right for match in link([ours], [theirs])]
['ab']
>>> explain(ours, theirs).match
True
"""

from __future__ import annotations

from accord.match.cluster import Cluster, clusters
from accord.match.model import Explanation, Match, NameForm, NormalForms, Part, Verdict
from accord.match.partners import one_to_one
from accord.match.v1.explain import explain
from accord.match.v1.forms import normal_forms
from accord.match.v1.reading import placeholders
from accord.match.v1.score import DEFAULT_THRESHOLD, dedupe, link, score_pairs

__all__ = [
    "DEFAULT_THRESHOLD",
    "Cluster",
    "Explanation",
    "Match",
    "NameForm",
    "NormalForms",
    "Part",
    "Verdict",
    "clusters",
    "dedupe",
    "explain",
    "link",
    "normal_forms",
    "one_to_one",
    "placeholders",
    "score_pairs",
]
