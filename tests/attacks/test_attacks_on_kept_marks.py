"""Marks that were drawn are kept beside the holding: the thief, the insider, and the record that was removed."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from accord import exchange
from accord.errors import InputError
from accord.exchange import drawing
from accord.vault import Folder

from .conftest import desks_module

OURS = desks_module.OURS


@pytest.fixture
def desks(make: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(drawing, "_WORTH", 1)
    return make()


def files(party: Any) -> list[Path]:
    return [party.folder.path / "pages" / name for name in party.folder.paged_files("derived/")]


def test_attack_a_stolen_desk_searched_for_marks_that_a_dictionary_gives(desks: Any) -> None:
    """A mark is a hash without a key: whoever could read one could try names against it."""
    desks.ask()
    assert files(desks.unodc)
    guessed = [
        mark.digest for marks in exchange.marks_of(OURS, "asker", desks.unodc.largest).values() for mark in marks
    ]
    assert guessed
    for file in (path for path in desks.root.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not any(mark in content or mark.hex().encode() in content for mark in guessed), file


@pytest.mark.parametrize("change", ["remove", "revise"])
def test_attack_a_removed_record_found_in_kept_marks(desks: Any, change: str) -> None:
    desks.ask()
    (before,) = files(desks.unodc)
    if change == "remove":
        desks.unodc.holding.remove(["u1"])
    else:
        desks.unodc.holding.revise([desks.unodc.holding.get("u1")])
    assert not before.exists()


def test_attack_a_record_removed_while_its_marks_are_written(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The removal sweeps before the marks are there: who writes them looks again."""
    written, real = [0], Folder.write_pages

    @contextmanager
    def late(folder: Folder, name: str, key: bytes = b"") -> Any:
        if folder is desks.unodc.folder and name.startswith("derived/"):
            written[0] += 1
            desks.unodc.holding.remove(["u1"])
        with real(folder, name, key) as file:
            yield file

    monkeypatch.setattr(Folder, "write_pages", late)
    exchange.ask(desks.unodc, "interpol", "investigation", "case-7")
    assert (written, files(desks.unodc)) == ([1], [])


def test_attack_kept_marks_put_under_another_part(desks: Any) -> None:
    """An insider lets the rows of one part give the marks of another: nothing of it is taken, nor does it stay."""
    desks.ask()
    found = exchange.hits(desks.unodc)
    (mine,), (theirs,) = files(desks.unodc), files(desks.interpol)
    shutil.copyfile(mine, theirs)
    desks.ask()
    assert exchange.hits(desks.unodc) == found
    assert files(desks.interpol) == [theirs]
    assert theirs.read_bytes() != mine.read_bytes()


def test_kept_marks_that_rot_are_drawn_again(desks: Any) -> None:
    desks.ask()
    found = exchange.hits(desks.unodc)
    for file in (*files(desks.unodc), *files(desks.interpol)):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    desks.ask()
    assert exchange.hits(desks.unodc) == found


@pytest.mark.parametrize(
    "error",
    [InputError("desk.busy", "another command is writing", ""), OSError(errno.ENOSPC, "No space left on device")],
)
def test_a_question_goes_on_when_marks_cannot_be_kept(
    desks: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """What cannot be kept now is drawn again next time."""
    real = Folder.write_pages

    def busy(folder: Folder, name: str, key: bytes = b"") -> Any:
        if name.startswith("derived/"):
            raise error
        return real(folder, name, key)

    monkeypatch.setattr(Folder, "write_pages", busy)
    desks.ask()
    assert exchange.hits(desks.unodc)
    assert files(desks.unodc) == []
