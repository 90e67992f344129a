"""A game page: the time to its first byte, and what a phone transfers until it can play, seen by a real browser."""

from __future__ import annotations

import http.client
import statistics
import time

from benchmarks import results
from benchmarks.servers import ROOT
from masterapp.testing.browser import open_browser

TIMES = 40


def first_byte_ms(address: tuple[str, int], path: str) -> float:
    """The median time from sending the request to the first byte of the answer, in ms."""
    taken = []
    connection = http.client.HTTPConnection(*address)
    for _ in range(TIMES):
        begin = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        taken.append((time.perf_counter() - begin) * 1000)
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
    return statistics.median(taken)


def transferred(address: tuple[str, int], path: str) -> dict[str, int]:
    """Bytes on the wire for a first visit on a phone: in all, and our own scripts and styles alone."""
    total = own = 0
    kinds: dict[str, str] = {}

    with open_browser(ROOT) as browser:
        context = browser.new_context(viewport={"width": 360, "height": 740})
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")

        def arrived(event: dict[str, object]) -> None:
            nonlocal total, own
            size = int(event["encodedDataLength"])  # type: ignore[call-overload]
            total += size
            if kinds.get(str(event["requestId"])) in ("Script", "Stylesheet"):
                own += size

        network.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
        network.on("Network.loadingFinished", arrived)
        page.goto(f"http://{address[0]}:{address[1]}{path}", wait_until="networkidle")
        context.close()
    return {"bytes": total, "script_and_style_bytes": own}


def measure(address: tuple[str, int], path: str) -> None:
    """Measure one game page and keep the figures."""
    figures: dict[str, object] = {"ttfb_ms": round(first_byte_ms(address, path), 1)}
    results.keep("page", {**figures, **transferred(address, path)})
