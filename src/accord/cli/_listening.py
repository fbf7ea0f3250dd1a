"""A socket to listen on, for the commands that serve."""

from __future__ import annotations

import socket
import sys

from accord.errors import InputError


def listen(address: str, port: int) -> socket.socket:
    """A listening socket. Raises `InputError` `desk.port` when the port cannot be had."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there, the option would let two programs take one port
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address.strip("[]"), port))
    except OSError as error:
        made.close()
        remedy = "choose another with --port, or --port 0 for a free one"
        raise InputError("desk.port", f"port {port} cannot be used: {error.strerror}", remedy) from None
    made.listen(128)
    return made
