"""What things are described by, how each trait is compared, and what its agreement is worth.

Invariants: a table, not code per schema. All weights (nats: agrees, agrees in part, differs) were set by hand,
carefully: there are no judged pairs of such records to learn from. What many things share (a model, a material) proves
little, however much of it agrees, so the agreement of traits together has a ceiling for each sort of thing; numbers of
one thing stand outside it. Where a name only says what a thing is («bronze statue»), it counts within bounds.

>>> traits = {trait.name: trait for trait in THINGS["Firearm"].traits}
>>> traits["calibre"].differ < -3 < 3 * traits["calibre"].agree < 3
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.match.v1.describe import levels
from accord.match.v1.describe.levels import Agree, Comparator

__all__ = ["ANY_NAME", "NO_IDENTIFIERS", "THINGS", "Thing", "Trait"]


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is said of things: what it is called, where it stands, how it is compared, what that is worth."""

    name: str
    properties: tuple[str, ...]
    compare: Comparator
    agree: float
    partly: float
    differ: float
    number: bool = False  # of this one thing: outside the ceiling

    def worth(self, level: Agree) -> float:
        """What a level is worth, in nats."""
        return {Agree.DIFFER: self.differ, Agree.PARTLY: self.partly, Agree.AGREE: self.agree}[level]


ANY_NAME = (-10.0, 20.0)  # bounds as good as none


@dataclass(frozen=True, slots=True)
class Thing:
    """A sort of things: its traits, what their agreement can prove at most, what names can count against and for it,
    and whether its number tells it from all others, name or none."""

    traits: tuple[Trait, ...]
    most: float
    name: tuple[float, float] = ANY_NAME
    by_number: bool = False


