"""Identifiers by the property that holds them -> a kind and one normal form, check digits verified.

The kind says what the number is, so that two lists that keep it under different properties still agree: `imo`, `iban`,
`passport`, ... A number that fails the check of its kind is not thrown away and not trusted: its kind ends in
`-unchecked`, and equal values still show that two records were copied from one source. Phones are read only in
international form (`phone`, E.164); other digits are `phone-local`. No national numbering plan is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

from accord.records.clean._mrz import mrz
from accord.records.clean._wallets import wallet

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
    "uscCode": "uscc",
    "casNumber": "cas",
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
    r"serial|ser|s/n|sn|cas|паспорт|номер|№)\b[\s.:#№-]*(?=\S)",
    re.IGNORECASE,
)
_REST = re.compile(r"[,;]\s.*|\s+(?:/|on\b|issued\b|valid\b|expir|KPP\b|OKPO\b|КПП\b).*", re.IGNORECASE | re.DOTALL)
_EMAIL = re.compile(r"^[^\s@,;<>()\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}$")
_SHORTEST = 4
_VIN_DIGITS = str.maketrans("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_WITH_ZONE = frozenset({"passport", "id", "document"})  # kinds for which a whole machine-readable zone may stand


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
    if "<" in text and kind in _WITH_ZONE and (zone := mrz(text)):
        return (kind if zone.checked else kind + UNCHECKED), zone.number
    value = _letters_and_digits(text)
    if len(value) < _SHORTEST or not any(c.isdigit() for c in value):
        return None
    if check := _checks().get(kind):
        return (kind if check(value) else kind + UNCHECKED), value
    return kind, value


def look_alike(text: str) -> str:
    """In capitals, with Cyrillic and Greek ones that are printed like Latin ones as these."""
    return unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)


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
    if digits.startswith("00") and not text.startswith("+") and 10 <= len(digits) <= 17:
        text, digits = "+", digits[2:]
    if text.startswith("+"):
        return _international(digits) if 8 <= len(digits) <= 15 else None  # E.164: at most 15 digits
    return ("phone-local", digits) if 6 <= len(digits) <= 15 else None


def _international(digits: str) -> tuple[str, str]:
    """In E.164 form, without a trunk prefix ("+44 020 …"); unchecked if its country has no numbers of that length."""
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return "phone" + UNCHECKED, "+" + digits
    if not phonenumbers.is_possible_number(number):
        return "phone" + UNCHECKED, "+" + digits
    return "phone", str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _wallet(text: str) -> tuple[str, str] | None:
    found = wallet(text)
    return (("wallet" if found[1] else "wallet" + UNCHECKED), found[0]) if found else None


def _serial(text: str) -> tuple[str, str] | None:
    """A number stamped into a thing; unchecked if some of its signs could not be read ("AB1??7", "12*45")."""
    value = _letters_and_digits(text)
    if len(value) < _SHORTEST or not any(c.isdigit() for c in value):
        return None
    return ("serial" + UNCHECKED if re.search(r"[?*…]|\.{3}|_{2}", text) else "serial"), value


def _wikidata(text: str) -> tuple[str, str] | None:
    found = re.fullmatch(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9]\d{0,11})", text)
    return ("wikidata", found[1]) if found else None


def _mmsi(value: str) -> bool:
    return bool(re.fullmatch(r"[2-7]\d{8}", value))  # a ship's number starts with its region's digit (ITU-R M.585)


def _vin(value: str) -> bool:
    """ISO 3779; numbers of North America (first sign 1 to 5) have a check digit in the ninth place (49 CFR 565.15)."""
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", value):
        return False
    if value[0] not in "12345":
        return True
    total = sum(weight * int(value[place].translate(_VIN_DIGITS)) for place, weight in enumerate(_VIN_WEIGHTS))
    return value[8] == "0123456789X"[total % 11]


_READERS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "email": _email,
    "phone": _phone,
    "wallet": _wallet,
    "serial": _serial,
    "wikidata": _wikidata,
}


@cache
def _checks() -> dict[str, Callable[[str], bool]]:
    from stdnum import bic, casrn, figi, iban, imei, imo, isin, lei
    from stdnum.cn import uscc
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
        "uscc": uscc.is_valid,
        "figi": figi.is_valid,
        "cas": lambda value: bool(casrn.is_valid(f"{value[:-3]}-{value[-3:-1]}-{value[-1]}")),
        "mmsi": _mmsi,
        "vin": _vin,
    }
