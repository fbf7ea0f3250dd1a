"""The remarks of OFAC's list: pieces divided by semicolons, most of them in a fixed form ("DOB 10 Dec 1948").

Invariants: a piece in no known form adds nothing, and nothing is guessed; numbers lose their country and dates of
issue, which stay in the notes.

>>> read_remarks("DOB 10 Dec 1948; alt. Passport A-333602 (India) issued 04 Jun 1985; citizen Iraq.").properties
(('birthDate', '10 Dec 1948'), ('passportNumber', 'A-333602'), ('citizenship', 'Iraq'))
>>> read_remarks("Digital Currency Address - XBT 12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX").wallets
(('XBT', '12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX'),)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ALT = re.compile(r"^alt\.\s+", re.IGNORECASE)
_WALLET = re.compile(r"^Digital Currency Address - (\w{2,8}) ([A-Za-z0-9]{20,120})$")
_AFTER_NUMBER = re.compile(r"\s+(?:\(|issued\b|expires\b|valid\b).*", re.IGNORECASE)
# how a piece begins -> the property of what follows; the first that fits counts
_PLAIN = {
    "DOB": "birthDate", "POB": "birthPlace", "nationality": "nationality", "citizen": "citizenship", "Gender": "gender",
    "Website": "website", "Email Address": "email", "Phone Number": "phone", "a.k.a.": "weakAlias",
    "f.k.a.": "previousName", "Organization Established Date": "incorporationDate", "Vessel Year of Build": "buildDate",
    "Aircraft Manufacture Date": "buildDate", "Aircraft Model": "model", "Vessel Flag": "flag",
    "Former Vessel Flag": "pastFlags", "Other Vessel Flag": "pastFlags", "Vessel Type": "type",
    "Other Vessel Call Sign": "callSign", "Nationality of Registration": "jurisdiction",
}  # fmt: skip
_NUMBERS = {
    "Passport": "passportNumber", "Travel Document Number": "passportNumber", "SSN": "socialSecurityNumber",
    "Cedula No.": "idNumber", "National ID No.": "idNumber", "D.N.I.": "idNumber", "LE Number": "idNumber",
    "C.U.R.P.": "idNumber", "C.U.I.P.": "idNumber", "Credencial electoral": "idNumber", "Residency Number": "idNumber",
    "Identification Number": "idNumber", "Birth Certificate Number": "idNumber", "Stateless Person ID Card": "idNumber",
    "Tarjeta de Identidad": "idNumber", "Kenyan ID No.": "idNumber", "Personal ID Card": "idNumber",
    "Driver's License No.": "licenseNumber", "NIT #": "taxNumber", "RUC #": "taxNumber", "R.F.C.": "taxNumber",
    "RIF #": "taxNumber", "C.U.I.T.": "taxNumber", "Tax ID No.": "taxNumber", "US FEIN": "taxNumber",
    "C.R. No.": "registrationNumber", "V.A.T. Number": "vatCode", "Registration ID": "registrationNumber",
    "Registration Number": "registrationNumber", "Business Registration Document #": "registrationNumber",
    "Business Registration Number": "registrationNumber", "Business Number": "registrationNumber",
    "UK Company Number": "registrationNumber", "Company Number": "registrationNumber",
    "Registered Charity No.": "registrationNumber", "Commercial Registry Number": "registrationNumber",
    "Enterprise Number": "registrationNumber", "Public Registration Number": "registrationNumber",
    "Matricula Mercantil No": "registrationNumber", "Folio Mercantil No.": "registrationNumber",
    "Chamber of Commerce Number": "registrationNumber", "Trade License No.": "licenseNumber",
    "License": "licenseNumber", "D-U-N-S Number": "dunsCode", "SWIFT/BIC": "swiftBic",
    "Unified Social Credit Code (USCC)": "uscCode", "Legal Entity Number": "leiCode",
    "Vessel Registration Identification IMO": "imoNumber", "Vessel Registration Identification": "imoNumber",
    "IMO": "imoNumber", "MMSI": "mmsi", "Identification Number IMO": "imoNumber",
    "Aircraft Tail Number": "registrationNumber", "Aircraft Manufacturer's Serial Number (MSN)": "serialNumber",
    "Aircraft Construction Number (also called L/N or S/N or F/N)": "serialNumber",
    "Aircraft Mode S Transponder Code": "icaoCode",
}  # fmt: skip
_BEGINNINGS = sorted(_PLAIN | _NUMBERS, key=len, reverse=True)
_PIECE = re.compile(rf"^({'|'.join(map(re.escape, _BEGINNINGS))})\s+(.+)$")


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was read: properties with their values, and wallets as (currency, address)."""

    properties: tuple[tuple[str, str], ...]
    wallets: tuple[tuple[str, str], ...]


def read_remarks(text: str) -> Remarks:
    """Read the remarks of a listing."""
    properties, wallets = [], []
    for piece in re.split(r";\s*|\.\s*$", text):
        plain = _ALT.sub("", piece.strip())
        if wallet := _WALLET.match(plain):
            wallets.append((wallet[1], wallet[2]))
        elif found := _PIECE.match(plain):
            properties.append((_PLAIN.get(found[1]) or _NUMBERS[found[1]], _rest(found[1], found[2])))
    return Remarks(tuple((prop, value) for prop, value in properties if value), tuple(wallets))


def _rest(beginning: str, text: str) -> str:
    if beginning in _NUMBERS:
        number = _AFTER_NUMBER.sub("", text)
        return number if any(c.isdigit() for c in number) or beginning == "SWIFT/BIC" else ""
    return text.strip("'\" ").casefold() if beginning == "Gender" else text.strip("'\" ")
