"""The workbook that a programme officer fills: one line per activity, drop-downs where one word is wanted, a help page.

Invariant: what `write_template` writes, the `table` reader reads without a mapping.
"""

from __future__ import annotations

from pathlib import Path

from accord.coverage.classify import AREAS, FUNCTIONS
from accord.errors import InputError, UsageError

# column -> (width, what to write there); the order is the order of the sheet
COLUMNS: dict[str, tuple[int, str]] = {
    "id": (14, "Your own number of the activity. The same number twice for a partner is one activity."),
    "partner": (18, "The organisation whose activity it is. A joint activity: one line per organisation, same id."),
    "title": (48, "What it is called."),
    "description": (60, "What it does, in a few sentences, in your working language. No names of persons."),
    "areas": (30, "Crime areas, divided by |. Leave it empty to have them read from title and description."),
    "functions": (24, "What kind of work, divided by |. Leave it empty to have it read from the text."),
    "start": (13, "First day, month or year: 2024-03-01, 2024-03 or 2024."),
    "end": (13, "Last day, month or year. Empty: not known; then only its first year is sure."),
    "countries": (
        30,
        "Countries (code or name), divided by |, with a percentage where known: KEN:60|UGA:40. Regions too.",
    ),
    "joint_with": (24, "Other organisations that take part, divided by |."),
    "beneficiaries": (24, "Who it is for, such as: judges | border police."),
    "budget": (16, "A single amount, without thousands signs."),
    "currency": (10, "Three letters, such as USD."),
    "url": (36, "Where one can read about it."),
}
_ROWS = 2000


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
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Activities"
    sheet.append(list(COLUMNS))
    sheet.freeze_panes = "D2"
    for number, (width, _) in enumerate(COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    _help(book.create_sheet("Help"), Font(bold=True), Alignment(wrap_text=True, vertical="top"))
    words = book.create_sheet("Words")
    for row in zip(["areas", *AREAS], ["functions", *FUNCTIONS, *[""] * (len(AREAS) - len(FUNCTIONS))], strict=True):
        words.append(row)
    for column, letter, count in (("areas", "A", len(AREAS)), ("functions", "B", len(FUNCTIONS))):
        choice = DataValidation("list", formula1=f"Words!${letter}$2:${letter}${count + 1}", allow_blank=True)
        choice.showErrorMessage = False  # several words, divided by |, are allowed
        sheet.add_data_validation(choice)
        at = get_column_letter(list(COLUMNS).index(column) + 1)
        choice.add(f"{at}2:{at}{_ROWS}")
    try:
        book.save(path)
    except OSError as error:
        raise InputError(
            "coverage.write", f"{path} cannot be written: {error.strerror}", "give another place"
        ) from error


def _help(sheet: object, bold: object, wrapped: object) -> None:
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    sheet.append(["column", "what to write"])
    for column, (_, text) in COLUMNS.items():
        sheet.append([column, text])
    sheet.append(["areas", "The words: " + ", ".join(AREAS)])
    sheet.append(["functions", "The words: " + ", ".join(FUNCTIONS)])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 100
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = wrapped
            if cell.row == 1 or cell.column == 1:
                cell.font = bold
