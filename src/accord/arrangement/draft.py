"""A first accord between parties from their public cards: complete and sensible, to be edited by people.

Invariants: the draft passes `check` as it stands; it opens nothing that the mission does not need (matching properties
for a possible match, fields that help a case on request, sensitive ones never); each part says in words what it does.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from itertools import permutations

from accord.arrangement.handling import EVALUATION, SCHEMES, default_translation
from accord.arrangement.model import MILLION, Audit, Officer, Party, Quotas, Retention, Translation
from accord.arrangement.rules import SENSITIVE
from accord.errors import InputError

AREAS = (
    *("trafficking-in-persons", "migrant-smuggling", "wildlife-crime", "cultural-property", "firearms", "corruption"),
    *("asset-recovery", "drugs", "cybercrime", "money-laundering", "illicit-financial-flows", "organised-crime"),
    *("terrorism", "terrorism-financing", "foreign-terrorist-fighters", "violent-extremism", "explosives"),
    "crime-terror-nexus",
)
FUNCTIONS = (
    *("legal", "capacity-building", "e-learning", "operations", "tools-and-databases", "research", "coordination"),
    "prevention",
)
PURPOSES = {
    "investigation": "Investigating an offence, or a person or organisation suspected of one",
    "prosecution": "Preparing or conducting proceedings in court",
    "protection": "Averting a danger to life, or protecting a victim or a witness",
    "prevention": "Preventing offences, without a named suspect",
    "analysis": "Understanding a crime phenomenon; no action against a person follows from it",
}
_LINE = 100  # letters in a line of a list, so that a person can read it
_RELEASE_PURPOSES = ("investigation", "prosecution", "protection")

ACTORS = ("Person", "LegalEntity", "Organization", "Company", "PublicBody")
THINGS = (
    *("Asset", "Vessel", "Airplane", "Vehicle", "CryptoWallet", "BankAccount", "RealEstate", "Security"),
    *("CulturalObject", "Firearm", "Precursor", "ExplosiveDevice", "Passport", "Identification", "UserAccount"),
)
_MATCHED = (
    *("name", "alias", "weakAlias", "previousName", "firstName", "secondName", "middleName", "fatherName", "lastName"),
    *(
        "birthDate",
        "deathDate",
        "incorporationDate",
        "nationality",
        "citizenship",
        "country",
        "jurisdiction",
        "birthPlace",
    ),
    *("birthCountry", "mainCountry", "address", "addressEntity", "city", "postalCode", "email", "phone", "website"),
    *("idNumber", "passportNumber", "socialSecurityNumber", "taxNumber", "vatCode", "registrationNumber", "innCode"),
    *("ogrnCode", "leiCode", "dunsCode", "swiftBic", "bikCode", "isin", "isinCode", "npiCode", "uscCode", "number"),
    *("imoNumber", "mmsi", "callSign", "flag", "serialNumber", "buildDate", "vin", "publicKey", "accountId", "iban"),
    *("accountNumber", "username", "userId", "gender", "title"),
)
_RELEASED = (
    *("name", "alias", "birthDate", "birthPlace", "nationality", "citizenship", "country", "jurisdiction", "gender"),
    *("position", "address", "email", "phone", "website", "idNumber", "passportNumber", "taxNumber"),
    *("registrationNumber", "imoNumber", "serialNumber", "vin", "publicKey", "iban", "accountNumber", "username"),
    *("incorporationDate", "status", "legalForm", "sector", "flag", "type", "summary", "description", "topics"),
)


def draft(cards: Sequence[Party], today: dt.date, records: int = MILLION) -> str:
    """The text of a draft accord between `cards`, beginning today, for two years, to be reviewed after one.

    `records`: the most that a party answers with; the fewer, the sooner a name alone is a possible match.

    Raises `InputError` `arrangement.cards` when there are fewer than two parties, or two of one id.
    """
    if len({card.id for card in cards}) != len(cards) or len(cards) < 2:
        raise InputError(
            "arrangement.cards",
            "an accord needs the cards of two or more different parties",
            "give --party CARD for each",
        )
    parts = [_head(cards, today), *map(party_block, cards)]
    pairs = list(permutations(cards, 2))
    for number, (giver, receiver) in enumerate(pairs, start=1):
        parts.append(clause_block(giver, receiver, number))
    parts += [_never(), _limits(records), _handling(cards)]
    return "\n".join(parts)


def _head(cards: Sequence[Party], today: dt.date) -> str:
    names = " and ".join(card.name for card in cards)
    purposes = "\n".join(f"{name} = {quote(text)}" for name, text in PURPOSES.items())
    return f"""\