FIREARM = Thing(
    (
        Trait("serial number", ("serialNumber",), levels.serials, 0.0, 4.0, -5.0, number=True),
        Trait("make", ("make",), levels.words, 0.8, 0.2, -2.0),
        Trait("model", ("model",), levels.codes, 1.2, 0.6, -2.5),
        Trait("calibre", ("calibre",), levels.calibres, 0.6, 0.3, -3.5),
        Trait("type", ("firearmType",), levels.words, 0.3, 0.1, -1.5),
        Trait("action", ("action",), levels.words, 0.3, 0.0, -1.0),
        Trait("barrel length", ("barrelLength",), levels.sizes, 0.4, 0.1, -0.5),
        Trait("markings", ("markings",), levels.phrases, 2.0, 0.7, -0.3),
        Trait("import mark", ("importMark",), levels.codes, 1.0, 0.3, -0.5),
        Trait("date of manufacture", ("manufactureDate",), levels.days, 0.8, 0.5, -1.5),
        Trait("country of manufacture", ("manufactureCountry",), levels.countries, 0.2, 0.0, -1.0),
    ),
    most=3.0,
    name=(-1.0, 1.5),
    by_number=True,
)
# the fields of Object ID (ICOM); two objects of one edition or workshop share most of them
CULTURAL_OBJECT = Thing(
    (
        Trait("Object ID number", ("objectId",), levels.serials, 0.0, 1.0, -2.0, number=True),
        Trait("inventory number", ("inventoryNumber",), levels.serials, 0.0, 1.0, -1.0, number=True),
        Trait("type of object", ("objectType",), levels.words, 0.5, 0.2, -2.0),
        Trait("materials", ("materials",), levels.words, 0.7, 0.3, -2.0),
        Trait("techniques", ("techniques",), levels.words, 0.4, 0.1, -0.4),
        Trait("measurements", ("measurements",), levels.sizes, 3.5, 0.5, -3.5),
        Trait("inscriptions", ("inscriptions",), levels.phrases, 3.0, 0.8, -0.4),
        Trait("distinguishing features", ("distinguishingFeatures",), levels.phrases, 3.0, 0.8, -0.3),
        Trait("subject", ("subject",), levels.words, 0.8, 0.2, -0.5),
        Trait("period", ("period",), levels.periods, 0.7, 0.1, -2.5),
        Trait("maker", ("maker",), levels.makers, 2.0, 0.7, -2.5),
        Trait("culture", ("culture",), levels.words, 0.5, 0.2, -0.8),
        Trait("place of discovery", ("discoveryPlace",), levels.words, 1.2, 0.4, -0.8),
        Trait("country of origin", ("originCountry",), levels.countries, 0.4, 0.0, -1.2),
    ),
    most=9.5,
    name=(-1.5, 2.5),
)
VESSEL = Thing(
    (
        Trait("tonnage", ("tonnage", "grossRegisteredTonnage"), levels.numbers, 1.5, 0.3, -1.5),
        Trait("deadweight", ("deadweightTonnage",), levels.numbers, 1.0, 0.2, -1.5),
        Trait("type of vessel", ("type", "pastTypes"), levels.words, 0.2, 0.0, -1.0),
        Trait("port of registry", ("registrationPort",), levels.words, 0.7, 0.2, -0.3),
        Trait("call sign", ("callSign",), levels.serials, 0.0, 0.5, -0.5, number=True),
    ),
    most=3.0,
)
AIRPLANE = Thing(
    (
        Trait("airframe number", ("serialNumber",), levels.serials, 0.0, 2.0, -4.0, number=True),
        Trait("type of aircraft", ("type",), levels.codes, 0.7, 0.3, -2.0),
        Trait("model", ("model",), levels.codes, 1.0, 0.4, -2.5),
        Trait("manufacturer", ("manufacturer",), levels.words, 0.4, 0.2, -2.0),
    ),
    most=2.5,
)
VEHICLE = Thing(
    (
        Trait("make", ("make",), levels.words, 0.3, 0.1, -3.0),
        Trait("model", ("model",), levels.codes, 0.8, 0.4, -3.0),
        Trait("type of vehicle", ("type",), levels.words, 0.2, 0.0, -0.8),
        Trait("colour", ("color", "colour"), levels.words, 0.3, 0.0, -0.5),
    ),
    most=2.0,
)
DOCUMENT = Thing(
    (
        Trait("number", ("number", "passportNumber"), levels.serials, 0.0, 4.0, -6.0, number=True),
        Trait("issuing country", ("country",), levels.countries, 0.3, 0.0, -6.5),
        Trait("type of document", ("type",), levels.words, 0.3, 0.0, -1.0),
        Trait("authority", ("authority",), levels.words, 0.5, 0.2, -0.5),
        Trait("date of issue", ("startDate",), levels.days, 1.0, 0.4, -2.0),
        Trait("date of expiry", ("endDate",), levels.days, 1.0, 0.4, -2.0),
        Trait("surname", ("surname",), levels.makers, 1.0, 0.4, -2.5),
        Trait("given name", ("givenName",), levels.makers, 0.5, 0.3, -1.5),
    ),
    most=3.0,
    by_number=True,
)
WALLET = Thing(
    (
        Trait("address of the wallet", ("publicKey", "cryptoAddress"), levels.exactly, 0.0, 0.0, -6.0, number=True),
        Trait("blockchain", ("blockchain", "currencySymbol"), levels.words, 0.2, 0.0, -0.3),
        Trait("exchange", ("managingExchange",), levels.words, 0.3, 0.1, -0.5),
    ),
    most=0.5,
    by_number=True,
)
ACCOUNT = Thing(
    (
        Trait("account number", ("iban", "accountNumber"), levels.accounts, 0.0, 6.5, -6.0, number=True),
        Trait("bank", ("bankName",), levels.words, 0.4, 0.1, -3.5),
        Trait("bank code", ("bic",), levels.codes, 0.5, 0.3, -4.0),
        Trait("date of opening", ("openingDate",), levels.days, 1.0, 0.4, -1.5),
    ),
    most=1.5,
    by_number=True,
)
ADDRESS = Thing((Trait("position", ("latitude", "longitude"), levels.positions, 3.0, 0.5, -3.0),), most=3.0)
EVENT = Thing(
    (
        Trait("case number", ("caseNumber",), levels.serials, 4.0, 1.0, -0.5, number=True),
        Trait("date", ("date", "startDate"), levels.days, 2.0, 0.5, -3.0),
        Trait("end", ("endDate",), levels.days, 0.7, 0.2, -1.0),
        Trait("place", ("location",), levels.words, 1.5, 0.5, -1.5),
        Trait("type of event", ("incidentType", "operationType"), levels.words, 0.3, 0.0, -1.0),
        Trait("authority", ("authority",), levels.words, 0.3, 0.1, -0.3),
        Trait("quantity", ("quantity",), levels.numbers, 1.5, 0.3, -1.0),
        Trait("dead", ("fatalities",), levels.numbers, 0.8, 0.2, -1.0),
        Trait("injured", ("injured",), levels.numbers, 0.6, 0.2, -0.6),
        Trait("target", ("target",), levels.words, 0.8, 0.2, -0.6),
    ),
    most=6.0,
    name=(-3.0, 4.0),
)
PRECURSOR = Thing(
    (
        Trait("batch number", ("batchNumber",), levels.serials, 7.0, 3.0, -2.0, number=True),
        Trait("substance number", ("casNumber",), levels.serials, 0.3, 0.0, -6.0),
        Trait("manufacturer", ("manufacturer",), levels.words, 0.4, 0.1, -1.0),
        Trait("quantity", ("quantity",), levels.numbers, 0.5, 0.1, -0.5),
    ),
    most=1.0,
    name=(-1.0, 0.5),
)
EXPLOSIVE_DEVICE = Thing(
    (
        Trait("lot number", ("lotNumber",), levels.serials, 3.0, 1.0, -1.0, number=True),
        *(
            Trait(name, (name_of_property,), levels.words, 0.4, 0.1, -1.0)
            for name, name_of_property in (
                ("type of device", "deviceType"), ("main charge", "mainCharge"), ("initiator", "initiator"),
                ("trigger", "trigger"), ("container", "container"), ("power source", "powerSource"),
            )
        ),
        Trait("markings", ("markings",), levels.phrases, 2.0, 0.5, -0.3),
    ),
    most=4.0,
    name=(-1.0, 1.5),
)  # fmt: skip

# by schema; a schema takes the entry of its nearest ancestor in this order
THINGS: Mapping[str, Thing] = {
    "Firearm": FIREARM,
    "CulturalObject": CULTURAL_OBJECT,
    "Vessel": VESSEL,
    "Airplane": AIRPLANE,
    "Vehicle": VEHICLE,
    "Identification": DOCUMENT,
    "CryptoWallet": WALLET,
    "BankAccount": ACCOUNT,
    "Address": ADDRESS,
    "Event": EVENT,
    "Precursor": PRECURSOR,
    "ExplosiveDevice": EXPLOSIVE_DEVICE,
}
# numbers that many of a sort share: the bank of an account, the substance of a precursor
NO_IDENTIFIERS: Mapping[str, frozenset[str]] = {
    "BankAccount": frozenset({"bic"}),
    "Precursor": frozenset({"casNumber"}),
}
