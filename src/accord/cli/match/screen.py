"""`accord match screen`: one name, one record, or a file of them, against a holding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accord.cli.match._options import writable
from accord.cli.output import json_option, progress, read_passphrase, say, say_detected, write_rows
from accord.errors import UsageError

if TYPE_CHECKING:
    from accord.match.screen import Index, Query
    from accord.records import Entity

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
    type=click.FloatRange(0, 1),
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

    \b
    accord match screen "Amina Diallo" list.jsonl
    accord match screen "Амина Диалло" list.jsonl --index list.index
    """
    from accord.match import DEFAULT_THRESHOLD
    from accord.match.screen import screen
    from accord.records import write_table

    index = _index(holding, mapping, index_file)
    least = DEFAULT_THRESHOLD if threshold is None else threshold
    asked = 0

    def rows() -> Iterator[dict[str, object]]:
        nonlocal asked
        for one in _queries(query, mapping):
            asked += 1
            for hit in screen(one, index, threshold=least):
                names = {"left_name": one.entity.caption, "right_name": hit.name}
                yield {**hit.match.to_dict(DEFAULT_THRESHOLD), **names}

    if out is None or out == "-":
        write_rows(rows(), ROWS, as_json or out == "-", "No possible match.")
    else:
        write_table(out, rows(), ROWS)
        say(f"written: {out}")
    if asked > 1:
        say(f"asked for {asked:,} records among {len(index):,}")


def _queries(query: str, mapping: Path | None) -> Iterator[Query]:
    from accord.match.screen import Query, named
    from accord.records import read_entities

    if query.lstrip().startswith("{"):
        yield Query(_entity(query))
    elif query == "-" or Path(query).is_file():
        table = (
            mapping if query != "-" and Path(query).suffix.lower() in (".csv", ".tsv", ".xlsx", ".parquet") else None
        )
        yield from (Query(entity) for entity in read_entities(query, table, say=say_detected))
    elif query.strip():
        yield named(" ".join(query.split()))
    else:
        raise UsageError("screen.query", "the name is empty", "give a name, a record as JSON, or a file of records")


def _entity(text: str) -> Entity:
    import orjson

    from accord.records import Entity

    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        remedy = 'write {"schema": "Person", "properties": {"name": ["…"]}}'
        raise UsageError("screen.query", "the record is not JSON", remedy) from None
    return Entity.from_dict({"id": "query", **given})


def _index(holding: Path, mapping: Path | None, file: Path | None) -> Index:
    """The index kept in `file` if it is of this holding as it stands; else a new one, kept there."""
    from accord.match.screen import build, open_index, write_index

    if holding.is_dir():
        if file is not None:
            remedy = "leave --index out: a desk's records never lie on the disk in the clear"
            raise UsageError("screen.desk", "an index of a desk folder would hold its records unencrypted", remedy)
        return build(_told(_desk_records(holding), holding.name))
    made_of = _fingerprint(holding, mapping)
    if file is not None and file.exists():
        kept = open_index(file)
        if kept.made_of == made_of:
            return kept
        say(f"{holding.name} has changed: it is indexed anew")
    from accord.records import merge, read_entities

    index = build(merge(_told(read_entities(holding, mapping, say=say_detected), holding.name)), made_of)
    if file is not None:
        write_index(file, index)
        say(f"written: {file} (it holds the records of {holding.name}: keep it as safe as that file)")
    return index


def _fingerprint(holding: Path, mapping: Path | None) -> str:
    """Of which file, as it stands, an index was made: sizes and times of change."""
    from accord import __version__

    parts = [__version__]
    for path in (holding, mapping):
        if path is not None:
            stat = path.stat()
            parts.append(f"{path.resolve().name}:{stat.st_size}:{stat.st_mtime_ns}")
    return "|".join(parts)


def _desk_records(folder: Path) -> Iterator[Entity]:
    from accord.records import Holding
    from accord.vault import Folder

    desk = Folder.open(folder, read_passphrase())
    try:
        yield from (held.entity for held in Holding(desk).iterate())
    finally:
        desk.close()


def _told(entities: Iterable[Entity], name: str) -> Iterator[Entity]:
    with progress(f"Indexing {name}") as advance:
        for entity in entities:
            yield entity
            advance(1)