# COOPERATION ARRANGEMENT
# Each party keeps its own mandate and its own data. This document says how far data may go from one to another.
# What it does not permit is refused; a prohibition beats every permission.
# Lines that begin with # explain; they are not signed. Everything else is. Edit, then:
#   accord arrangement check accord.toml   ·   accord arrangement sign accord.toml   (every party, at its own desk)

title = {quote(f"Cooperation arrangement between {names}")}
version = 1
previous = ""           # the fingerprint of the version that this one replaces; empty in the first
begins = {today}
review = {_years_later(today, 1)}     # by this day the parties look at it together
ends = {_years_later(today, 2)}       # after this day everything is refused

# The crimes it is about. Strike out what is not meant.
areas = {word_list(AREAS)}

# Why data may be used. Whoever asks for something states one of these, and is held to it.
[purposes]
{purposes}

# ───────────────────────── The parties ─────────────────────────
# Copied from each party's public card. Compare the keys with the partner by telephone before you sign.
"""


def party_block(card: Party) -> str:
    """A party as the document names it."""
    officers = "\n".join(_officer(officer) for officer in card.officers)
    mandates = card.mandates or FUNCTIONS
    contact = f"name = {quote(card.contact.name)}, email = {quote(card.contact.email)}"
    asked = card.data_protection
    told = f"name = {quote(asked.name)}, email = {quote(asked.email)}, phone = {quote(asked.phone)}" if asked else ""
    protection = f"data_protection = {{ {told} }}   # whom a person may ask about their data\n" if asked else ""
    return f"""\
[[party]]
id = {quote(card.id)}
name = {quote(card.name)}
mandates = {word_list(mandates)}   # what it does; strike out what it does not
handling = {quote(card.handling)}        # its own handling codes: {", ".join(SCHEMES)}
contact = {{ {contact}, phone = {quote(card.contact.phone)} }}   # told to the partner on a possible match
{protection}sign = {quote(str(card.sign))}
decrypt = {quote(str(card.decrypt))}
{officers}
"""


def _officer(officer: Officer) -> str:
    lines = ["  [[party.officer]]", f"  name = {quote(officer.name)}", f"  roles = {word_list(officer.roles)}"]
    lines.append(f"  key = {quote(str(officer.key))}")
    for word, day in (("begins", officer.begins), ("ends", officer.ends)):
        if day is not None:
            lines.append(f"  {word} = {day}")
    return "\n".join(lines)


def clause_block(giver: Party, receiver: Party, number: int) -> str:
    """The usual clauses for one direction: contact on a possible match, release on request."""
    ceilings = [codes[-2].code for codes in (SCHEMES[giver.handling],)]
    ceiling = quote(f"{giver.handling}:{ceilings[0]}")
    return f"""\
# ───────────── What {in_comment(giver.name)} lets {in_comment(receiver.name)} learn ─────────────
# Levels, each including those before it:
#   never    it takes no part in anything
#   blind    it may be asked about, without either side showing its records
#   silent   a possible match is told to the owner of the data only
#   count    how many records match may be told, and not which
#   contact  a possible match tells both sides whom to contact, and nothing else
#   release  named fields may be handed over: on request, by two persons, under conditions, and recalled at any time

[[clause]]
id = "{number}.1"
title = {quote(f"A possible match with a record of {giver.name} shows both sides whom to contact")}
from = {quote(giver.id)}
to = {quote(receiver.id)}
schemata = {word_list((*ACTORS, *THINGS))}
properties = {word_list(_MATCHED)}
level = "contact"
purposes = {word_list(tuple(PURPOSES))}
handling = {ceiling}      # records above this code take no part
protected = false          # records of minors, victims and witnesses take no part

[[clause]]
id = "{number}.2"
title = {quote(f"{giver.name} may hand over these fields, on request and with approval")}
from = {quote(giver.id)}
to = {quote(receiver.id)}
schemata = {word_list((*ACTORS, *THINGS))}
properties = {word_list(_RELEASED)}
level = "release"
purposes = {word_list(_RELEASE_PURPOSES)}
handling = {ceiling}
protected = false
use_days = 180             # how long the receiver may use them
"""


def _never() -> str:
    return f"""\
