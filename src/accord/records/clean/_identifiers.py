"""Identifiers by the property that holds them -> a kind and one normal form, check digits verified.

The kind says what the number is, so that two lists that keep it under different properties still agree: `imo`, `iban`,
`passport`, ... A number that fails the check of its kind is not thrown away and not trusted: its kind ends in
`-unchecked`, and equal values still show that two records were copied from one source. Phones are read only in
international form (`phone`); other digits are `phone-local`. No national numbering plan is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

UNCHECKED = "-unchecked"

_KINDS: dict[str, str] = {
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "iban": "iban",
    "ibanMentioned": "iban",
    "swiftBic": "bic",
    "bic": "bic",
    "leiCode": "lei",
    "vin": "vin",
    "isin": "isin",
    "isinCode": "isin",
    "innCode": "inn",
    "ogrnCode": "ogrn",
    "imei": "imei",
    "wikidataId": "wikidata",
    "email": "email",
    "emailMentioned": "email",
    "phone": "phone",
    "phoneMentioned": "phone",
    "callerNumber": "phone",
    "receiverNumber": "phone",
    "publicKey": "wallet",
    "cryptoAddress": "wallet",
    "passportNumber": "passport",
    "idNumber": "id",
    "personalNumber": "id",
    "socialSecurityNumber": "id",
    "number": "document",
    "taxNumber": "tax",
    "vatCode": "tax",
    "irsCode": "tax",
    "voenCode": "tax",
    "registrationNumber": "registration",
    "licenseNumber": "license",
    "accountNumber": "account",
    "callSign": "callsign",
    "serialNumber": "serial",
    "icaoCode": "icao",
    "crsNumber": "crs",
    "okpoCode": "okpo",
    "dunsCode": "duns",
    "uscCode": "usc",
    "uniqueEntityId": "uei",
    "permId": "permid",
    "bikCode": "bik",
    "kppCode": "kpp",
    "figiCode": "figi",
    "cadastralCode": "cadastral",
    "titleNumber": "title",
    "unscId": "unsc",
    "inventoryNumber": "inventory",
    "objectId": "object",
}
# Cyrillic and Greek capitals that are printed like Latin ones: the series of a passport is typed in either
_LOOKALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΗΙΚΜΝΟΡΤΥΧΖ", "ABEKMHOPCTYXIJSABEHIKMNOPTYXZ")
_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]|（[^）]*）")
_LABEL = re.compile(
    r"^(?:imo|mmsi|iban|swift|bic|lei|vin|isin|inn|инн|ogrn|огрн|passport|pass|no|nr|num|number|id|tax|reg|"
    r"паспорт|номер|№)\b[\s.:#№-]*(?=\S)",
    re.IGNORECASE,
)
_REST = re.compile(r"[,;]\s.*|\s+(?:/|on\b|issued\b|valid\b|expir|KPP\b|OKPO\b|КПП\b).*", re.IGNORECASE | re.DOTALL)
_EMAIL = re.compile(r"^[^\s@,;<>()\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}$")
_SHORTEST = 4


def identifier_kind(prop: str) -> str | None:
    """The kind of identifier that a property holds; None for properties that identify nothing."""
    return _KINDS.get(prop)


@lru_cache(maxsize=1 << 17)
def identifier(prop: str, text: str) -> tuple[str, str] | None:
    """Normalise the identifier in `text`, a value of the property `prop`: `(kind, value)`.

    None when the property holds no identifier, or the text has none (no digit, or fewer than four letters and digits).
    """
    kind = _KINDS.get(prop)
    if kind is None or len(text) > 500:
        return None
    text = unicodedata.normalize("NFKC", text).strip()
    if read := _READERS.get(kind):
        return read(text)
    value = _letters_and_digits(text)
    if len(value) < _SHORTEST or not any(c.isdigit() for c in value):
        return None
    if check := _checks().get(kind):
        return (kind if check(value) else kind + UNCHECKED), value
    return kind, value


def _letters_and_digits(text: str) -> str:
    """Upper case letters and digits of the first number, without notes "(Iran)", labels "No." and separators."""
    bare = _REST.sub("", _NOTE.sub(" ", text)).strip()
    while label := _LABEL.match(bare):
        bare = bare[label.end() :]
    kept = (str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in bare if c.isalnum())
    return "".join(kept).upper().translate(_LOOKALIKES)


def _email(text: str) -> tuple[str, str] | None:
    text = text.strip("<> ").casefold().removeprefix("mailto:")
    return ("email", text) if _EMAIL.match(text) else None


def _phone(text: str) -> tuple[str, str] | None:
    text = re.sub(r"(?i)^(?:tel|phone|mob(?:ile)?|fax|тел)[\s.:]*", "", text.removeprefix("tel:"))
    text = re.split(r"(?i)\s*(?:ext\.?|x|доб\.?)\s*\d+$", text)[0].replace("(0)", "")
    if not re.fullmatch(r"\+?[\d\s().\-/]+", text):
        return None
    digits = "".join(str(unicodedata.digit(c)) for c in text if c.isdigit())
    if text.startswith("+"):
        return ("phone", "+" + digits) if 8 <= len(digits) <= 15 else None  # E.164: at most 15 digits
    if digits.startswith("00") and 10 <= len(digits) <= 17:
        return "phone", "+" + digits[2:]
    return ("phone-local", digits) if 6 <= len(digits) <= 15 else None


def _wallet(text: str) -> tuple[str, str] | None:
    """An address of a chain: Bitcoin's with its checksum verified, Ethereum's without case (EIP-55 is not checked)."""
    text = re.sub(r"^(?:bitcoin|ethereum):", "", text)
    if re.fullmatch(r"0[xX][0-9a-fA-F]{40}", text):
        return "wallet", text.lower()
    if not re.fullmatch(r"[A-Za-z0-9]{20,110}", text):
        return None
    if text.lower().startswith("bc1"):
        text = text.lower()
    return ("wallet" if _is_bitcoin(text) else "wallet" + UNCHECKED), text


def _wikidata(text: str) -> tuple[str, str] | None:
    found = re.fullmatch(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9]\d{0,11})", text)
    return ("wikidata", found[1]) if found else None


def _mmsi(value: str) -> bool:
    return bool(re.fullmatch(r"[2-7]\d{8}", value))  # a ship's number starts with its region's digit (ITU-R M.585)


def _vin(value: str) -> bool:
    return bool(re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", value))  # ISO 3779; a check digit is used in some regions only


def _is_bitcoin(text: str) -> bool:
    from stdnum import bitcoin

    return bool(bitcoin.is_valid(text))


_READERS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "email": _email,
    "phone": _phone,
    "wallet": _wallet,
    "wikidata": _wikidata,
}


@cache
def _checks() -> dict[str, Callable[[str], bool]]:
    from stdnum import bic, iban, imei, imo, isin, lei
    from stdnum.ru import inn, ogrn

    return {
        "imo": imo.is_valid,
        "iban": iban.is_valid,
        "bic": bic.is_valid,
        "lei": lei.is_valid,
        "isin": isin.is_valid,
        "imei": imei.is_valid,
        "inn": inn.is_valid,
        "ogrn": ogrn.is_valid,
        "mmsi": _mmsi,
        "vin": _vin,
    }
