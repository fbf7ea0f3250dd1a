"""The weights of version 1: log-odds (nats) of every level, and the linear model of a name pair.

The name model is learned by `benchmarks/match/learn_weights.py`, but for `one_word`, `thin` and `across` of persons,
which were then set by hand (the recipe gives -0.5, -0.3 and 2.66) on near-named records within one list, `name_cases`
and `hebrew_wikidata`. The other weights are our own judgement of how often records of one thing, and of different
things with like names, show each level. None was learned from the sets on
which the project reports its figures.
"""

from __future__ import annotations

from accord.match.v1.compare import CountryLevel, DateLevel, GenderLevel, SchemaLevel, SetLevel

PRIOR = -6.0

DATE = {
    DateLevel.DIFFERENT: -6.0,
    DateLevel.NEAR_YEARS_OTHER_DAY: -4.0,
    DateLevel.TWO_YEARS: -3.0,
    DateLevel.ONE_YEAR: -1.5,
    DateLevel.SAME_YEAR_OTHER_DAY: -1.0,
    DateLevel.SAME_DAY_OTHER_YEAR: 0.8,
    DateLevel.TYPING_ERROR: 2.0,
    DateLevel.YEAR: 1.5,
    DateLevel.SWAPPED: 4.0,
    DateLevel.FIRST_OF_JANUARY: 2.2,
    DateLevel.MONTH: 4.0,
    DateLevel.DAY: 5.0,
}
COUNTRY = {
    CountryLevel.NATIONALITIES_DIFFER: -2.0,
    CountryLevel.COUNTRIES_DIFFER: -0.8,
    CountryLevel.COUNTRIES_AGREE: 0.1,
    CountryLevel.NATIONALITIES_AGREE: 0.3,
}
GENDER = {GenderLevel.DIFFERENT: -3.0, GenderLevel.SAME: 0.1}
PLACE = {SetLevel.DIFFERENT: -0.8, SetLevel.LITTLE: -0.2, SetLevel.SOME: 0.6, SetLevel.AGREE: 1.5}
ADDRESS = {SetLevel.DIFFERENT: -0.7, SetLevel.LITTLE: 0.0, SetLevel.SOME: 1.0, SetLevel.AGREE: 2.5}
POSTCODE = {SetLevel.DIFFERENT: -0.4, SetLevel.AGREE: 1.5}
SCHEMA = {SchemaLevel.PERSON_OR_BODY: -2.5, SchemaLevel.UNKNOWN: -0.5, SchemaLevel.INCOMPATIBLE: -9.0}

# words, per table of sounds: constant, letters, skeletons, sounds, shortness (`benchmarks/match/learn_words.py`)
WORDS = (
    (-8.54, 11.17, -0.76, 2.16, 1.59),
    (-1.26, -0.1, -0.6, 2.6, 0.31),
    (-1.71, 2.04, -1.03, 2.5, 0.72),
)

NAME_OF_PERSON = {
    "constant": 2.986,
    "agreed": 0.044,
    "agreed_log": 0.000,
    "doubtful": -0.124,
    "doubtful_some": -1.054,
    "covered_lighter": 0.000,
    "covered_lighter_well": 2.811,
    "covered_heavier": 3.135,
    "covered_heavier_well": 5.459,
    "one_sided": 0.000,
    "exact": 0.000,
    "one_word": -1.499,
    "across": 3.357,
    "across_covered": -1.002,
    "thin": -0.500,
    "numbers_differ": 0.000,
    "number_missing": -0.257,
    "generic_left": 0.000,
    "generic_one_sided": -1.046,
    "forms_differ": 0.000,
    "forms_agree": 0.000,
}
NAME_OF_BODY = {
    "constant": 2.193,
    "agreed": 0.096,
    "agreed_log": 0.000,
    "doubtful": 0.000,
    "doubtful_some": -0.652,
    "covered_lighter": 0.000,
    "covered_lighter_well": 0.732,
    "covered_heavier": 1.434,
    "covered_heavier_well": 2.433,
    "one_sided": 0.000,
    "exact": 0.767,
    "one_word": -0.708,
    "across": 1.898,
    "across_covered": 0.787,
    "thin": -0.300,
    "numbers_differ": -2.609,
    "number_missing": -0.461,
    "generic_left": -0.653,
    "generic_one_sided": -0.149,
    "forms_differ": -0.949,
    "forms_agree": 0.188,
}
# bodies and things whose names are in one script: as for persons, but numbers and generic words tell them apart
NAME_IN_ONE_SCRIPT = {
    **NAME_OF_PERSON,
    "constant": NAME_OF_PERSON["constant"] - 1.0,
    "exact": NAME_OF_PERSON["exact"] + 0.7,
    "one_word": -0.5,
    "doubtful_some": -1.0,
    "thin": -0.5,
    "numbers_differ": -5.0,
    "number_missing": -3.0,
    "generic_left": -0.5,
    "generic_one_sided": -0.5,
    "forms_differ": -0.4,
    "forms_agree": 0.2,
}
# in one script, vessels of almost one name (sisters of a fleet) are commoner than a name copied with an error
THING_LIKE_ANOTHER = -2.0
NO_NAME = -2.0  # one of the records has no name that can be read
NAME_FLOOR, NAME_CEILING = -4.0, 11.0
SUPPORT_SHARE, SUPPORT_CEILING = 0.12, 1.0
