"""Runs inside Splink's environment: train without labels, predict, write scored pairs.

    python splink_peer.py SET OUT.parquet FILE.parquet [FILE.parquet]

Settings are the best known ones: those of Splink's own documentation for the table, with its comparison library for
forenames, dates of birth and postcodes, term frequencies, and blocking rules that reach nearly all true pairs.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
import warnings

import pyarrow.parquet as pq
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")

PEOPLE_RULES = [
    block_on("first_name", "surname"),
    block_on("surname", "dob"),
    block_on("first_name", "dob"),
    block_on("postcode_fake", "first_name"),
    block_on("postcode_fake", "surname"),
    block_on("dob", "birth_place"),
    block_on("substr(postcode_fake,1,3)", "dob"),
    block_on("substr(postcode_fake,1,3)", "first_name"),
    block_on("substr(postcode_fake,1,3)", "surname"),
    block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
]
# set: (link type, id, rules to predict, comparisons, rules to train on)
SETS = {
    "historical": (
        "dedupe_only",
        PEOPLE_RULES,
        lambda: [
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        [block_on("first_name", "surname"), block_on("dob")],
    ),
    "untuned": (
        "dedupe_only",
        PEOPLE_RULES,
        lambda: [
            cl.JaroWinklerAtThresholds("first_name", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("surname", [0.9, 0.7]),
            cl.LevenshteinAtThresholds("dob", [1, 2]),
            cl.LevenshteinAtThresholds("postcode_fake", [1, 2]),
            cl.ExactMatch("birth_place"),
            cl.ExactMatch("occupation"),
        ],
        [block_on("first_name", "surname"), block_on("dob")],
    ),
    "febrl4": (
        "link_only",
        [
            block_on("given_name", "surname"),
            block_on("surname", "date_of_birth"),
            block_on("given_name", "date_of_birth"),
            block_on("soc_sec_id"),
            block_on("given_name", "postcode"),
            block_on("surname", "postcode"),
            block_on("date_of_birth", "postcode"),
            block_on("address_1"),
        ],
        lambda: [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        [block_on("date_of_birth"), block_on("postcode")],
    ),
    "patstat": (
        "dedupe_only",
        [
            block_on("substr(name,1,3)"),
            block_on("split_part(name,' ',1)"),
            block_on("split_part(name,' ',2)"),
            block_on("reverse(substr(reverse(name),1,6))"),
        ],
        lambda: [
            cl.JaroWinklerAtThresholds("name", [0.95, 0.9, 0.8, 0.7]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("first_word", [1, 2]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("second_word", [1, 2]),
        ],
        [block_on("substr(name,1,3)"), block_on("split_part(name,' ',1)")],
    ),
    "million": (
        "dedupe_only",
        [
            block_on("given", "family"),
            block_on("family", "born"),
            block_on("given", "born"),
            block_on("born", "postcode"),
            block_on("family", "postcode"),
            block_on("given", "postcode"),
        ],
        lambda: [
            cl.NameComparison("given"),
            cl.NameComparison("family"),
            cl.DateOfBirthComparison("born", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.LevenshteinAtThresholds("street", [2]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        [block_on("given", "family"), block_on("born")],
    ),
}


def main(name: str, out: str, *files: str) -> None:
    link_type, rules, comparisons, training = SETS[name]
    start = time.perf_counter()
    settings = SettingsCreator(
        link_type=link_type,
        blocking_rules_to_generate_predictions=rules,
        comparisons=comparisons(),
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    api.duckdb_con.execute("SET threads TO 1")
    frames = [
        api.register(pq.read_table(file), dataset_display_name=f"side_{number}") for number, file in enumerate(files)
    ]
    linker = Linker(frames if len(frames) > 1 else frames[0], settings)
    linker.training.estimate_probability_two_random_records_match(rules[:3], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.01)
    api.duckdb_con.execute(
        f"COPY (SELECT unique_id_l, unique_id_r, match_probability FROM {found.physical_name}) TO '{out}' (FORMAT parquet)"
    )
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": memory}))


if __name__ == "__main__":
    main(*sys.argv[1:])
