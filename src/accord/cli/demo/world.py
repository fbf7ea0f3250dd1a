"""A made-up world of two organisations whose records only make sense together.

`unite`, an office for law and training, knows of an antiquities sale: a bronze lioness, a shell company that bought it,
an agent who showed a passport, the wallet that was paid. `ipol`, an international police body, knows that this
passport was reported lost before the sale, whose phone opened that wallet, and with which designated person the owner
of the phone is associated. Neither knows the other half.

Around it stand ordinary records in six scripts: some are truly held by both, some are only namesakes. All names are
made (`_names`), all numbers are made or reserved for fiction.

Invariants: the same seed gives the same bytes; the true overlaps and the namesakes are known; the order and the ids
of records tell nothing.

>>> import pathlib, tempfile
>>> world = write_world(pathlib.Path(tempfile.mkdtemp()), seed=1, ordinary=60)
>>> len(world.overlaps) > 10, world.plan.name
(True, 'coverage.toml')
"""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from accord.cli.demo import _books
from accord.cli.demo._names import SCRIPTS, Name, company_name, countries, person_name
from accord.records import write_table

SEED, ORDINARY, ACTIVITIES = 2026, 1500, 60
UNITE, IPOL = "unite", "ipol"
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_COMPANIES = 0.2
_OVERLAPS, _NAMESAKES = 24, 30
_FIRST_DAY = datetime.date(1945, 1, 1)
_DAYS = 20_000

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class World:
    """The files, and what is true of them.

    `overlaps` pairs ids of `unite` and `ipol` that are one person or thing (or a person and the passport of that
    person); those of `story` are among them.
    `protected` are overlaps of a minor, a victim or a witness: they must stay out of blind questions. `namesakes` are
    pairs that share a name and are different. `story` names the records that the demo speaks of, by a short word.
    """

    unite: Path
    ipol: Path
    unite_activities: Path
    ipol_activities: Path
    need: Path
    plan: Path
    overlaps: tuple[tuple[str, str], ...]
    protected: tuple[tuple[str, str], ...]
    namesakes: tuple[tuple[str, str], ...]
    story: dict[str, str]
    activities: tuple[_books.Activity, ...]


