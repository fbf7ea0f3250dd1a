"""The consolidated list of the UN Security Council (XML) -> one entity a listing.

Invariants: an element is held only until it is read; a document type is refused before any of it counts, so that no
entity is expanded, and nothing is fetched; comments stay whole in `notes`. Field names: the list's own schema,
sc-sanctions.xsd.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.errors import InputError, Problem
from accord.records._source import Source
from accord.records.clean import date
from accord.records.model import Entity
from accord.records.report import Report

_ROOT = "CONSOLIDATED_LIST"
_SCHEMATA = {"INDIVIDUAL": "Person", "ENTITY": "Organization"}
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
_WEAK, _FORMER = {"low"}, {"f.k.a.", "fka", "formerly known as"}
_LONGEST_RANGE_YEARS = 10
_Values = dict[str, list[str]]


def is_un(head: bytes) -> bool:
    """Whether an XML file that begins so is the list."""
    return f"<{_ROOT}".encode() in head or f"<{_ROOT}".encode("utf-16-le") in head


def un_entities(source: Source, report: Report) -> Iterator[tuple[int, Entity]]:
    """Each listing with its line. Raises `InputError` `records.xml` for a damaged or hostile file."""
    from lxml import etree

    report.say(f"{source.name}: read as the consolidated list of the UN Security Council")
    try:
        for event, element in etree.iterparse(
            source, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
        ):
            if event == "start":
                if element.getparent() is None:
                    _refuse_document_type(element, source.name)
                continue
            if element.tag not in _SCHEMATA or element.getparent().tag not in ("INDIVIDUALS", "ENTITIES"):
                continue
            entity = _entity(element)
            if entity is None:
                remedy = "download the list again"
                message = "a listing without a name or a reference number"
                report.problem(Problem("records.row", message, remedy, source.name, element.sourceline))
            else:
                yield element.sourceline, entity
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        remedy = "download it again; it was cut short or changed"
        problem = Problem("records.xml", "the XML does not hold together here", remedy, source.name, error.lineno)
        raise InputError("records.xml", f"{source.name} is damaged", remedy, [problem]) from None


def _refuse_document_type(root: Any, name: str) -> None:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise InputError(
            "records.xml",
            f"{name} declares a document type, which could define entities; nothing of it was read",
            "download the list again from its publisher: it has none",
        )


def _entity(element: Any) -> Entity | None:
    number, data_id = _text(element, "REFERENCE_NUMBER"), _text(element, "DATAID")
    name = " ".join(part for tag in _NAMES if (part := _text(element, tag)))
    if not name or not (number or data_id):
        return None
    schema = _SCHEMATA[element.tag]
    names = name.split(" ; ") if schema == "Organization" else [name]
    found: _Values = {"name": names[:1], "alias": names[1:]}
    _put(found, "name", _text(element, "NAME_ORIGINAL_SCRIPT"))
    _aliases(element, found)
    for address in element.iterfind(f"{element.tag}_ADDRESS"):
        parts = [part for tag in _ADDRESS if (part := _text(address, tag))]
        _put(found, "country", _text(address, "COUNTRY"))
        if parts and parts != [_text(address, "COUNTRY")]:
            _put(found, "address", ", ".join(parts))
        _put(found, "notes", _text(address, "NOTE"))
    if schema == "Person":
        _person(element, found)
    found["topics"] = ["sanction"]
    _put(found, "program", _text(element, "UN_LIST_TYPE"))
    _put(found, "createdAt", _text(element, "LISTED_ON"))
    for day in element.iterfind("LAST_DAY_UPDATED/VALUE"):
        _put(found, "modifiedAt", _words(day))
    _put(found, "notes", _text(element, "COMMENTS1"))
    properties = {prop: tuple(values) for prop, values in found.items() if values}
    return Entity(f"un-{number or data_id}", schema, properties)


def _aliases(element: Any, found: _Values) -> None:
    for alias in element.iterfind(f"{element.tag}_ALIAS"):
        quality = (_text(alias, "QUALITY") or "").casefold()
        prop = "weakAlias" if quality in _WEAK else "previousName" if quality in _FORMER else "alias"
        for one in (_text(alias, "ALIAS_NAME") or "").split(";"):
            _put(found, prop, one.strip())
        born = _text(alias, "DATE_OF_BIRTH")
        if born and date(born):
            _put(found, "birthDate", born)


def _person(element: Any, found: _Values) -> None:
    for tag, prop in (("TITLE", "title"), ("DESIGNATION", "position"), ("NATIONALITY", "nationality")):
        for value in element.iterfind(f"{tag}/VALUE"):
            _put(found, prop, _words(value))
    _put(found, "gender", (_text(element, "GENDER") or "").casefold())
    for born in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        for day in _birth_dates(born):
            _put(found, "birthDate", day)
    for place in element.iterfind("INDIVIDUAL_PLACE_OF_BIRTH"):
        parts = [part for tag in ("CITY", "STATE_PROVINCE", "COUNTRY") if (part := _text(place, tag))]
        _put(found, "birthPlace", ", ".join(parts))
        _put(found, "birthCountry", _text(place, "COUNTRY"))
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        kind = " ".join(_text(document, tag) or "" for tag in ("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2"))
        prop = "passportNumber" if "passport" in kind.casefold() else "idNumber"
        _put(found, prop, _text(document, "NUMBER"))
        said = (_words(part) for part in document if part.tag != "NUMBER")
        _put(found, "notes", ", ".join(part for part in said if part))


def _birth_dates(born: Any) -> list[str]:
    """One date as exact as it is given; for a range of years all of them, if they are few."""
    note, first, last = (_text(born, tag) for tag in ("NOTE", "FROM_YEAR", "TO_YEAR"))
    if single := _text(born, "DATE") or _text(born, "YEAR"):
        return [single]
    if first and last and first.isdecimal() and last.isdecimal():
        years = range(int(first), int(last) + 1)
        return [str(year) for year in years] if len(years) <= _LONGEST_RANGE_YEARS else [first, last]
    return [note] if note and date(note) else []


def _put(found: _Values, prop: str, value: str | None) -> None:
    if value and value not in found.setdefault(prop, []):
        found[prop].append(value)


def _text(element: Any, tag: str) -> str | None:
    child = element.find(tag)
    return None if child is None else _words(child)


def _words(element: Any) -> str | None:
    """The text of an element in one line; "na" stands for nothing in this list."""
    text = " ".join((element.text or "").split())
    return None if text.casefold() in ("", "na", "n/a") else text
