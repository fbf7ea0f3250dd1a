"""The workbook that a programme officer fills: one line per activity, drop-downs where one word is wanted, checks that
colour what is amiss, and a page of help in three languages.

Invariants: what `write_template` writes, the `table` reader reads without a mapping; a check never refuses a line, it
only shows it, except an amount that is no number and a currency that is none.

>>> list(columns())[:3]
['id', 'partner', 'title']
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from accord.coverage import places
from accord.coverage.classify import AREAS, FUNCTIONS
from accord.errors import InputError, UsageError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LANGUAGES = {"en": "what to write", "fr": "quoi écrire", "es": "qué escribir"}
_ROWS = 2000
_PALE_RED = "FFF4CCCC"
_EXAMPLE = (
    *("T-12", "UNODC", "Training of judges", "Two courses on trafficking in persons", "trafficking-in-persons"),
    *("capacity-building", "2024-03", "2024-11", "KEN:60|UGA:40", "INTERPOL", "judges", "120000", "USD", ""),
)


@cache
def columns() -> dict[str, dict[str, str | int]]:
    """Each column with its width and its help text by language, in the order of the sheet."""
    text = (files("accord.coverage") / "template.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def write_template(path: Path) -> None:
    """Write the empty workbook.

    Raises `UsageError` (`coverage.template-name`) when the name says no workbook, `InputError` (`coverage.write`) when
    the place cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            "coverage.template-name", "a template is a workbook (.xlsx)", "name it such as activities.xlsx"
        )
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Activities"
    sheet.append(list(columns()))
    sheet.freeze_panes = "D2"
    for number, (name, column) in enumerate(columns().items(), start=1):
        sheet.column_dimensions[_letter(name)].width = int(column["width"])
        sheet.cell(1, number).font = Font(bold=True)
    for name in ("start", "end"):
        sheet.column_dimensions[_letter(name)].number_format = "@"  # 2024-03 stays what was typed
    _help(book.create_sheet("Help"))
    _words(book.create_sheet("Words"))
    _choices(sheet)
    _checks(sheet)
    try:
        book.save(path)
    except OSError as error:
        raise InputError(
            "coverage.write", f"{path} cannot be written: {error.strerror}", "give another place"
        ) from error


def _letter(column: str) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(list(columns()).index(column) + 1))


def _words(sheet: Worksheet) -> None:
    """The words of the drop-downs, one column each."""
    lists = (
        ["areas", *AREAS],
        ["functions", *FUNCTIONS],
        ["countries", *sorted(map(places.name, places.COUNTRIES))],
    )
    for number, words in enumerate(lists, start=1):
        for row, word in enumerate(words, start=1):
            sheet.cell(row, number, word)


def _choices(sheet: Worksheet) -> None:
    """Drop-downs that suggest (several words, divided by |, may be typed), and the two cells that insist."""
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, letter, count in (
        ("areas", "A", len(AREAS)),
        ("functions", "B", len(FUNCTIONS)),
        ("countries", "C", len(places.COUNTRIES)),
    ):
        choice = DataValidation("list", formula1=f"Words!${letter}$2:${letter}${count + 1}", allow_blank=True)
        choice.showErrorMessage = False
        _apply(sheet, choice, column)
    amount = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    amount.error, amount.errorTitle = "A single amount: 250000", "budget"
    _apply(sheet, amount, "budget")
    cell = f"{_letter('currency')}2"
    currency = DataValidation("custom", formula1=f"AND(LEN({cell})=3,EXACT({cell},UPPER({cell})))", allow_blank=True)
    currency.error, currency.errorTitle = "Three capital letters, such as USD", "currency"
    _apply(sheet, currency, "currency")
    for column, texts in columns().items():
        if column not in {"areas", "functions", "countries", "budget", "currency"}:
            _apply(sheet, DataValidation(), column, str(texts["en"]))


def _apply(sheet: Worksheet, rule: object, column: str, prompt: str = "") -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    assert isinstance(rule, DataValidation)
    rule.showInputMessage = True
    rule.promptTitle, rule.prompt = column, prompt or str(columns()[column]["en"])
    sheet.add_data_validation(rule)
    rule.add(f"{_letter(column)}2:{_letter(column)}{_ROWS}")


def _checks(sheet: Worksheet) -> None:
    """Colour what is missing or cannot be: no title or country, an end before the start, money without a currency."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill

    at = {name: f"${_letter(name)}2" for name in columns()}
    wrong = {
        "title": f'AND({at["title"]}="",COUNTA($A2:${_letter("url")}2)>0)',
        "end": f'AND({at["start"]}<>"",{at["end"]}<>"",LEFT({at["end"]},4)<LEFT({at["start"]},4))',
        "currency": f'AND({at["budget"]}<>"",{at["currency"]}="")',
        "countries": f'AND({at["countries"]}="",{at["title"]}<>"")',
    }
    fill = PatternFill(start_color=_PALE_RED, end_color=_PALE_RED, fill_type="solid")
    for column, formula in wrong.items():
        letter = _letter(column)
        sheet.conditional_formatting.add(f"{letter}2:{letter}{_ROWS}", FormulaRule(formula=[formula], fill=fill))


def _help(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append(["column", *_LANGUAGES.values(), "example"])
    for (column, texts), example in zip(columns().items(), _EXAMPLE, strict=True):
        sheet.append([column, *(texts[language] for language in _LANGUAGES), example])
    sheet.append([])
    sheet.append(["red cell", "Something is missing or cannot be.", "Il manque quelque chose, ou c'est impossible."])
    sheet.cell(sheet.max_row, 4, "Falta algo, o no puede ser.")
    for kind, words in (("areas", AREAS), ("functions", FUNCTIONS)):
        for word, meaning in words.items():
            sheet.append([kind, f"{word}: {meaning}"])
    sheet.column_dimensions["A"].width = 16
    for letter in "BCDE":
        sheet.column_dimensions[letter].width = 52
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row == 1 or cell.column == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
