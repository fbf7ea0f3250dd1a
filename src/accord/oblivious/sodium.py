"""libsodium's ristretto255, through `rbcl`: what is multiplied by a secret is multiplied here, in constant time."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
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
    return products([scalar], [element])[0]


def products(scalars: Sequence[bytes], elements: Sequence[bytes]) -> list[bytes]:
    """Each element times the scalar at its place. Raises as `multiply`."""
    if not in_form(elements):
        raise not_an_element()
    times = sodium().crypto_scalarmult_ristretto255
    try:
        return [times(scalar, element) for scalar, element in zip(scalars, elements, strict=True)]
    except RuntimeError:  # an element is invalid, or a product is the identity
        raise not_an_element() from None


def in_form(elements: Sequence[bytes]) -> bool:
    """Whether each is as long as an element, and its highest bit is 0: older libsodium takes either for it."""
    return set(map(len, elements)) <= {32} and max(b"".join(elements)[31::32], default=0) < 0x80


def not_an_element() -> PeerError:
    """What is said of bytes that encode no element."""
    return PeerError(
        "psi.element",
        "a group element is invalid",
        "ask the partner to send the message again; if it comes again so, its software differs from yours",
    )
