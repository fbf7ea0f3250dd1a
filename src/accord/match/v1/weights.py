"""The weights of version 1: log-odds (nats) of every level, and the linear model of a name pair.

Fitted together by `benchmarks/match/learn_weights.py` from a prior: an earlier fit of the name models, and our own
judgement of how often records of one thing, and of different things with like names, show each level. None was learned
from the sets on which the project reports its figures. What the recipe does not write is judgement still.
"""

from __future__ import annotations

from accord.match.v1.compare import AliasLevel, CountryLevel, DateLevel, GenderLevel, SchemaLevel, SetLevel

PRIOR = -6.00

DATE = {
    DateLevel.DIFFERENT: -6.000,
    DateLevel.NEAR_YEARS_OTHER_DAY: -4.000,
    DateLevel.TWO_YEARS: -2.778,
    DateLevel.ONE_YEAR: -1.830,
    DateLevel.SAME_YEAR_OTHER_DAY: -0.877,
    DateLevel.SAME_DAY_OTHER_YEAR: 0.800,
    DateLevel.TYPING_ERROR: 1.862,
    DateLevel.YEAR: 1.191,
    DateLevel.SWAPPED: 4.000,
    DateLevel.FIRST_OF_JANUARY: 2.200,
    DateLevel.MONTH: 4.000,
    DateLevel.DAY: 5.042,
}
COUNTRY = {
    CountryLevel.NATIONALITIES_DIFFER: -2.153,
    CountryLevel.COUNTRIES_DIFFER: -1.642,
    CountryLevel.COUNTRIES_AGREE: 0.747,
    CountryLevel.NATIONALITIES_AGREE: 0.414,
}
GENDER = {
    GenderLevel.DIFFERENT: -3.000,
    GenderLevel.SAME: 0.000,
}
PLACE = {
    SetLevel.DIFFERENT: -0.535,
    SetLevel.LITTLE: -0.207,
    SetLevel.SOME: 0.600,
    SetLevel.AGREE: 2.653,
}
ADDRESS = {
    SetLevel.DIFFERENT: -1.193,
    SetLevel.LITTLE: -0.872,
    SetLevel.SOME: 1.013,
    SetLevel.AGREE: 2.856,
}
POSTCODE = {
    SetLevel.DIFFERENT: -0.344,
    SetLevel.AGREE: 2.169,
}
SCHEMA = {
    SchemaLevel.PERSON_OR_BODY: -2.620,
    SchemaLevel.UNKNOWN: -0.500,
    SchemaLevel.INCOMPATIBLE: -9.000,
}

# words, per table of sounds: constant, letters, skeletons, sounds, shortness (`benchmarks/match/learn_words.py`)
WORDS = (
    (-8.54, 11.17, -0.76, 2.16, 1.59),
    (-1.77, 0.2, -0.5, 2.54, 0.38),
    (-2.35, 2.49, -0.97, 2.38, 0.69),
)

NAME_OF_PERSON = {
    "constant": 2.552,
    "agreed": 0.026,
    "agreed_log": 0.000,
    "doubtful": -0.369,
    "doubtful_some": -0.775,
    "covered_lighter": 0.000,
    "covered_lighter_well": 2.748,
    "covered_heavier": 2.668,
    "covered_heavier_well": 5.483,
    "one_sided": 0.000,
    "exact": 1.324,
    "one_word": -1.457,
    "across": 3.040,
    "across_covered": -0.074,
    "alphabet": 3.112,
    "alphabet_covered": -0.962,
    "thin": -0.010,
    "numbers_differ": 0.000,
    "number_missing": -0.259,
    "generic_left": 0.000,
    "generic_one_sided": -1.066,
    "places_differ": 0.000,
    "nickname": -1.662,
    "forms_differ": 0.000,
    "forms_agree": 0.000,
}
NAME_OF_BODY = {
    "constant": 2.048,
    "agreed": 0.003,
    "agreed_log": 0.000,
    "doubtful": 0.000,
    "doubtful_some": -0.424,
    "covered_lighter": 0.000,
    "covered_lighter_well": 0.707,
    "covered_heavier": 1.266,
    "covered_heavier_well": 2.473,
    "one_sided": 0.000,
    "exact": 0.825,
    "one_word": -1.043,
    "across": 2.372,
    "across_covered": 0.725,
    "alphabet": 1.753,
    "alphabet_covered": 0.619,
    "thin": -0.203,
    "numbers_differ": -2.733,
    "number_missing": -0.615,
    "generic_left": -0.826,
    "generic_one_sided": 0.000,
    "places_differ": -3.000,
    "nickname": 0.000,
    "forms_differ": -1.004,
    "forms_agree": 0.084,
}
# bodies and things whose names are in one script: as for persons, but numbers and generic words tell them apart
NAME_IN_ONE_SCRIPT = {
    "constant": 1.947,
    "agreed": 0.079,
    "agreed_log": 0.000,
    "doubtful": -0.079,
    "doubtful_some": -0.635,
    "covered_lighter": 0.000,
    "covered_lighter_well": 2.861,
    "covered_heavier": 2.129,
    "covered_heavier_well": 5.343,
    "one_sided": 0.000,
    "exact": 0.820,
    "one_word": 0.000,
    "across": 3.357,
    "across_covered": -1.002,
    "alphabet": 0.000,
    "alphabet_covered": 0.000,
    "thin": -0.026,
    "numbers_differ": -5.000,
    "number_missing": -1.571,
    "generic_left": -1.858,
    "generic_one_sided": -1.484,
    "places_differ": -3.051,
    "nickname": 0.000,
    "forms_differ": -1.195,
    "forms_agree": 0.719,
}
# in one script, vessels of almost one name (sisters of a fleet) are commoner than a name copied with an error
THING_LIKE_ANOTHER = -0.98
ALIASES = {
    AliasLevel.PARTLY: -4.120,
    AliasLevel.ALL: 0.044,
}
# both records are names and nothing else: then names are all that anyone goes by
BARE = 1.84
NO_NAME = -2.0  # one of the records has no name that can be read
NAME_FLOOR, NAME_CEILING = -4.0, 11.0
SUPPORT_SHARE, SUPPORT_CEILING = 0.12, 1.0
