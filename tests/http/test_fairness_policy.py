"""What strangers fetch to check us: the policy, the verifiers under it, the specification, and each brand's log."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from flask import Flask

from masterapp.db import db
from masterapp.draws import verify_page
from masterapp.exact import canonical
from masterapp.exact.drand import QUICKNET
from masterapp.exact.log import verify_log
from masterapp.fairness import log, signing
from masterapp.fairness.demo_beacon import DEMO
from masterapp.fairness.policy import document, verifier_hashes
from masterapp.testing.factories import create_brand
from masterapp.web.fan import policy

WELL_KNOWN = "/.well-known/masterapp-fairness.json"
AT = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_the_policy_names_what_can_be_checked(app: Flask) -> None:
    """Every brand's own key, the beacon in use, and verifiers whose bytes have the hash that is told."""
    brands = {slug: create_brand(app, slug=slug) for slug in ("alpha", "beta")}
    answer = app.test_client().get(WELL_KNOWN)
    told = answer.get_json()
    with app.app_context():
        for slug, brand_id in brands.items():
            assert told["brands"][slug] == {"ed25519": signing.public_key(brand_id).hex()}
            receipt = signing.sign(brand_id, {"weight": "1"})
            assert signing.is_signed(receipt, bytes.fromhex(told["brands"][slug]["ed25519"]))
    assert told["brands"]["alpha"] != told["brands"]["beta"]
    base_url = app.config["SETTINGS"].base_url
    files = {**told["verifiers"], "fairness.md": told["specification"]}
    assert files.keys() == {"verify_draw.py", "verify.html", "fairness.md"}
    for name, file in files.items():
        path = file["address"].removeprefix(base_url)
        served = app.test_client().get(path)
        assert served.status_code == 200, name
        assert hashlib.sha256(served.data).hexdigest() == file["sha256"]
    assert told["log"].format(brand="alpha").startswith(f"{base_url}/play/alpha/")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert canonical.encode(told)


def test_the_policy_says_when_the_beacon_is_nobodys() -> None:
    """Only quicknet is called public; the demo's beacon is named as what it is."""
    assert document("https://x.example", {}, QUICKNET)["beacon"]["public"] is True
    demo = document("https://x.example", {}, DEMO)["beacon"]
    assert (demo["public"], demo["chain"], demo["public_key"]) == (
        False,
        DEMO.hash,
        DEMO.public_key,
    )
    assert set(verifier_hashes()) == {"verify_draw.py", "verify.html"}


def test_the_page_may_run_its_own_script(app: Flask) -> None:
    """The verification page is served under its own policy, by which its script runs and nothing is fetched."""
    served = app.test_client().get("/verify/verify.html")
    header = served.headers["Content-Security-Policy"]
    assert header.startswith(verify_page.policy())
    assert "default-src 'none'" in header
    assert served.headers.getlist("Content-Security-Policy") == [header]
    assert app.test_client().get("/verify/page.html").status_code == 404
    assert app.test_client().get("/verify/..%2Fsettings.md").status_code == 404


def test_the_log_is_published_and_holds_together(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody follows the chain from the first record to the head, page by page, and finds what each is about."""
    monkeypatch.setattr(policy, "MOST_RECORDS", 2)
    brand_id, other = create_brand(app, slug="logged"), create_brand(app, slug="quiet")
    with app.app_context():
        for number in range(5):
            log.append(brand_id, "draw_announced", {"number": number}, at=AT)
        log.append(other, "draw_announced", {"number": 99}, at=AT)
        db.session.commit()
    found, start, head = [], 0, ""
    while start is not None:
        page = app.test_client().get(f"/play/logged/log.json?from={start}").get_json()
        found += page["records"]
        start, head = page["next"], page["head"]
    assert [one["data"]["number"] for one in found] == list(range(5))
    assert verify_log([one["record"] for one in found]).hex() == head == found[-1]["hash"]
    for one in found:
        digest = hashlib.sha256(canonical.encode(one["data"])).hexdigest()
        assert one["record"]["data_sha256"] == digest


@pytest.mark.parametrize("start", ["-1", "x", "1" * 30, "", "²"])
def test_a_start_that_is_no_number_is_refused(app: Flask, start: str) -> None:
    """A page of the log that cannot be is not found, nor is a log of nobody."""
    create_brand(app, slug="logged")
    assert app.test_client().get(f"/play/logged/log.json?from={start}").status_code == 404
    assert app.test_client().get("/play/nobody/log.json").status_code == 404
