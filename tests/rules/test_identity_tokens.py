"""The bearer token's spelling: carries brand, session and secret, and is read only when it is exactly right."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterapp.identity.tokens import LENGTH, Token, parse_token, read_bearer


def a_token() -> Token:
    """A token."""
    return Token(uuid4(), uuid4(), secrets.token_bytes(32))


@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=32))
def test_a_token_reads_back(brand: UUID, session: UUID, secret: bytes) -> None:
    """What is written is what is read, whatever the bytes."""
    token = Token(brand, session, secret)

    assert parse_token(str(token)) == token
    assert len(str(token)) == LENGTH


@given(st.text(max_size=120))
def test_any_other_text_is_no_token(text: str) -> None:
    """Nothing but a token is read as one, and nothing makes the reader fail."""
    token = parse_token(text)

    assert token is None or str(token) == text


def test_a_second_spelling_of_a_token_is_refused() -> None:
    """Unused bits at the end do not make another text for the same token."""
    text = str(Token(uuid4(), uuid4(), bytes(32)))
    assert text.endswith("A")

    assert parse_token(text[:-1] + "B") is None
    assert parse_token(text.replace("-", "+").replace("_", "/") + "=") is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Basic {}", "bearer  ", "{}", "Bearer {} x", "Bearer fan_"]
)
def test_other_headers_hold_no_token(header: str) -> None:
    """Only the Bearer scheme with one token counts."""
    assert read_bearer(header.format(a_token())) is None


def test_the_scheme_is_read_in_any_case() -> None:
    """Schemes are case-insensitive (RFC 9110)."""
    token = a_token()

    assert read_bearer(f"bearer {token}") == token
    assert read_bearer(f"BEARER {token}") == token