# ───────────────────────── What nobody hands over ─────────────────────────
# These stay out even if another clause names them; the software refuses them under any accord.

[[clause]]
id = "0"
title = "Religion, ethnicity, political opinion and health take no part in anything"
from = "*"
to = "*"
schemata = ["*"]
properties = {word_list(sorted(SENSITIVE))}
level = "never"
"""


def _limits(records: int) -> str:
    quotas, retention, audit = Quotas(), Retention(), Audit()
    return f"""\
# ───────────────────────── Limits, so that nobody can fish ─────────────────────────
[quotas]
questions_per_day = {quotas.questions_per_day}        # records that one party may ask another about in a day
marks_per_session = {quotas.marks_per_session}       # all marks (blinded features of records) in one question
marks_per_answer = {quotas.marks_per_answer}       # all marks that a party may answer with: its own set, padded
records_per_answer = {records}     # records of the largest holding; up to 20000, or 100000: commoner names match
minutes_between = {quotas.minutes_between}              # two questions of one party are so far apart; 0: no limit
smallest_set = {quotas.smallest_set}               # a question is padded to at least so many marks, to hide its size
counts_per_week = {quotas.counts_per_week}            # how often a party may ask how many records they share, not which
count_blur = {quotas.count_blur}                # that number is told give or take about so many; 0: exactly
alarm_hit_percent = {quotas.alarm_hit_percent:g}           # if more records match, both sides are warned

# How many marks of one class a question may hold; a class that is not listed has no limit of its own.
[quotas.marks_per_class]

[retention]                # in days
released_days = {retention.released_days}        # data handed over is erased after this, unless its clause says less
unanswered_days = {retention.unanswered_days}      # a request without an answer lapses
review_days = {retention.review_days}          # without a review after this, what was received is erased

[audit]                    # a sample of a blind question is opened, to see that nobody lied in it
days = {audit.days}                   # how long after its end a question may be audited; 0: no audit
sample = {audit.sample}               # places that a party opens, at most
auditor = "{audit.auditor}"               # the party that draws; "": the holder, who sees what was asked there
"""


def translation_rows(cards: Sequence[Party]) -> list[Translation]:
    """A proposal of what every handling code means in the schemes of these parties."""
    return [
        default_translation(scheme, code.code, target)
        for target in sorted({card.handling for card in cards})
        for scheme, codes in SCHEMES.items()
        if scheme != target
        for code in codes
    ]


def translation_line(row: Translation) -> str:
    """One translation as it stands in the list of the document."""
    lost = f", lost = {quote(row.lost)}" if row.lost else ""
    return f'  {{ from = "{row.scheme}:{row.code}", to = "{row.to_scheme}:{row.to_code}"{lost} }},'


def _handling(cards: Sequence[Party]) -> str:
    lines = "\n".join(map(translation_line, translation_rows(cards)))
    evaluation = "\n".join(f"#   {name}: {text}" for name, text in EVALUATION.items())
    return f"""\
# ───────────────────────── Handling codes ─────────────────────────
# How a code of one scheme is honoured in the scheme of a party. «lost» names what the new code does not say by
# itself; it then travels with the data as a condition in words. A code without a line here cannot move.
[handling]
translations = [
{lines}
]

# How reliable a source is and how credible its information are two judgements. They are kept apart, in the scheme in
# which they were made, and never averaged or translated:
{evaluation}
[evaluation]
schemes = {word_list(tuple(EVALUATION))}

# Bodies that are no party, but whose data a party may hold (a national bureau, say). A release waits for their consent.
# [[third_body]]
# id = "bureau-x"
# name = "National Central Bureau of X"
# key = "ed25519:…"        # with a key, its consent must bear its own signature
"""


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def in_comment(text: str) -> str:
    """Text of a party for a comment line: nothing in it can end the line and write TOML of its own."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def word_list(words: Iterable[str]) -> str:
    lines = [""]
    for word in map(quote, words):
        if len(lines[-1]) + len(word) > _LINE:
            lines.append("")
        lines[-1] += f"{', ' if lines[-1] else ''}{word}"
    return "[" + ",\n  ".join(lines) + "]"


def quote(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but DEL must be escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
