"""What bad input gets: on every address that takes something, a clear refusal and never an error of ours."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from masterapp.testing.desk import Seat, take_seat
from masterapp.testing.factories import create_brand, create_fan, rows
from masterapp.testing.routes import address, routes, things

#: Bodies that are no JSON, or JSON that no database can keep.
UNREADABLE = {
    "invalid UTF-8": b'{"display_name": "\xff\xfe"}',
    "half a character": b'{"display_name": "a\\ud800b", "key": "\\ud800", "email": "\\ud800"}',
    "a number without end": b'{"version": ' + b"9" * 5000 + b"}",
    "deep nesting": b"[" * 20_000 + b"]" * 20_000,
    "nothing": b"",
    "half": b'{"display_name": ',
    "not a number": b'{"version": NaN, "display_name": Infinity}',
    "no object": b"[1]",
    "NUL": b'{"display_name": "\\u0000", "code": "\\u0000", "email": "a\\u0000@b.example"}',
}
#: A form as hostile clients write it: invalid UTF-8, NUL, and text where numbers and ids belong.
FORM = b"&".join(
    name + b"=" + value
    for name in (b"name", b"email", b"code", b"value", b"values", b"revision", b"title.en", b"path")
    for value in (b"%ff%fe", b"%00", b"\xff", b"-1e999", b"%ed%a0%80")
)
MULTIPART = (
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="\xff%00../x.png"\r\n\r\n'
    b'\x89PNG\xff\r\n--cut\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--cut--\r\n'
)
#: What would end the session that the walk needs.
GOOD_BYES = ("sign-out", "deactivate", "/account/password", "/session", "sign_out")


class World:
    """A brand with one of everything, a fan and an owner, to throw things at."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.brand_id = create_brand(app, slug="walk")
        self.ids: dict[str, UUID] = things(app, self.brand_id)
        self.fan = create_fan(app, self.brand_id)
        self.seat = take_seat(app, self.brand_id, "owner")

    def writes(self) -> Iterator[tuple[Rule, str, str, bool]]:
        """Every address that takes something: (rule, method, address, whether for fans)."""
        for rule, method, mark in routes(self.app):
            if method == "GET" or any(word in str(rule) for word in GOOD_BYES):
                continue
            path = address(self.app, rule, self.ids)
            path = path.replace("/play/x/", "/play/walk/").replace("/brands/x/", "/brands/walk/")
            yield rule, method, path, mark is not None and mark.kind == "fan"

    def send(self, method: str, path: str, body: bytes, kind: str, fan: bool) -> int:
        """Send a body and return the status."""
        client = self.app.test_client() if fan else self.seat.client
        headers = self.fan.headers if fan else {"Accept": "text/html"}
        answer = client.open(path, method=method, data=body, content_type=kind, headers=headers)
        return int(answer.status_code)


@pytest.fixture
def world(app: Flask) -> World:
    """One of everything."""
    return World(app)


@pytest.mark.parametrize("name", UNREADABLE)
def test_json_that_is_none_is_refused_everywhere(world: World, name: str) -> None:
    """No address breaks on a body that cannot be read, and the API never says yes to one."""
    for rule, method, path, fan in world.writes():
        status = world.send(method, path, UNREADABLE[name], "application/json", fan)

        assert status < 500, f"{method} {rule}"
        if path.startswith("/api/") and name in ("deep nesting", "half", "invalid UTF-8"):
            takes_nothing = path.endswith(("/resend", "/rotation"))
            assert takes_nothing or 400 <= status < 500, f"{method} {rule} answered {status}"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", FORM),
        ("multipart/form-data; boundary=cut", MULTIPART),
        ("multipart/form-data", b"no boundary"),
        ("image/png", b"\x89PNG"),
        ("text/html; charset=utf-7", b"+ADw-script+AD4-"),
    ],
)
def test_forms_that_are_none_break_nothing(world: World, kind: str, body: bytes) -> None:
    """Invalid UTF-8, NUL and broken multipart in any form lead to a page, not to an error."""
    for rule, method, path, fan in world.writes():
        assert world.send(method, path, body, kind, fan) < 500, f"{method} {rule}"


