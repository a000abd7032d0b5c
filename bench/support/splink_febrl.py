"""Scores one Febrl set with Splink and prints the pairs as JSON: [[id, id, probability], ...].

usage: splink_febrl.py MODEL COLUMNS FILE [FILE]

MODEL `notebook` is the model of Splink's own notebook for this kind of task ("Deduplicating the febrl3 dataset",
"Linking the febrl4 datasets" (its detailed model), Splink documentation, read 2026-11-25), cut down to COLUMNS;
`columns` adds a standard comparison for each further column. Missing values are null, which is to Splink's advantage.
"""

import contextlib
import csv
import json
import logging
import sys

import pyarrow
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

MODEL, COLUMNS, FILES = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
LINK = len(FILES) == 2
SEED = 1
SWAPPED = "l.given_name = r.surname and l.surname = r.given_name"

logging.getLogger("splink").setLevel(logging.ERROR)


def read(file):
    with open(file, newline="", encoding="utf-8") as lines:
        head, *rows = [[cell.strip() or None for cell in row] for row in csv.reader(lines)]
    cells = [pyarrow.array(column, pyarrow.string()) for column in zip(*rows)]
    return pyarrow.table(cells, names=head)


def rarity(comparison):
    return comparison.configure(term_frequency_adjustments=True)


def birthday():
    return cl.DateOfBirthComparison(
        "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
    )


NOTEBOOK_LINK = {
    "given_name": lambda: rarity(cl.NameComparison("given_name")),
    "surname": lambda: rarity(cl.NameComparison("surname")),
    "date_of_birth": birthday,
    "soc_sec_id": lambda: cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
    "street_number": lambda: rarity(cl.ExactMatch("street_number")),
    "postcode": lambda: rarity(cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])),
}
NOTEBOOK_DEDUPE = {
    "given_name": lambda: cl.NameComparison("given_name"),
    "surname": lambda: cl.NameComparison("surname"),
    "date_of_birth": birthday,
    "soc_sec_id": lambda: cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
    "street_number": lambda: rarity(cl.ExactMatch("street_number")),
    "postcode": lambda: rarity(cl.ExactMatch("postcode")),
}
FURTHER = {
    "address_1": lambda: rarity(cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7])),
    "address_2": lambda: rarity(cl.JaroWinklerAtThresholds("address_2", [0.9, 0.7])),
    "suburb": lambda: rarity(cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7])),
    "state": lambda: rarity(cl.ExactMatch("state")),
}


def comparisons():
    if MODEL == "notebook":
        known = NOTEBOOK_LINK if LINK else NOTEBOOK_DEDUPE
    else:
        known = NOTEBOOK_LINK | FURTHER
    return [make() for column, make in known.items() if column in COLUMNS]


def blocking_rules():
    rules = [block_on("date_of_birth"), block_on("postcode")]
    if LINK:
        rules += [block_on("given_name", "surname"), SWAPPED]
        rules += [block_on("state", "address_1"), block_on("street_number", "address_1")]
    if MODEL == "columns":
        rules += [SWAPPED, block_on("suburb"), block_on("address_1"), block_on("address_2")]
    if not LINK or MODEL == "columns":
        rules += [block_on("given_name"), block_on("surname")]
    if "soc_sec_id" in COLUMNS:
        rules += [block_on("soc_sec_id")]
    return rules


def deterministic_rules():
    rules = [block_on("given_name", "surname", "date_of_birth")]
    if not LINK:
        rules += [SWAPPED + " and l.date_of_birth = r.date_of_birth"]
    if "soc_sec_id" in COLUMNS:
        rules += [block_on("soc_sec_id")]
    return rules


def score():
    database = DuckDBAPI()
    tables = [database.register(read(file)) for file in FILES]
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="link_only" if LINK else "dedupe_only",
        blocking_rules_to_generate_predictions=blocking_rules(),
        comparisons=comparisons(),
    )
    linker = Linker(tables if LINK else tables[0], settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(deterministic_rules(), recall=0.8 if LINK else 0.9)
    training.estimate_u_using_random_sampling(max_pairs=1e7, seed=SEED)
    for column in ["date_of_birth", "postcode"]:
        training.estimate_parameters_using_expectation_maximisation(
            block_on(column), estimate_without_term_frequencies=True
        )
    pairs = linker.inference.predict(threshold_match_probability=0.001).as_record_list()
    return [[pair["rec_id_l"], pair["rec_id_r"], pair["match_probability"]] for pair in pairs]


# Splink tells of its progress on the standard output, where only the result belongs.
with contextlib.redirect_stdout(sys.stderr):
    scored = score()
print(json.dumps(scored))
