"""Dates from a third party (RFC 3161): an authority signs that it saw a hash at a time; we keep what it signed.

What is checked here is that the answer grants a date to exactly our hash. Whether the authority deserves trust
is for the reader: the token verifies with its certificate (`openssl ts -verify`), today and in ten years.
"""

from __future__ import annotations

import base64

import requests
from flask import current_app
from rfc3161_client import PKIStatus, decode_timestamp_response

from masterapp.exact.log import timestamp_request
from masterapp.exact.times import written

SHA256 = "2.16.840.1.101.3.4.2.1"
GRANTED = (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
_LONGEST_ANSWER = 65_536
_PATIENCE = (3, 10)


class TimestampUnavailable(Exception):
    """The authority gave no date for our hash; nothing waits for it, the certificate says that it is missing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def authority() -> str:
    """Return the address of the authority that the settings name, or nothing."""
    return str(current_app.config["SETTINGS"].timestamp_url)


def date(head: bytes) -> dict[str, str]:
    """Have the authority of the settings date a SHA-256 hash; return its address, the time and the token.

    Raises ``TimestampUnavailable`` with the reason: no authority is set, none answered, or not as it should.
    """
    url = authority()
    if not url:
        raise TimestampUnavailable("no authority is set")
    return read(_ask(url, timestamp_request(head)), head, url)


def read(answer: bytes, head: bytes, url: str) -> dict[str, str]:
    """Read an authority's answer; refuse one that grants nothing, or dates something else than our hash."""
    try:
        response = decode_timestamp_response(answer)
        status = response.status
        if status not in GRANTED:
            raise TimestampUnavailable(f"the authority refused (status {status})")
        seen, token = response.tst_info, response.time_stamp_token()
        imprint, signers = seen.message_imprint, len(response.signed_data.signer_infos)
    except ValueError as fault:
        raise TimestampUnavailable(f"the answer is not a timestamp: {fault}") from fault
    if imprint.hash_algorithm.dotted_string != SHA256 or imprint.message != head:
        raise TimestampUnavailable("the answer dates something else")
    if signers != 1:
        raise TimestampUnavailable("the answer does not carry one signature")
    return {
        "authority": url,
        "ts": written(int(seen.gen_time.timestamp())),
        "token": base64.b64encode(token).decode("ascii"),
    }


def _ask(url: str, question: bytes) -> bytes:
    """Post the request; follow no redirect, and read no further than a token can be long."""
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
    }
    try:
        with requests.post(
            url,
            data=question,
            headers=headers,
            timeout=_PATIENCE,
            stream=True,
            allow_redirects=False,
        ) as answer:
            if answer.status_code != 200:
                raise TimestampUnavailable(f"the authority answered {answer.status_code}")
            found: bytes = answer.raw.read(_LONGEST_ANSWER + 1, decode_content=True)
    except (requests.RequestException, OSError) as fault:
        raise TimestampUnavailable(f"the authority cannot be reached: {fault}") from fault
    if len(found) > _LONGEST_ANSWER:
        raise TimestampUnavailable("the answer is too long")
    return found
