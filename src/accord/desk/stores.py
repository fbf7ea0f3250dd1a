"""Every table that the state of a desk may have, from whichever package it comes."""

from __future__ import annotations

from accord.desk import accounts, choices, labels, passkeys, tokens
from accord.exchange import state
from accord.ledger import _store as ledger
from accord.records import _manifest as records
from accord.review import _store as review
from accord.subjects import _register as subjects

_STORES = (ledger, records, state, review, subjects, accounts, choices, passkeys, tokens, labels)
TABLES = tuple(table for store in _STORES for table in store.METADATA.sorted_tables)
