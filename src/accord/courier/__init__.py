"""Messages between desks over HTTP instead of files: the same bytes, the same `receive`, nothing else.

    serve      one desk takes messages of its partners (`Mailroom`, `application`)
    carry      the other brings a message, receives the reply, brings what follows, until nothing is due
    fetch      the other asks what waits for it, so that only one of two desks need be reachable

Invariants: both sides speak TLS 1.3 and show certificates that the key of a party signed, as the accord names it; a
message is still signed, sealed and hash-linked, so whoever carries it gains nothing; the same message again gives the
same reply; files and this may take turns within one conversation.
"""

from accord.courier.carrying import Address, Patience, carry, deliver, fetch
from accord.courier.mailroom import Mailroom
from accord.courier.reception import application
from accord.courier.serving import serve

__all__ = ["Address", "Mailroom", "Patience", "application", "carry", "deliver", "fetch", "serve"]
