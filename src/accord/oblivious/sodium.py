"""libsodium's ristretto255, through `rbcl`: what is multiplied by a secret is multiplied here, in constant time."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from accord.errors import PeerError


@cache
def sodium() -> ModuleType:
    """The library, loaded when first asked for."""
    import rbcl

    # rbcl unpacks libsodium into the temporary folder at import and leaves it there; it is mapped now, so take it away
    unpacked = getattr(sys.modules.get("rbcl._sodium"), "lib_path", None)
    if unpacked and os.name == "posix":
        Path(unpacked).unlink(missing_ok=True)
    module: ModuleType = rbcl
    return module


def multiply(scalar: bytes, element: bytes) -> bytes:
    """An element (32 bytes) times a scalar (32 bytes). Raises `PeerError` `psi.element` for none, or the identity."""
    if not in_form(element):
        raise not_an_element()
    try:
        product: bytes = sodium().crypto_scalarmult_ristretto255(scalar, element)
    except RuntimeError:  # the element is invalid, or the product is the identity
        raise not_an_element() from None
    return product


def in_form(element: bytes) -> bool:
    """Whether bytes are as many as an element's, and their highest bit is 0: older libsodium takes either for it."""
    return len(element) == 32 and element[31] < 0x80


def not_an_element() -> PeerError:
    """What is said of bytes that encode no element."""
    return PeerError(
        "psi.element",
        "a group element is invalid",
        "ask the partner to send the message again; if it comes again so, its software differs from yours",
    )
