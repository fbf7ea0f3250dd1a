"""The desk: one party's web application, where people look, decide and sign.

    roles → accounts → sessions → office (an open desk) → pages → application (routes, headers, errors) → serve

Invariants: no domain logic; every page and verb calls the same functions as the command line. What a person may do is
said once, in `roles`; who signs is an officer whose key the desk keeps, and no role gets past the two-person rule.
"""

from accord.desk.accounts import Account, Accounts
from accord.desk.application import application
from accord.desk.office import Office
from accord.desk.roles import Role

__all__ = ["Account", "Accounts", "Office", "Role", "application"]