def test_addresses_that_are_none_break_nothing(world: World) -> None:
    """Invalid UTF-8, NUL and numbers without end in path and query are simply not found or left out."""
    poison = ("%ff%fe", "%00", "9" * 40, "..%2f..%2fetc%2fpasswd", "%ed%a0%80", "x" * 3000)
    names = ("q", "before", "from", "fan", "points", "lang", "next", "code", "accent", "page")
    for rule, method, _mark in routes(world.app):
        if method != "GET":
            continue
        path = address(world.app, rule, world.ids).replace("/play/x/", "/play/walk/")
        queries = [
            "&".join(f"{name}={poison[(number + turn) % 3]}" for number, name in enumerate(names))
            for turn in range(3)
        ]
        asked_for = {f"{path}?{query}" for query in queries}
        if "/x" in path:
            asked_for |= {path.replace("/x", f"/{bad}") for bad in poison}
        for asked in sorted(asked_for):
            answer = world.seat.get(asked, headers=world.fan.headers, buffered=True)
            assert answer.status_code < 500, asked[:200]


def test_ten_megabytes_are_refused_unread(world: World) -> None:
    """A body larger than an API call can be is refused by its length alone, even where nobody would read it."""
    for rule, method, path, fan in world.writes():
        if not path.startswith("/api/"):
            continue
        client = world.app.test_client() if fan else world.seat.client
        answer = client.open(
            path,
            method=method,
            headers=world.fan.headers if fan else {},
            environ_overrides={"CONTENT_LENGTH": "10000000"},
        )
        assert answer.status_code == 413, f"{method} {rule} answered {answer.status_code}"
        assert answer.json["code"] == "too_large"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/admin/stores/new", "application/x-www-form-urlencoded"),
        ("/admin/exclusions", "multipart/form-data; boundary=cut"),
        ("/admin/pictures/", "multipart/form-data; boundary=cut"),
        ("/admin/sign-in", "application/x-www-form-urlencoded"),
        ("/play/walk/sign-in/code", "application/x-www-form-urlencoded"),
    ],
)
def test_ten_megabytes_in_a_form_are_refused(world: World, path: str, kind: str) -> None:
    """A page takes a form, not a flood: 413 for ten megabytes, and nothing is kept."""
    body = b"values=" + b"a" * 10_000_000
    if "cut" in kind:
        head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        body = head + b"a" * 10_000_000 + b"\r\n--cut--\r\n"

    assert world.send("POST", path, body, kind, fan=False) == 413


def _png(width: int, height: int) -> bytes:
    """A PNG of one colour: a few kilobytes, however many pixels it unpacks to."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        packed = struct.pack(">I", len(data)) + kind + data
        return packed + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    squeeze = zlib.compressobj(9)
    row = b"\0" * (1 + width // 8)
    pixels = b"".join(squeeze.compress(row) for _ in range(min(height, 2000))) + squeeze.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


HOSTILE_PICTURES = {
    "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "bomb.png": _png(60_000, 60_000),
    "long.png": _png(200, 400_000),
    "page.png": b"<!doctype html><script>alert(1)</script>",
    "half.png": _png(100, 100)[:60],
    "gif.png": b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02",
    "eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
}


@pytest.mark.parametrize("name", HOSTILE_PICTURES)
def test_hostile_pictures_are_refused(app: Flask, name: str) -> None:
    """A drawing with programs, a bomb, a page or half a file is refused with a sentence, and nothing is kept."""
    seat = take_seat(app, create_brand(app))
    upload = {"file": (io.BytesIO(HOSTILE_PICTURES[name]), name)}

    answer = seat.post("/admin/pictures/", upload, headers={"Accept": "application/json"})

    assert answer.status_code == 422, answer.text
    assert answer.json["fields"]["file"]
    assert rows(app, "SELECT id FROM asset") == []


def test_a_wrong_form_keeps_what_was_typed(seat: Seat) -> None:
    """The brand's details without a name come back with a sentence and with the address that was typed."""
    answer = seat.post("/admin/brand/details", {"name": "", "email": "typed@example.org"})

    assert answer.status_code == 422
    assert "typed@example.org" in answer.text


@pytest.mark.parametrize(
    "email",
    ["a@b.example\r\nBcc:c", "a@b..example", "a@@b.example", "@b.example", "a@", "a b@c.example"],
)
def test_an_address_that_would_break_letters_is_refused(seat: Seat, email: str) -> None:
    """What goes into a header of every e-mail of the brand is a plain address, or the form says what to do."""
    answer = seat.post("/admin/brand/details", {"name": "Club", "locales": "fr", "email": email})

    assert answer.status_code == 422
    assert rows(seat.app, "SELECT contact ->> 'email' FROM brand") == [(None,)]
