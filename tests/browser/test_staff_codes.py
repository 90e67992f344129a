"""The till's script and the server agree on every code: what is the same code, and what is a slip."""

import random
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from masterapp.coupons import codes
from masterapp.testing.browser import serve


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application, served."""
    with serve(app) as served:
        yield served


def test_script_and_server_read_codes_alike(page: Page, address: str) -> None:
    """For good codes, slips, page addresses and nonsense, both fold alike and judge the check character alike."""
    chance = random.Random(7)
    texts = ["", " ", "https://play.example.org/c/club/7k3m-9qtr-x2c/?x=1", "ﬁ½①ß", "O0oIiLl1"]
    for _ in range(200):
        code = codes.new_code()
        place = chance.randrange(len(code))
        slip = code[:place] + chance.choice(codes.ALPHABET + "U-*") + code[place + 1 :]
        texts += [code, code.lower().replace("-", " "), slip, code[::-1]]
    page.goto(f"{address}/staff/offline")
    judged = page.evaluate(
        """async (texts) => {
          const codes = await import("/static/staff/codes.js");
          return texts.map((text) => {
            const key = codes.fold(codes.fromScan(text));
            return [key, codes.isWellFormed(key)];
          });
        }""",
        texts,
    )
    keys = [codes.fold(codes.from_scan(text)) for text in texts]
    assert judged == [[key, codes.is_well_formed(key)] for key in keys]
