"""A desk whose state lies on a server, with nothing else in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from accord.arrangement import NewParty, create_desk, keys
from accord.arrangement.model import Contact
from accord.ledger import Log
from accord.vault import TESTS, Folder

PASSWORD = "seven wet stones by the ferry"
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DESK_PASSPHRASE = "correct horse battery staple"


def a_desk(path: Path, url: str) -> Folder:
    return create_desk(path, PASSWORD, NewParty("desk", "Desk", Contact("Desk")), cost=TESTS, state=url)


def log_of(folder: Folder) -> Log:
    own = keys(folder)
    return Log(folder.engine(), own.sign, own.party)
