"""Large encrypted files: any slice reads true, and nothing that was altered reads at all."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError, TrustError
from accord.vault import TESTS, Folder
from accord.vault._pages import PAGE_BYTES, Pages, PageWriter

KEY = bytes(range(32))
SEALED = PAGE_BYTES + 16


def sealed(data: bytes, name: str = "index", key: bytes = KEY) -> bytes:
    file = io.BytesIO()
    with PageWriter(file, name, key) as writer:
        for start in range(0, len(data), 5_000):
            writer.write(data[start : start + 5_000])
    return file.getvalue()


DATA = random.Random(1).randbytes(3 * PAGE_BYTES + 100)
FILE = sealed(DATA)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(DATA)), st.integers(0, len(DATA)))
def test_slices_are_those_of_the_plaintext(start: int, stop: int) -> None:
    pages = Pages(io.BytesIO(FILE), "index", KEY)
    assert len(pages) == len(DATA)
    assert pages[start:stop] == DATA[start:stop]


@pytest.mark.parametrize("size", [0, 1, PAGE_BYTES - 1, PAGE_BYTES, PAGE_BYTES + 1, 2 * PAGE_BYTES])
def test_all_sizes_come_back(size: int) -> None:
    pages = Pages(io.BytesIO(sealed(DATA[:size])), "index", KEY)
    assert pages[: len(pages)] == DATA[:size]


@pytest.mark.parametrize("left", [0, 10, 24, 24 + SEALED, 24 + 2 * SEALED, 24 + 3 * SEALED, len(FILE) - 1])
def test_attack_a_cut_file_does_not_open(left: int) -> None:
    with pytest.raises(TrustError) as caught:
        Pages(io.BytesIO(FILE[:left]), "index", KEY)
    assert caught.value.code == "vault.pages"


def test_attack_pages_exchanged_or_altered_do_not_read() -> None:
    first, second = FILE[24 : 24 + SEALED], FILE[24 + SEALED : 24 + 2 * SEALED]
    swapped = FILE[:24] + second + first + FILE[24 + 2 * SEALED :]
    flipped = bytearray(FILE)
    flipped[24 + 100] ^= 1
    for data in (swapped, bytes(flipped)):
        pages = Pages(io.BytesIO(data), "index", KEY)
        with pytest.raises(TrustError):
            pages[0:10]


def test_attack_a_file_under_another_name_or_key_does_not_open() -> None:
    for name, key in (("other", KEY), ("index", bytes(32))):
        with pytest.raises(TrustError):
            Pages(io.BytesIO(FILE), name, key)


@pytest.mark.parametrize("looks", [0, 1])
def test_a_file_that_another_command_removes_while_names_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """Gone before it is looked at, or right after."""
    folder = Folder.create(tmp_path / "desk", "seven grey herons", cost=TESTS)
    for name in ("derived/a", "derived/b", "derived/c"):
        with folder.write_pages(name) as pages:
            pages.write(b"some")
        os.utime(folder.path / "pages" / name, (0, 0))
    real, seen = Path.stat, []

    def raced(path: Path, **how: Any) -> Any:
        seen.extend([path] * (path.name == "b"))
        if len(seen) > looks:
            path.with_name("b").unlink(missing_ok=True)
        return real(path, **how)

    monkeypatch.setattr(Path, "stat", raced)
    assert folder.paged_files("derived/", 60) == ["derived/a", *["derived/b"] * looks, "derived/c"]


def test_a_folder_keeps_large_files_unread_and_unreadable_without_it(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "desk", "seven grey herons", cost=TESTS)
    with folder.write_pages("derived/a") as pages:
        pages.write(b"Zebulon Quackenbush" * 5_000)
    assert folder.paged_files("derived/") == ["derived/a"]
    assert folder.open_pages("derived/a")[:19] == b"Zebulon Quackenbush"
    assert not any(b"Quackenbush" in path.read_bytes() for path in folder.path.rglob("*") if path.is_file())
    half = folder.write_pages("derived/b")
    half.__enter__().write(b"half")
    assert not half.__exit__(RuntimeError, RuntimeError("killed"), None)
    assert folder.paged_files() == ["derived/a"]
    folder.remove("derived/a")
    with pytest.raises(InputError):
        folder.open_pages("derived/a")
