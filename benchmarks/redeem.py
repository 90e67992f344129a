"""Redemptions per second at the till, beside pgbench running the same statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask

from benchmarks import floor
from masterapp.coupons import codes
from masterapp.db import db, new_id, now
from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_offer
from masterapp.testing.team import create_store

HTTP_COUPONS, FLOOR_COUPONS = 40_000, 400_000


class Till:
    """A cashier with a pile of coupons: every request uses the next one."""

    def __init__(self, app: Flask, brand: UUID, fan: UUID) -> None:
        self.store = create_store(app, brand)
        self.seat: Seat = take_seat(app, brand, "owner")
        self.codes = [codes.new_code() for _ in range(HTTP_COUPONS)]
        self._give(app, brand, fan, create_offer(app, brand))
        self.pile: Iterator[str] = iter(self.codes)
        self.numbers = count()
        self.head = self._head(app)

    def _give(self, app: Flask, brand: UUID, fan: UUID, offer: UUID) -> None:
        """Give one fan all the coupons: their own codes for HTTP, counted ones for pgbench."""
        keys = [codes.fold(code) for code in self.codes]
        keys += [f"FLOOR{number}" for number in range(1, FLOOR_COUPONS + 1)]
        with (
            app.app_context(),
            db.transaction(),
            db.driver.cursor().copy(
                "COPY coupon (brand_id, id, offer_id, fan_id, code, code_key, created_at) FROM STDIN"
            ) as copy,
        ):
            for key in keys:
                copy.write_row((brand, new_id(), offer, fan, key, key, now()))

    def _head(self, app: Flask) -> str:
        token = self.seat.token()
        cookie = self.seat.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return (
            "POST /api/v1/staff/redemptions HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: {cookie.key}={cookie.value}\r\nX-CSRFToken: {token}\r\n"
            "Content-Type: application/json\r\nAccept-Language: fr\r\n"
        )

    def body(self) -> dict[str, Any]:
        """The next use."""
        return {
            "code": next(self.pile),
            "store": str(self.store),
            "key": f"till-{next(self.numbers):08d}",
        }

    def __call__(self, connection: int, body: bytes | None) -> bytes:
        content = json.dumps(self.body()).encode()
        return f"{self.head}Content-Length: {len(content)}\r\n\r\n".encode() + content

    def act(self) -> Any:
        """Use the next coupon in this process."""
        answer = self.seat.client.post(
            "/api/v1/staff/redemptions",
            json=self.body(),
            headers={"X-CSRFToken": self.seat.token()},
        )
        assert answer.status_code == 200, answer.json
        return answer

    def script(self) -> tuple[str, list[str]]:
        """Record one use and turn it into a pgbench script over the counted coupons."""
        self.act()
        with floor.recording() as notes:
            self.act()
        replace = {
            "id": "uuidv7()",
            "code_key": "('FLOOR' || :code)",
            "key": "uuidv7()::text",
            "at": "now()",
        }
        return floor.script(notes, f"\\set code random(1, {FLOOR_COUPONS})", replace)
