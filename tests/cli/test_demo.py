"""The demo: each of its claims holds, and every line after `$` is a real command."""

from __future__ import annotations

import os
import re
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from accord.cli.demo import doors
from accord.cli.demo.stage import PASSWORD
from accord.cli.demo.story import Told, tell


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, list[str], Path]:
    lines: list[str] = []
    folder = tmp_path_factory.mktemp("demo")
    return tell(folder, lines.append), lines, folder


def test_it_finds_what_is_truly_shared_and_nothing_else(played: tuple[Told, list[str], Path]) -> None:
    told, _, _ = played
    assert told.truly_shared >= 25
    assert (told.found, told.wrong) == (told.truly_shared, 0)


def test_namesakes_and_protected_persons_stay_out(played: tuple[Told, list[str], Path]) -> None:
    told, _, _ = played
    assert (told.namesakes_found, told.protected_found) == (0, 0)


def test_no_name_can_be_read_in_a_message(played: tuple[Told, list[str], Path]) -> None:
    told, _, folder = played
    assert told.names_in_messages == 0
    assert len(list((folder / "post").iterdir())) == 10


def test_the_released_fields_are_those_of_the_partner(played: tuple[Told, list[str], Path]) -> None:
    told, _, _ = played
    assert any("associate of a designated person" in text for text in told.read)
    assert any("reported lost" in text for text in told.read)


def test_what_the_accord_forbids_was_refused(played: tuple[Told, list[str], Path]) -> None:
    told, lines, _ = played
    assert told.refusals == 4
    assert sum("(exit code 4)" in line for line in lines) == 4


def test_the_map_has_all_five_states(played: tuple[Told, list[str], Path]) -> None:
    told, _, folder = played
    assert set(told.squares) == {"covered", "overlapping", "gap", "unknown", "not-needed"}
    assert (folder / "map.html").stat().st_size > 10_000


def test_both_ledgers_verify(played: tuple[Told, list[str], Path]) -> None:
    told, _, _ = played
    assert told.ledgers_verified == 2


def test_the_recalled_value_is_in_no_byte_of_the_asker_desk(played: tuple[Told, list[str], Path]) -> None:
    _, _, folder = played
    for file in (folder / "unite").rglob("*"):
        if file.is_file():
            assert b"associate of a designated person" not in file.read_bytes()


def test_the_desks_stand_open_in_the_middle_of_a_conversation(played: tuple[Told, list[str], Path]) -> None:
    """After the story: real accounts sign in over HTTP at both desks, and something waits at each."""
    _, _, folder = played
    said: list[str] = []
    doors.go_on(folder, said.append)
    with doors.open_doors(folder) as open_now:
        assert [door.party for door in open_now] == ["unite", "ipol"]
        for door in open_now:
            assert "Compare" in _signed_in(door.address, doors.PEOPLE[door.party][0])
            assert "for somebody else" in _signed_in(door.address, doors.PEOPLE[door.party][1])


def test_a_demo_that_is_asked_to_end_takes_its_desks_along(played: tuple[Told, list[str], Path]) -> None:
    _, _, folder = played
    addresses: list[str] = []

    def ended() -> None:
        with doors.open_doors(folder) as open_now:
            addresses.extend(door.address for door in open_now)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        ended()
    for address in addresses:
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"{address}sign-in", timeout=5)


def _signed_in(address: str, name: str) -> str:
    """The page that a person sees after signing in."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    token = re.search(r'name="token" value="(\w+)"', opener.open(f"{address}sign-in").read().decode())
    assert token is not None
    fields = {"name": name, "password": PASSWORD, "token": token[1]}
    return str(opener.open(f"{address}sign-in", urllib.parse.urlencode(fields).encode()).read().decode())
