"""`accord match link | dedupe`: whole files against each other, or against themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.match._options import INPUT, Options, options_of_files, writable
from accord.cli.output import progress, say, write_rows
from accord.errors import InputError, UsageError, several

if TYPE_CHECKING:
    from accord.match import Explanation, Match
    from accord.match.report import Source
    from accord.match.table import Matched
    from accord.records import Entity

    Explain = Callable[[Entity, Entity], Explanation]

ROWS = ["left", "right", "score", "match", "left_name", "right_name"]
MEMBER_ROWS = ["cluster", "record", "name", "records", "score"]
_STEPS = 1_000


@click.command("link")
@click.argument("left", type=INPUT)
@click.argument("right", type=INPUT)
@click.option(
    "--one-to-one",
    "alone",
    is_flag=True,
    help="Give each record one partner at most: the pairs that together are surest. For files that hold nothing twice.",
)
@options_of_files
def link_files(left: str, right: str, *, alone: bool, options: Options) -> None:
    """Find the records that two files share; of their names, those are shown that agree best.

    \b
    accord match link ours.jsonl theirs.jsonl --out matches.xlsx --report report.html
    accord match link ours.csv theirs.jsonl --mapping columns.toml
    accord match link ours.jsonl theirs.jsonl --one-to-one
    """
    from accord.match import link

    if left == right == "-":
        raise UsageError("match.stdin", "stdin cannot be both files", "name one of the two files")
    _one_stdout(options)
    names = _short_names(left, right)
    flat = _flat((left, right), names, options)
    if flat:
        found = _judged(flat.matches(_lowest(options)), flat.sides, options)
        _deliver(flat.sides, _partners(found, options) if alone else found, options, flat.explain)
        return
    ours = _source(left, names[0], options.mapping[:1])
    theirs = _source(right, names[1], options.mapping[-1:])
    with _comparing() as step:
        found = link(ours.entities, theirs.entities, threshold=_lowest(options), threads=options.threads, progress=step)
    sides = (_Side.of(ours), _Side.of(theirs))
    found = _judged(found, sides, options)
    _deliver(sides, _partners(found, options) if alone else found, options)


def _judged(found: Sequence[Match], sides: tuple[_Side, ...], options: Options, *, keep: bool = False) -> list[Match]:
    """With what people said of pairs before, if a file of it is named; `keep` what is not the same, at 0."""
    if options.judgements is None:
        return list(found)
    from accord.match.judged import judged, read_judgements

    try:
        lines = options.judgements.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError("match.judgements", f"{options.judgements} cannot be read", "take the desk's file") from None
    said = read_judgements(lines, options.judgements.name)
    right = sides[1].captions if len(sides) > 1 else None
    return judged(found, said, sides[0].captions, right, keep=keep)


def _partners(found: Sequence[Match], options: Options) -> list[Match]:
    """One partner at most for each record; of the pairs below the line, those of records that have none."""
    from accord.match import DEFAULT_THRESHOLD, one_to_one

    least = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    chosen = one_to_one(found, threshold=least)
    left, right = {match.left for match in chosen}, {match.right for match in chosen}
    below = [match for match in found if match.score < least and match.left not in left and match.right not in right]
    if given_up := sum(match.score >= least for match in found) - len(chosen):
        say(f"{given_up:,} more were left out, since their records have surer partners (--one-to-one)")
    return [*chosen, *below]


@click.command("dedupe")
@click.argument("file", type=INPUT)
@click.option(
    "--clusters",
    metavar="FILE",
    callback=writable,
    help="Write which records are one thing, in groups without contradiction (.jsonl, .csv, .parquet, .xlsx).",
)
@options_of_files
def dedupe_file(file: str, clusters: str | None, options: Options) -> None:
    """Find the records of one file that are the same thing twice; of their names, those are shown that agree best.

    \b
    accord match dedupe people.jsonl --out duplicates.csv
    accord match dedupe people.jsonl --clusters people-merged.jsonl
    """
    from accord.match import dedupe

    _one_stdout(options)
    if clusters == "-" and (options.out == "-" or options.as_json):
        raise UsageError("match.stdout", "rows and clusters cannot both go to stdout", "name a file for one of them")
    lowest = 0.0 if clusters else _lowest(options)  # what speaks against a pair keeps clusters apart
    names = _short_names(file)
    flat = _flat((file,), names, options)
    if flat:
        (side,), found, explain = flat.sides, flat.matches(lowest), flat.explain
    else:
        source = _source(file, names[0], options.mapping[:1])
        with _comparing() as step:
            found = dedupe(source.entities, threshold=lowest, threads=options.threads, progress=step)
        side, explain = _Side.of(source), None
    raw = found
    if clusters:
        found = _judged(raw, (side,), options, keep=True)
        _write_clusters(clusters, side, found)
        if options.out is None and options.report is None and not options.as_json:
            return
    found = [match for match in _judged(raw, (side,), options) if match.score >= _lowest(options)]
    _deliver((side,), found, options, explain)


def _write_clusters(path: str, side: _Side, found: Sequence[Match]) -> None:
    """JSON lines: one cluster a line, with the pairs that made it and those it gave up; a table: one record a row."""
    from accord.match import DEFAULT_THRESHOLD, clusters
    from accord.records import write_table

    made = clusters(found, threshold=DEFAULT_THRESHOLD)
    names = side.captions
    rows: Iterable[Mapping[str, object]]
    if path == "-" or path.lower().endswith(".jsonl"):
        rows = ({**cluster.to_dict(), "names": [names[member] for member in cluster.members]} for cluster in made)
    else:
        rows = (
            {"cluster": one.id, "record": id_, "name": names[id_], "records": len(one.members), "score": one.score}
            for one in made
            for id_ in one.members
        )
    write_table(path, rows, MEMBER_ROWS)
    records = sum(len(cluster.members) for cluster in made)
    given_up = len({(match.left, match.right) for cluster in made for match in cluster.cut})
    things = "one thing" if len(made) == 1 else f"{len(made):,} things"
    say(f"{records:,} of {several(side.count, 'record')} of {side.name} stand for {things}")
    if given_up:
        say(f"{given_up:,} possible matches were left apart, since other records of their groups contradict them")
    if path != "-":
        say(f"written: {path}")


@dataclass(frozen=True, slots=True)
class _Side:
    """One file that was compared: what to say of it."""

    name: str
    count: int
    captions: Mapping[str, str]
    source: Callable[[], Source]  # its records, which only the report needs

    @classmethod
    def of(cls, source: Source) -> _Side:
        captions = {entity.id: entity.caption for entity in reversed(source.entities)}
        return cls(source.name, len(source.entities), captions, lambda: source)


@dataclass(frozen=True, slots=True)
class _Flat:
    """One or two flat tables that were compared as columns."""

    sides: tuple[_Side, ...]
    matched: Matched
    rows: tuple[Mapping[str, int], ...]  # by id, for each side

    def matches(self, threshold: float) -> list[Match]:
        return self.matched.matches(threshold)

    def explain(self, left: Entity, right: Entity) -> Explanation:
        from accord.match import DEFAULT_THRESHOLD
        from accord.match.table import explain_rows

        table = self.matched.prepared.table
        split = table.split or 0
        return explain_rows(self.matched, table.ids.index(left.id), table.ids.index(right.id, split), DEFAULT_THRESHOLD)


def _flat(paths: tuple[str, ...], names: tuple[str, ...], options: Options) -> _Flat | None:
    """Compare large flat tables as columns; None when records are to be compared one by one."""
    from accord.match.table import match_table, read_table

    table = None
    if options.mapping:
        table = read_table(paths[0], paths[1] if len(paths) > 1 else None, options.mapping)
    if table is None:
        if options.learn:
            raise UsageError(
                "match.flat",
                "weights can be learned from a large flat table only",
                "give a mapping (--mapping) that makes one record a row, and 1,000 rows or more; or leave --learn out",
            )
        return None
    with _comparing() as step:
        matched = match_table(table, learned=options.learn, threads=options.threads, progress=step)
    cuts = (0, table.split, len(table)) if table.split is not None else (0, len(table))
    sides, rows = [], []
    for path, name, mapping, (start, end) in zip(
        paths, names, (options.mapping[0], options.mapping[-1]), pairwise(cuts), strict=False
    ):
        captions = dict(zip(table.ids[start:end], table.captions[start:end], strict=True))
        sides.append(_Side(name, end - start, captions, partial(_source, path, name, (mapping,))))
        rows.append(dict(zip(table.ids[start:end], range(start, end), strict=True)))
    return _Flat(tuple(sides), matched, tuple(rows))


def _one_stdout(options: Options) -> None:
    if options.report == "-" and (options.out == "-" or options.as_json):
        raise UsageError("match.stdout", "rows and report cannot both go to stdout", "name a file for one of them")


def _short_names(*paths: str) -> tuple[str, ...]:
    """What to call the files: without their folders, unless they would then share a name."""
    short = tuple("stdin" if path == "-" else Path(path).name for path in paths)
    return short if len(set(short)) == len(short) else paths


def _source(path: str, name: str, mapping: tuple[Path, ...]) -> Source:
    from accord.match.report import Source
    from accord.records import merge, read_entities

    try:
        with progress(f"Reading {name}") as advance:
            read = read_entities(path, mapping[0] if mapping else None, say=say)
            return Source(name, merge(_ticking(read, advance)))
    except InputError as error:
        if error.code == "records.invalid":  # its remedy names an option that only `records load` has
            error.remedy = "mend the lines named and run again"
        raise


def _ticking(entities: Iterable[Entity], advance: Callable[[int], None]) -> Iterator[Entity]:
    for entity in entities:
        yield entity
        advance(1)


@contextmanager
def _comparing() -> Iterator[Callable[[int, int], None]]:
    """A bar for work that tells (done, total)."""
    shown = 0
    with progress("Comparing", _STEPS) as advance:

        def step(done: int, total: int) -> None:
            nonlocal shown
            now = _STEPS * done // max(total, 1)
            advance(now - shown)
            shown = now

        yield step


def _lowest(options: Options) -> float:
    """The threshold to compute with: the report also wants the pairs just below the line."""
    from accord.match import DEFAULT_THRESHOLD
    from accord.match.report import NEAR

    rows = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    return min(rows, max(0.0, DEFAULT_THRESHOLD - NEAR)) if options.report else rows


def _deliver(
    sides: tuple[_Side, ...], found: Sequence[Match], options: Options, explain: Explain | None = None
) -> None:
    """Write rows and report where they were asked for, and say what was found."""
    from accord.match import DEFAULT_THRESHOLD
    from accord.records import write_table

    least = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    chosen = [match for match in found if match.score >= least]
    left, right = sides[0].captions, sides[-1].captions
    rows = (
        {**match.to_dict(DEFAULT_THRESHOLD), **dict(zip(ROWS[-2:], names, strict=True))}
        for match in chosen
        for names in [match.names or (left[match.left], right[match.right])]
    )
    if options.out not in (None, "-"):
        write_table(Path(str(options.out)), rows, ROWS)
    elif options.out == "-" or options.as_json or options.report is None:
        write_rows(rows, ROWS, options.as_json or options.out == "-", "No possible match.")
    if options.report:
        _write_report(options.report, tuple(side.source() for side in sides), found, explain)
    counted = sum(match.score >= DEFAULT_THRESHOLD for match in found)
    records = " and ".join(f"{several(side.count, 'record')} of {side.name}" for side in sides)
    say(f"{several(counted, 'possible match', 'possible matches')} among {records}")
    for written in (options.out, options.report):
        if written not in (None, "-"):
            say(f"written: {written}")


def _write_report(path: str, sources: tuple[Source, ...], found: Sequence[Match], explanation: Explain | None) -> None:
    from datetime import UTC, datetime

    from accord.match import DEFAULT_THRESHOLD, explain
    from accord.match.report import build, render

    report = build(
        "link" if len(sources) == 2 else "dedupe",
        sources[0],
        sources[-1],
        found,
        explain=explanation or explain,
        threshold=DEFAULT_THRESHOLD,
        made=datetime.now(UTC),
    )
    page = render(report)
    if path == "-":
        click.echo(page, nl=False)
        return
    target = Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise InputError("match.write", f"cannot write {path}: {error.strerror}", "choose another place") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
