"""Which crime areas and functions an activity has, read from its title and description, with the words that decided.

Offline, deterministic, no model file: a table of terms in English, French, Spanish and Portuguese (and the plain
cases in Arabic and Russian) in `terms/`, written from the definitions of the areas and functions, and one pass over
the text. How it works and what it gets wrong: docs/explanation/classification.md.

Invariants: no area is a valid answer, and then there is no function; a label comes with the words that gave it; what
looked like a label and was excluded comes with the reason; the same input gives the same answer.

>>> labels = classify("Promotion of cultural heritage", "Festivals, museums and crafts")
>>> labels.areas
()
>>> labels = classify("Appui à la lutte contre la traite des personnes", "Formation des magistrats")
>>> labels.areas, labels.functions
(('trafficking-in-persons',), ('capacity-building',))
>>> labels.why("trafficking-in-persons")
('contre la traite', 'traite des personnes')
"""

from accord.coverage.classify._decide import classify, classify_many
from accord.coverage.classify.labels import AREAS, FUNCTIONS, Evidence, Labels
from accord.coverage.classify.threats import THREATS, Threat, threat_views

__all__ = [
    "AREAS",
    "FUNCTIONS",
    "THREATS",
    "Evidence",
    "Labels",
    "Threat",
    "classify",
    "classify_many",
    "threat_views",
]
