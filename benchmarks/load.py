"""A small load generator: keep-alive connections driven by one thread, so that the servers get the machine.

Requests are made by a callback when a connection is free, which lets a fan's next move depend on the last answer.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
#: Given the last response's body (None at first), return the next request's bytes.
NextRequest = Callable[[int, bytes | None], bytes]


@dataclass
class Measured:
    """What one run saw."""

    seconds: float
    times_ms: list[float] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answered requests per second."""
        return len(self.times_ms) / self.seconds

    def percentile(self, share: float) -> float:
        """The time under which *share* of the requests were answered, in ms."""
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection:
    """One keep-alive connection: sends a request, collects its response."""

    def __init__(self, address: tuple[str, int], number: int) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = number
        self.buffer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.buffer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, bytes] | None:
        """Read what came; return (status, body) once the response is whole."""
        self.buffer += self.socket.recv(65536)
        length = LENGTH.search(self.buffer)
        start = self.buffer.find(b"\r\n\r\n") + 4
        if start < 4 or length is None or len(self.buffer) < start + int(length[1]):
            return None
        return int(self.buffer[9:12]), self.buffer[start:]


def run(
    address: tuple[str, int], next_request: NextRequest, *, clients: int, seconds: float
) -> Measured:
    """Keep *clients* connections busy for *seconds*; a status other than 200 is a failure."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(address, number) for number in range(clients)]
    measured = Measured(seconds)
    begin = time.perf_counter()
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next_request(connection.number, None))
    while (at := time.perf_counter()) - begin < seconds:
        for key, _ in selector.select(timeout=0.5):
            connection = key.data
            answer = connection.receive()
            if answer is None:
                continue
            at = time.perf_counter()
            status, body = answer
            if status == 200:
                measured.times_ms.append((at - connection.sent_at) * 1000)
            else:
                measured.failures.append(body[:300])
            connection.send(next_request(connection.number, body))
    measured.seconds = time.perf_counter() - begin
    selector.close()
    for connection in connections:
        # What is under way is waited for, so that the next run finds the fans where this one left them.
        connection.socket.settimeout(10)
        while connection.receive() is None:
            pass
        connection.socket.close()
    return measured


def post(path: str, token: str, body: bytes) -> bytes:
    """Return the bytes of a JSON POST with a bearer token."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Accept-Language: fr\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
