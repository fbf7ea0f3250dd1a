"""What a map is made from: the `coverage.toml`, read and checked once.

Invariants: all problems are collected, each with its line and what to do; relative paths are relative to the file;
`reports` that are not declared mean *unknown*, never *complete*; a key that is not known is told, since a typo in
`reports` would turn into false gaps.

>>> Reports(areas=None, countries=frozenset({"KEN"}), years=None).covers("drugs", "KEN", 2024)
True
>>> Reports(areas=None, countries=frozenset({"KEN"}), years=None).covers("drugs", "UGA", 2024)
False
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from accord.errors import InputError, Problem, several

SOURCE_FORMATS = ("uninfo", "table", "iati", "ftm", "summary")
NEED_AT_LEAST = 0.6
SPENDING_AT_LEAST = 100_000.0
DOUBT_AT_MOST = 0.1


@dataclass(frozen=True, slots=True)
class Reports:
    """What a party is known to report completely; None for a dimension means all of it. `party` None: all parties."""

    areas: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    years: frozenset[int] | None = None
    party: str | None = None

    def covers(self, area: str, country: str, year: int) -> bool:
        """Whether a record of this square would have been reported."""
        return (
            (self.areas is None or area in self.areas)
            and (self.countries is None or country in self.countries)
            and (self.years is None or year in self.years)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One activity book. `mapping` maps our field names to the table's columns; `entities` is a mapping file of
    `records` that makes Activity or Training entities of its rows; `places` replaces a country code by the countries
    that it stands for (an office that works for several)."""

    file: Path
    format: str
    name: str
    party: str | None = None
    party_column: str | None = None
    reports: tuple[Reports, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    entities: Path | None = None
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)
    card: Path | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """A table of who spent what in which country: evidence of activity where nothing was reported."""

    file: Path
    format: str
    name: str
    year: int | None = None
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What a body may work on: its mandate, as far as the crime areas go."""

    name: str
    areas: frozenset[str]


@dataclass(frozen=True, slots=True)
class NeedSource:
    """One table of indicators. `higher_is_worse` None and empty `areas` mean: as the ready definition says."""

    file: Path
    format: str
    name: str
    areas: tuple[str, ...] = ()
    year: int | None = None
    higher_is_worse: bool | None = None
    censored: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    measures: str | None = None
    country: str | None = None
    value: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole coverage.toml. `years` is empty when no period is given: then it is that of the dated activities.

    `currency` is the one into which amounts are converted by the table `rates`; without it they stay as given.
    `corrections` is what persons said of activities, `accord` the arrangement whose parties and mandates they have.
    """

    file: Path
    sources: tuple[Source, ...]
    spending: tuple[Spending, ...] = ()
    need: tuple[NeedSource, ...] = ()
    parties: tuple[Body, ...] = ()
    years: tuple[int, ...] = ()
    need_at_least: float = NEED_AT_LEAST
    spending_at_least: float = SPENDING_AT_LEAST
    currency: str = ""
    rates: Path | None = None
    corrections: Path | None = None
    accord: Path | None = None
    doubt_at_most: float = DOUBT_AT_MOST
    doubts: tuple[Problem, ...] = ()


def read_plan(path: Path) -> Plan:
    """Read and check a coverage.toml.

    Raises `InputError` (`coverage.plan`) with every problem, each with file, line and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise InputError("coverage.plan", f"{path.name} cannot be read", "give the path of a coverage.toml") from error
    except UnicodeDecodeError as error:
        raise InputError("coverage.plan", f"{path.name} is not UTF-8 text", "save it as UTF-8") from error
    except (ValueError, RecursionError) as error:  # no TOML, or numbers and lists that Python reads no further
        raise InputError("coverage.plan", f"{path.name} is not TOML: {error}", "mend the line named") from error
    from accord.coverage._planfile import Reader

    reader = Reader(path, text)
    plan = reader.plan(data)
    if reader.problems:
        count = len(reader.problems)
        raise InputError(
            "coverage.plan",
            f"{path.name} has {several(count, 'problem')}",
            "mend them; docs/how-to/make-a-coverage-map.md has a whole example",
            reader.problems,
        )
    return plan
