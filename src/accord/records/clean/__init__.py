"""Values as people write them, turned into values that two organisations write alike.

Invariants: every function is pure and total (any text in, no exception out); what cannot be read for certain gives
None, and the caller keeps the value as given and marks it; nothing is guessed from a value's neighbours.

>>> country("Korea, North"), country("Iranian"), country("Россия"), country3("Côte d'Ivoire")
('kp', 'ir', 'ru', 'CIV')
>>> date("12 Mar 1963"), str(date("circa 1963")), str(date("03/04/1963"))
(Date(year=1963, month=3, day=12), '1963', '1963-04-03')
>>> identifier("imoNumber", "IMO 9074729"), identifier("passportNumber", "AB 12-345 (Iran)")
(('imo', '9074729'), ('passport', 'AB12345'))
"""

from accord.records.clean._countries import countries, country, country3, country_names, country_of_place
from accord.records.clean._dates import Date, date, month_names
from accord.records.clean._identifiers import identifier, identifier_kind, look_alike

__all__ = [
    "Date",
    "countries",
    "country",
    "country3",
    "country_names",
    "country_of_place",
    "date",
    "identifier",
    "identifier_kind",
    "look_alike",
    "month_names",
]
