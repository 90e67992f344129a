"""Finds ports to listen on: the usual one, or the next free one when another program has it."""

import errno
import socket
from dataclasses import dataclass

from masterapp.server.trouble import CannotRun

TRIES = 50


@dataclass(frozen=True)
class Port:
    """A free port, and a sentence for the reader when it is not the usual one."""

    number: int
    note: str = ""


def find_port(purpose: str, usual: int, asked_for: str | None = None, variable: str = "") -> Port:
    """The port that was asked for, which must be free, or the first free one from the usual one on."""
    if asked_for:
        if not asked_for.isdigit() or not 0 < int(asked_for) < 65536:
            raise CannotRun(f"{variable}={asked_for} is not a port: give a number up to 65535.")
        if not _is_free(int(asked_for)):
            raise CannotRun(
                f"Port {asked_for} is taken by another program: choose another {variable}."
            )
        return Port(int(asked_for))
    for number in range(usual, usual + TRIES):
        if _is_free(number):
            note = f"Port {usual} is taken by another program, so {purpose} uses {number}."
            return Port(number, "" if number == usual else note)
    raise CannotRun(
        f"Ports {usual} to {usual + TRIES - 1} are all taken: name a free one with {variable}."
    )


def _is_free(number: int) -> bool:
    """Whether nobody listens there, neither on IPv4 nor, where it exists, on IPv6."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, number))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                return False
    return True
