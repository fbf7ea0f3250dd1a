"""The weights of version 1: log-odds (nats) of every level, and the linear model of a name pair.

The name model is learned by `benchmarks/match/learn_weights.py`; the other weights are our own judgement of how often
records of one thing, and of different things with like names, show each level. None was learned from the sets on
which the project reports its figures.
"""

from __future__ import annotations

from accord.match.v1.compare import CountryLevel, DateLevel, GenderLevel, SchemaLevel, SetLevel

PRIOR = -6.0

DATE = {
    DateLevel.DIFFERENT: -4.5,
    DateLevel.TWO_YEARS: -2.0,
    DateLevel.ONE_YEAR: -0.8,
    DateLevel.SAME_YEAR_OTHER_DAY: -0.3,
    DateLevel.SAME_DAY_OTHER_YEAR: 0.8,
    DateLevel.TYPING_ERROR: 2.0,
    DateLevel.YEAR: 2.2,
    DateLevel.SWAPPED: 4.0,
    DateLevel.FIRST_OF_JANUARY: 3.0,
    DateLevel.MONTH: 4.0,
    DateLevel.DAY: 6.0,
}
COUNTRY = {
    CountryLevel.NATIONALITIES_DIFFER: -2.0,
    CountryLevel.COUNTRIES_DIFFER: -0.8,
    CountryLevel.COUNTRIES_AGREE: 0.7,
    CountryLevel.NATIONALITIES_AGREE: 1.0,
}
GENDER = {GenderLevel.DIFFERENT: -3.0, GenderLevel.SAME: 0.3}
PLACE = {SetLevel.DIFFERENT: -0.6, SetLevel.LITTLE: 0.0, SetLevel.SOME: 0.8, SetLevel.AGREE: 2.0}
ADDRESS = {SetLevel.DIFFERENT: -0.5, SetLevel.LITTLE: 0.3, SetLevel.SOME: 1.5, SetLevel.AGREE: 3.0}
POSTCODE = {SetLevel.DIFFERENT: -0.4, SetLevel.AGREE: 1.5}
SCHEMA = {SchemaLevel.UNKNOWN: -0.5, SchemaLevel.INCOMPATIBLE: -9.0}

# words, per table of sounds: constant, letters, skeletons, sounds, shortness (`benchmarks/match/learn_words.py`)
WORDS = (
    (-8.54, 11.17, -0.76, 2.16, 1.59),
    (-1.26, -0.1, -0.6, 2.6, 0.31),
    (-1.71, 2.04, -1.03, 2.5, 0.72),
)

NAME_CONSTANT = 2.001
NAME = {
    "agreed": 0.000,
    "agreed_log": 0.000,
    "doubtful": 0.000,
    "doubtful_some": -0.504,
    "covered_lighter": 0.000,
    "covered_lighter_well": 2.727,
    "covered_heavier": 5.086,
    "covered_heavier_well": 7.551,
    "one_sided": 0.213,
    "exact": 1.235,
    "one_word": -0.662,
    "numbers_differ": -3.152,
    "number_missing": -0.955,
    "generic_left": -0.939,
    "forms_differ": -1.333,
    "forms_agree": -0.402,
}
NO_NAME = -2.0  # one of the records has no name that can be read
NAME_CEILING = 11.0
SUPPORT_SHARE, SUPPORT_CEILING = 0.12, 1.0
