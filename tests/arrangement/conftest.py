"""Two desks, a third body and a signed accord between them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from accord.arrangement import (
    Accord,
    Action,
    Request,
    Signer,
    Terms,
    approve,
    assess,
    card,
    create_desk,
    demand,
    draft,
    identify,
    signer,
)
from accord.arrangement.desk import NewParty
from accord.arrangement.document import read_document
from accord.arrangement.model import Contact
from accord.arrangement.statement import QUESTIONS
from accord.ledger import Envelope, SigningKey
from accord.vault import TESTS, Folder

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 24)
THIRD_KEY = SigningKey.from_bytes(b"third body key, 32 bytes of it..")


@dataclass(frozen=True)
class World:
    """The accord, and everybody who may sign."""

    text: str
    accord: Accord
    analyst_a: Signer
    approver_a: Signer
    analyst_b: Signer
    approver_b: Signer
    folders: dict[str, Folder]
    third_key: SigningKey = THIRD_KEY

    def request(self, **changes: object) -> Request:
        """unit-b's analyst asks for name and birth date of a record of unit-a."""
        usual = Request(
            Action.RELEASE, "unit-a", "unit-b", "Person", ("name", "birthDate"), "investigation",
            record="c0ffee", requester="unit-b/analyst", terms=Terms(handling=frozenset({"tlp:AMBER"})),
        )  # fmt: skip
        return replace(usual, **changes)  # type: ignore[arg-type]

    def evidence(self, request: Request) -> dict[str, Envelope]:
        """Everything that a release needs, from the right persons."""
        return {
            "demand": demand(request, self.accord, self.analyst_b, NOW),
            "identity": identify(request, self.accord, self.analyst_a, NOW, "same"),
            "assessment": assess(request, self.accord, self.analyst_a, NOW, dict.fromkeys(QUESTIONS, "no")),
            "approval": approve(request, self.accord, self.approver_a, NOW),
        }

    def ready(self, **changes: object) -> Request:
        """A release that the accord permits."""
        request = self.request(**changes)
        return replace(request, evidence=tuple(self.evidence(request).values()))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    root: Path = tmp_path_factory.mktemp("desks")
    folders = {
        name: create_desk(
            root / name, "pass", NewParty(name, name.upper(), Contact("Office", f"o@{name}.example")), cost=TESTS
        )
        for name in ("unit-a", "unit-b", "unit-c")
    }
    text = draft([card(folder) for folder in folders.values()], TODAY)
    text += f'\n[[third_body]]\nid = "bureau-x"\nname = "Bureau X"\nkey = "{THIRD_KEY.verify_key}"\n'
    text += '\n[[third_body]]\nid = "bureau-y"\nname = "Bureau Y"\n'
    return World(
        text,
        read_document(text).accord,
        signer(folders["unit-a"], "analyst"),
        signer(folders["unit-a"], "approver"),
        signer(folders["unit-b"], "analyst"),
        signer(folders["unit-b"], "approver"),
        folders,
    )
