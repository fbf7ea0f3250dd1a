"""IATI activity files, version 1.01 to 2.03, packed by gzip or not, one activity at a time.

Invariants: memory does not grow with the file; a document type declaration is refused before anything else is read
(IATI has none, and entities are how XML attacks work), and nothing is ever fetched; a damaged or hostile file gives
nothing, and says where. What one activity says is read in `_iati`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.coverage._tables import DAMAGED, opened
from accord.coverage.plan import Source
from accord.coverage.read._iati import activity
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError


def read(source: Source) -> Book:
    """Read one file; raises `InputError` (`coverage.xml`, `coverage.xml-entities`) when it is damaged or hostile."""
    notes = Notes(source.file.name)
    activities = [activity(element, source, notes) for element in _elements(source)]
    return Book(tuple(activities), tuple(notes.problems))


def _elements(source: Source) -> Iterator[Any]:
    """Each `iati-activity` of the file; it is freed when the next is asked for."""
    from lxml import etree

    try:
        with opened(source.file) as file:
            events = etree.iterparse(
                file,
                events=("end",),
                tag="iati-activity",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                huge_tree=False,
                recover=False,
                remove_blank_text=True,
                remove_comments=True,
                remove_pis=True,
            )
            checked = False
            for _, element in events:
                if not checked:
                    _refuse_doctype(element, source)
                    checked = True
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
            if not checked and events.root is not None:
                _refuse_doctype(events.root, source)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise InputError(
            "coverage.xml",
            f"{source.file.name}:{line}: the XML is damaged or not allowed here",
            "ask its publisher for a valid file (https://validator.iatistandard.org checks one)",
        ) from error
    except DAMAGED as error:
        raise InputError("coverage.unreadable", f"{source.file.name} cannot be read", "check the file") from error


def _refuse_doctype(element: Any, source: Source) -> None:
    info = element.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise InputError(
            "coverage.xml-entities",
            f"{source.file.name} declares a document type, which could define entities; nothing of it was read",
            "an IATI file needs none: take the <!DOCTYPE …> out, or ask who sent the file",
        )
