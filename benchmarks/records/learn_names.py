"""Recipe of `country_names.txt` and `months.txt` in `accord.records.clean`: what Unicode CLDR calls countries and months.

Reads the Babel that is installed, and writes what the two tables need of it: names as they are looked up, without those
that English knows. Names of countries in English are in `countries.txt`, by hand; the recipe prints what CLDR adds.
Another table is another mark scheme: both desks need it.

    python benchmarks/records/learn_names.py
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import babel
from babel import Locale, localedata

from accord.records import clean
from accord.records.clean import _countries, _dates

FOLDER = Path(clean.__file__).parent
COUNTRIES_IN = (  # noqa: SIM905 - a literal list would take a line for each
    "fr es pt ru ar zh zh_Hant de it nl pl uk tr fa he el sr hr bg ro cs sk sl hu sv da no fi ja ko vi id ms hi ur bn "
    "ps ka hy az kk ky uz sq mk lt lv et sw am th my km ca"
).split()
MONTHS_IN = "fr es pt de it nl ru uk pl tr ar fa he el sr sr_Latn hr bg ro cs sv id ms vi".split()  # noqa: SIM905
SOURCE = f"Names: Unicode CLDR, as Babel {babel.__version__} has it; © Unicode, Inc., Unicode License v3. Recipe: benchmarks/records/learn_names.py."


def own(language: str) -> dict[str, Any]:
    """What Babel has of a language itself, without what it inherits."""
    with open(localedata.resolve_locale_filename(language), "rb") as file:  # noqa: PTH123 - Babel gives a text path
        found: dict[str, Any] = pickle.load(file)
    return found


def country_names() -> dict[str, list[str]]:
    """Names in `COUNTRIES_IN` by code, as they are looked up; those that English knows are never looked up here."""
    english, codes = _countries._tables()[0], _countries._tables()[1]
    for code, name in sorted(Locale("en").territories.items()):
        if code.lower() in codes and _countries._fold(name) not in english:
            print(f"countries.txt lacks {code} {name}")
    found: dict[str, set[str]] = defaultdict(set)
    for language in COUNTRIES_IN:
        for territory, name in own(language)["territories"].items():
            if (code := territory.lower()) in codes and (word := _countries._fold(name)) not in english:
                found[code].add(word)
    return {code: sorted(names) for code, names in sorted(found.items())}


def months() -> dict[int, list[str]]:
    """Names and abbreviations by number, without those that differ between languages; English decides over others."""
    found, ambiguous = {"sept": 9}, set()
    english = dict(named("en"))
    for language in MONTHS_IN:
        for word, number in named(language):
            if found.setdefault(word, number) != number:
                ambiguous.add(word)
    kept = {word: number for word, number in found.items() if word not in ambiguous} | english
    return {number: sorted(word for word in kept if kept[word] == number) for number in range(1, 13)}


def named(language: str) -> list[tuple[str, int]]:
    """Months of a language, in a date and by themselves."""
    widths = [
        own(language)["months"].get(context, {}).get(width)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
    ]
    words = [
        (_dates._bare(name.strip(". ")), number)
        for width in widths
        if isinstance(width, dict)  # others refer to one of these
        for number, name in width.items()
    ]
    return [(word, number) for word, number in words if word and not word.isdigit()]


def write(file: str, what: str, rows: dict[Any, list[str]]) -> None:
    lines = [f"# {what}", f"# {SOURCE}", *(f"{key} {';'.join(names)}" for key, names in rows.items())]
    (FOLDER / file).write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{file}: {sum(map(len, rows.values())):,} names")


if __name__ == "__main__":
    write(
        "country_names.txt",
        "Names of countries in 54 languages, folded as `_countries` looks them up: code, names.",
        country_names(),
    )
    write("months.txt", "Names of months in 25 languages, folded as `_dates` looks them up: number, names.", months())