def write_world(folder: Path, seed: int = SEED, ordinary: int = ORDINARY) -> World:
    """Write both holdings (`ordinary` records each, the story among them), both books, the need table and the plan."""
    maker = _Maker(random.Random(seed))  # noqa: S311 - a seeded world, nothing secret
    story = _story(maker)
    for _ in range(min(_OVERLAPS, ordinary // 5)):
        maker.overlap()
    for status in ("minor", "victim", "witness"):
        maker.protected_overlap(status)
    for _ in range(min(_NAMESAKES, ordinary // 5)):
        maker.namesakes_pair()
    for party in (UNITE, IPOL):
        while len(maker.records[party]) < ordinary:
            maker.ordinary(party)
    files = {}
    for party in (UNITE, IPOL):
        (folder / party).mkdir(parents=True, exist_ok=True)
        maker.source.shuffle(maker.records[party])
        files[party] = folder / party / "records.jsonl"
        files[party].write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in maker.records[party]))
    books = {party: _books.activities(maker.source, party, ACTIVITIES) for party in (UNITE, IPOL)}
    for party, book in books.items():
        rows = [one.row(states_areas=party == UNITE) for one in book]
        write_table(folder / party / "activities.csv", rows, _books.COLUMNS)
    write_table(folder / "need.csv", _books.need(maker.source), _books.NEED_COLUMNS)
    (folder / "coverage.toml").write_text(_books.plan(), encoding="utf-8")
    return World(
        files[UNITE],
        files[IPOL],
        folder / UNITE / "activities.csv",
        folder / IPOL / "activities.csv",
        folder / "need.csv",
        folder / "coverage.toml",
        tuple(maker.overlaps),
        tuple(maker.protected),
        tuple(maker.namesakes),
        story,
        (*books[UNITE], *books[IPOL]),
    )


@dataclass(slots=True)
class _Maker:
    """Makes records that collide only where they are meant to: no two share a name, a birth date or a number."""

    source: random.Random
    records: dict[str, list[Record]] = field(default_factory=lambda: {UNITE: [], IPOL: []})
    overlaps: list[tuple[str, str]] = field(default_factory=list)
    protected: list[tuple[str, str]] = field(default_factory=list)
    namesakes: list[tuple[str, str]] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)
    _days: list[int] = field(default_factory=list)

    def add(self, party: str, schema: str, **properties: object) -> str:
        """Put a record into a party's holding; its new id. A property `accord` holds terms."""
        identity = f"{party[0]}-{self._unused(lambda: f'{self.source.getrandbits(32):08x}')}"
        terms = properties.pop("accord", None)
        listed = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
        record: Record = {"id": identity, "schema": schema, "properties": listed}
        if terms:
            record["accord"] = terms
        self.records[party].append(record)
        return identity

    def ordinary(self, party: str) -> None:
        """A record that only this party holds."""
        script = self.source.choice(SCRIPTS)
        if self.source.random() < _COMPANIES:
            name = self.name(script, company=True)
            self.add(party, "Company", **self._company(name, script, self.source.random() < 0.5))
        else:
            self.add(party, "Person", **self._person(self.name(script), script, self.source.random() < 0.5))

    def overlap(self) -> tuple[str, str]:
        """One person or company held by both: in two scripts with one number, or in two spellings with one date."""
        script = self.source.choice(SCRIPTS)
        if self.source.random() < _COMPANIES:
            name = self.name(script, company=True)
            left, right = self._company(name, script, native=False), self._company(name, script, native=True)
            right["registrationNumber"] = left["registrationNumber"]
            pair = self.add(UNITE, "Company", **left), self.add(IPOL, "Company", **right)
        else:
            left, right = self._same_person(script)
            pair = self.add(UNITE, "Person", **left), self.add(IPOL, "Person", **right)
        self.overlaps.append(pair)
        return pair

    def protected_overlap(self, status: str) -> None:
        """A person held by both whom a status protects, at both."""
        left, right = self._same_person("Latin")
        terms = {"status": [status]}
        self.protected.append(
            (self.add(UNITE, "Person", accord=terms, **left), self.add(IPOL, "Person", accord=terms, **right))
        )

    def namesakes_pair(self) -> None:
        """Two people of one name: another birth date, another passport."""
        script = self.source.choice(SCRIPTS)
        name = self.name(script)
        pair = [self.add(party, "Person", **self._person(name, script, native=False)) for party in (UNITE, IPOL)]
        self.namesakes.append((pair[0], pair[1]))

    def name(self, script: str, company: bool = False) -> Name:
        """A name that nobody has yet."""
        make = company_name if company else person_name
        made: list[Name] = []

        def draw() -> str:
            made.append(make(self.source, script))
            return " ".join(sorted(made[-1].latin.casefold().split() if script != "Han" else made[-1].native))

        self._unused(draw)
        return made[-1]

    def day(self) -> str:
        """A birth date that nobody has yet."""
        if not self._days:
            self._days = self.source.sample(range(_DAYS), _DAYS)
        return (_FIRST_DAY + datetime.timedelta(self._days.pop())).isoformat()

    def number(self, letters: int, digits: int) -> str:
        """A document or register number that nobody has yet."""
        return self._unused(
            lambda: "".join(self.source.choices("ABCEHKMPTX", k=letters) + self.source.choices("0123456789", k=digits))
        )

    def wallet(self) -> str:
        """A Bitcoin address with a right checksum (Base58Check, version 0) and no key behind it."""
        payload = b"\x00" + self.source.randbytes(20)
        payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
        number, text = int.from_bytes(payload), ""
        while number:
            number, rest = divmod(number, 58)
            text = _ALPHABET[rest] + text
        return "1" * (len(payload) - len(payload.lstrip(b"\x00"))) + text

    def _unused(self, draw: Callable[[], str]) -> str:
        while (text := draw()) in self._used:
            pass
        self._used.add(text)
        return text

    def _person(self, name: Name, script: str, native: bool) -> Record:
        made: Record = {"name": name.native if native else name.latin, "birthDate": self.day()}
        made["nationality"] = self.source.choice(countries(script))
        if self.source.random() < 0.4:
            made["passportNumber"] = self.number(2, 7)
        return made

    def _same_person(self, script: str) -> tuple[Record, Record]:
        name = self.name(script)
        left = self._person(name, script, native=False)
        right = {**left, "name": name.native}
        left.setdefault("passportNumber", self.number(2, 7))
        right["passportNumber"] = left["passportNumber"]
        if self.source.random() < 0.5 and script != "Han":
            right["name"] = f"{name.family.upper()}, {name.given}"
            del right["passportNumber"]  # then the name and the full birth date must do
        return left, right

    def _company(self, name: Name, script: str, native: bool) -> Record:
        return {
            "name": name.native if native else name.latin,
            "jurisdiction": self.source.choice(countries(script)),
            "registrationNumber": self.number(0, 10),
        }


def _story(maker: _Maker) -> dict[str, str]:
    """The case of the bronze lioness: one half at each party."""
    wallet, passport, register = maker.wallet(), maker.number(2, 7), maker.number(0, 10)
    agent, courier = maker.day(), maker.day()
    made: dict[str, str] = {}
    made |= _story_at_unite(maker, wallet, passport, register, (agent, courier))
    made |= _story_at_ipol(maker, wallet, passport, register, (agent, courier))
    for word in ("wallet", "company", "agent", "courier"):
        maker.overlaps.append((made[f"unite-{word}"], made[f"ipol-{word}"]))
    maker.overlaps.append((made["unite-agent"], made["ipol-passport"]))
    return made


def _story_at_unite(maker: _Maker, wallet: str, passport: str, register: str, born: tuple[str, str]) -> dict[str, str]:
    lioness = maker.add(
        UNITE,
        "CulturalObject",
        name="Bronze figurine of a lying lioness",
        objectType="figurine",
        materials=["bronze", "silver inlay"],
        techniques="lost-wax casting",
        measurements="H 9.4 cm, W 15.1 cm, 1.2 kg",
        distinguishingFeatures="left ear broken off; drilled hole in the base",
        period="1st millennium BCE",
        discoveryPlace="northern Bekaa",
        originCountry="lb",
        inventoryNumber="NM-1974/212",
    )
    company = maker.add(
        UNITE, "Company", name="Meridian Lotus Trading FZE", jurisdiction="ae", registrationNumber=register
    )
    agent = maker.add(
        UNITE, "Person", name="Tariq al-Mazuni", birthDate=born[0], passportNumber=passport, nationality="jo"
    )
    courier = maker.add(UNITE, "Person", name="Yelizaveta Drobunova", birthDate=born[1], nationality="bg")
    paid = maker.add(UNITE, "CryptoWallet", publicKey=wallet, currencySymbol="BTC")
    sale = maker.add(
        UNITE,
        "Sale",
        object=lioness,
        buyer=company,
        agent=agent,
        paidTo=paid,
        price="240000",
        currency="USD",
        venue="private sale by messenger",
        date="2025-03-14",
    )
    maker.add(UNITE, "Directorship", director=agent, organization=company, role="sole director")
    maker.add(UNITE, "Custody", holder=courier, object=lioness, place="free port", startDate="2025-03-02")
    return {
        "unite-object": lioness,
        "unite-company": company,
        "unite-agent": agent,
        "unite-courier": courier,
        "unite-wallet": paid,
        "unite-sale": sale,
    }


def _story_at_ipol(maker: _Maker, wallet: str, passport: str, register: str, born: tuple[str, str]) -> dict[str, str]:
    company = maker.add(IPOL, "Company", name="ميريديان لوتس للتجارة", jurisdiction="ae", registrationNumber=register)
    holder = maker.add(
        IPOL,
        "Person",
        name="طارق المازوني",
        birthDate=born[0],
        passportNumber=passport,
        nationality="jo",
        summary="his passport was lost in 2024; whoever shows it since is somebody else",
    )
    lost = maker.add(
        IPOL, "Passport", holder=holder, passportNumber=passport, country="jo", summary="reported lost 2024-09-01"
    )
    maker.add(
        IPOL,
        "Notice",
        entity=holder,
        noticeType="lost travel document",
        authority="national bureau of Jordan",
        startDate="2024-09-01",
    )
    courier = maker.add(IPOL, "Person", name="Дробунова Елизавета", birthDate=born[1], nationality="bg")
    owner = maker.add(
        IPOL, "Person", name="Zoran Velanruk", birthDate=maker.day(), nationality="rs", phone="+447700900417"
    )
    opened = maker.add(
        IPOL,
        "CryptoWallet",
        publicKey=wallet,
        currencySymbol="BTC",
        holder=owner,
        summary="opened on the phone of an associate of a designated person",
    )
    phone = maker.add(
        IPOL,
        "UserAccount",
        service="phone",
        phone="+447700900417",
        owner=owner,
        accord={"owner": "national bureau of Serbia"},
    )
    designated = maker.add(
        IPOL, "Person", name="Nadim al-Shakiri", birthDate=maker.day(), nationality="iq", topics="sanction.counter"
    )
    maker.add(IPOL, "Sanction", entity=designated, authority="a sanctions committee", startDate="2023-05-30")
    maker.add(IPOL, "Associate", person=owner, associate=designated, relationship="travelled together twice")
    return {
        "ipol-company": company,
        "ipol-agent": holder,
        "ipol-passport": lost,
        "ipol-courier": courier,
        "ipol-owner": owner,
        "ipol-wallet": opened,
        "ipol-phone": phone,
        "ipol-designated": designated,
    }
