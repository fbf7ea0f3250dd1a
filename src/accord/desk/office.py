"""One open desk that people work at: the folder, the party under its accord, accounts, sessions, and the plan of a map.

Invariants: the desk's passphrase was asked once and is not kept; an officer's own passphrase is never kept at all; the
accord is looked up again when another one was adopted meanwhile.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from accord.arrangement import DeskKeys, adopted, keys
from accord.desk.accounts import Account, Accounts
from accord.desk.choices import Choices
from accord.desk.labels import Labels
from accord.desk.loading import Loading
from accord.desk.maps import Maps
from accord.desk.passkeys import Passkeys
from accord.desk.sessions import Sessions
from accord.desk.tokens import Tokens
from accord.engine import available
from accord.errors import InputError, UsageError
from accord.exchange import Party, sweep_daily
from accord.exchange.party import Clock, Randomness, now_utc
from accord.ledger import Log
from accord.records import Holding
from accord.review import Finder, Queue
from accord.vault import STRONG, Cost, Folder

if TYPE_CHECKING:
    import datetime as dt


@dataclass(slots=True)
class Office:
    """An open desk. `maps` draws the map of its coverage.toml, if any; `holding` keeps names in memory;
    `queue` has the pairs to review, `finder` looks for more, `loading` takes files in.
    """

    folder: Folder
    keys: DeskKeys
    accounts: Accounts
    tokens: Tokens
    choices: Choices
    passkeys: Passkeys
    sessions: Sessions
    clock: Clock
    randomness: Randomness
    maps: Maps
    holding: Holding
    queue: Queue
    finder: Finder
    loading: Loading
    shown: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)  # (pair, account): since when it is shown
    _party: Party | None = field(default=None, repr=False)
    _swept: dt.date | None = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        path: Path,
        passphrase: str,
        *,
        plan: Path | None = None,
        clock: Clock = now_utc,
        randomness: Randomness = os.urandom,
        cost: Cost = STRONG,
    ) -> Office:
        """Open the desk folder at `path`; raises what `Folder.open` raises."""
        folder = Folder.open(path, passphrase)
        accounts, holding, own = Accounts(folder, cost), Holding(folder, remember=True), keys(folder)
        log = Log(folder.engine(), own.sign, own.party)
        queue = Queue(folder, log, clock)
        return cls(
            folder, own, accounts, Tokens(folder, accounts), Choices(folder), Passkeys(folder, accounts, log),
            Sessions(), clock, randomness, Maps(plan, Labels(folder, log, clock)), holding, queue,
            Finder(holding, queue), Loading(holding, log, clock),
        )  # fmt: skip

    @property
    def now(self) -> dt.datetime:
        """The time by this desk's clock."""
        return self.clock()

    @property
    def log(self) -> Log:
        """The ledger of this desk."""
        return Log(self.folder.engine(), self.keys.sign, self.keys.party)

    @property
    def party(self) -> Party:
        """This desk under the accord that it works under now; what is over by its date ends at the first look of a day.

        Raises `UsageError` `arrangement.none`.
        """
        accord = adopted(self.folder)
        if self._party is None:
            self._party = Party(
                self.keys.party, self.folder, accord, self.keys.sign, self.keys.decrypt, self.log, self.holding,
                self.clock, self.randomness, available(),
            )  # fmt: skip
        elif self._party.accord.digest != accord.digest:
            self._party = replace(self._party, accord=accord)
        self._swept = sweep_daily(self._party, self._swept)
        return self._party

    def acting(self, account: Account) -> Party:
        """The party with that account at work, which the log then names."""
        return replace(self.party, account=account.name)

    @property
    def has_accord(self) -> bool:
        """Whether an accord was adopted yet."""
        try:
            return self.party is not None
        except UsageError:
            return False

    def signing(self, account: Account, passphrase: str = "") -> tuple[Party, str]:
        """The party with that account's officer ready to sign, and the officer's name.

        `passphrase` is of the officer's own key and is forgotten with the party returned. Raises `InputError`
        `account.signs` when the account has no officer.
        """
        if not account.officer:
            raise InputError(
                "account.signs",
                "your account signs as no officer of this desk",
                "ask an administrator for an account with an officer",
            )
        return replace(self.acting(account), officer_passphrase=passphrase), account.officer

    def asks_passphrase(self, account: Account) -> bool:
        """Whether the key of that account's officer needs a passphrase of its own."""
        if not account.officer:
            return False
        try:
            self.party.signer(account.officer)
        except InputError as error:
            return error.code == "desk.officer-passphrase"
        return False
