"""`accord match screen`: one name, one record, or a file of them, against a holding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.match._options import Probability, writable
from accord.cli.output import json_option, progress, read_passphrase, say, write_rows
from accord.errors import InputError, UsageError, several

if TYPE_CHECKING:
    from accord.match.screen import Index, Query
    from accord.records import Entity

LONGEST_NAME = 1_000
ROWS = ["left", "right", "score", "match", "left_name", "right_name"]
_MAPPING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("screen")
@click.argument("query")
@click.argument("holding", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--index",
    "index_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the index of the holding in this file, so that the next question is answered at once.",
)
@click.option("--mapping", metavar="FILE", type=_MAPPING, help="How the columns of a table map to properties (.toml).")
@click.option("--out", metavar="FILE", callback=writable, help="Write the rows to a file (.jsonl, .csv, ...).")
@click.option(
    "--threshold",
    metavar="P",
    type=Probability(),
    help="Tell all records from this probability on.  [default: matches only]",
)
@json_option
def screen_query(
    query: str,
    holding: Path,
    *,
    index_file: Path | None,
    mapping: Path | None,
    out: str | None,
    threshold: float | None,
    as_json: bool,
) -> None:
    """Is this name or record in a holding?

    QUERY is a name, a record as JSON, or a file of records (- for stdin); HOLDING is a file, or a desk folder.
    Of the names of two records, those are shown that agree best.

    \b
    accord match screen "Amina Diallo" list.jsonl
    accord match screen "Амина Диалло" list.jsonl --index list.index
    """
    from accord.match import DEFAULT_THRESHOLD
    from accord.match.screen import screen
    from accord.records import write_table

    least = DEFAULT_THRESHOLD if threshold is None else threshold
    asked = 0

    def rows(index: Index) -> Iterator[dict[str, object]]:
        nonlocal asked
        for one in _queries(query, mapping):
            asked += 1
            for hit in screen(one, index, threshold=least):
                names = hit.match.names or (one.entity.caption, hit.name)
                yield {**hit.match.to_dict(DEFAULT_THRESHOLD), **dict(zip(ROWS[-2:], names, strict=True))}

    with _index(holding, mapping, index_file) as index:
        if out is None or out == "-":
            write_rows(rows(index), ROWS, as_json or out == "-", "No possible match.")
        else:
            write_table(out, rows(index), ROWS)
            say(f"written: {out}")
        if asked > 1:
            say(f"asked for {several(asked, 'record')} among {len(index):,}")


def _queries(query: str, mapping: Path | None) -> Iterator[Query]:
    from accord.match.screen import Query, named

    if query.lstrip().startswith("{"):
        yield Query(_entity(query))
    elif query == "-" or (len(query) <= LONGEST_NAME and Path(query).is_file()):
        table = (
            mapping if query != "-" and Path(query).suffix.lower() in (".csv", ".tsv", ".xlsx", ".parquet") else None
        )
        yield from (Query(entity) for entity in _read(query, table))
    elif len(query) > LONGEST_NAME:
        raise UsageError(
            "screen.query", f"a name of {len(query):,} letters is none", "give a name, or a file of records"
        )
    elif any(letter.isalnum() for letter in query):
        yield named(" ".join(query.split()))
    else:
        remedy = "give a name, a record as JSON, or a file of records"
        raise UsageError("screen.query", "the name has no letter or digit, so nothing can be compared with it", remedy)


def _read(path: Path | str, mapping: Path | None) -> Iterator[Entity]:
    from accord.records import read_entities

    try:
        yield from read_entities(path, mapping, say=say)
    except InputError as error:
        if error.code == "records.invalid":  # its remedy names an option that only `records load` has
            error.remedy = "mend the lines named and run again"
        raise


def _entity(text: str) -> Entity:
    import orjson

    from accord.records import Entity

    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        remedy = 'write {"schema": "Person", "properties": {"name": ["…"]}}'
        raise UsageError("screen.query", "the record is not JSON", remedy) from None
    return Entity.from_dict({"id": "query", **given})


@contextmanager
def _index(holding: Path, mapping: Path | None, file: Path | None) -> Iterator[Index]:
    """The index kept of this holding as it stands; else a new one, kept for the next question where that is safe."""
    if holding.is_dir():
        if file is not None:
            remedy = "leave --index out: the desk keeps an index of its own, encrypted"
            raise UsageError("screen.desk", "an index file of a desk folder would hold its records unencrypted", remedy)
        with _desk_index(holding) as index:
            yield index
    else:
        yield _file_index(holding, mapping, file)


def _file_index(holding: Path, mapping: Path | None, file: Path | None) -> Index:
    from accord.match.screen import build, open_file, write_file
    from accord.records import merge

    made_of = _fingerprint(holding, mapping)
    if file is not None and file.exists():
        kept = open_file(file)
        if kept.made_of == made_of:
            return kept
        say(f"{holding.name} has changed: it is indexed anew")
    entities = merge(_told(_read(holding, mapping), holding.name))
    if file is None:
        return build(entities, made_of)
    write_file(file, entities, made_of)
    say(f"written: {file} (it holds what {holding.name} says: keep it as safe as that file)")
    return open_file(file)


@contextmanager
def _desk_index(folder: Path) -> Iterator[Index]:
    """The index of a desk's records, kept in the desk, encrypted, until the records change."""
    from accord.match.screen import open_index, write_index
    from accord.records import Holding
    from accord.vault import Folder

    desk = Folder.open(folder, read_passphrase())
    try:
        with desk.lock():
            holding = Holding(desk)
            name = holding.derived(f"screen-{_version()}")
            if name not in desk.paged_files(name):
                entities = (held.entity for held in holding.iterate())
                with desk.write_pages(name) as pages:
                    write_index(pages, _told(entities, folder.name), name)
            kept = desk.open_pages(name)
        try:
            yield open_index(kept)
        finally:
            kept.close()
    finally:
        desk.close()


def _fingerprint(holding: Path, mapping: Path | None) -> str:
    """Of which file, as it stands, an index was made: sizes and times of change."""
    parts = [_version()]
    for path in (holding, mapping):
        if path is not None:
            stat = path.stat()
            parts.append(f"{path.resolve().name}:{stat.st_size}:{stat.st_mtime_ns}")
    return "|".join(parts)


def _version() -> str:
    """The version of this program, with nothing in it that a name in a desk folder may not have."""
    from accord import __version__

    return "".join(letter if letter.isalnum() else "-" for letter in __version__.lower())


def _told(entities: Iterable[Entity], name: str) -> Iterator[Entity]:
    with progress(f"Indexing {name}") as advance:
        for entity in entities:
            yield entity
            advance(1)
