"""What strangers begin with: the policy that names beacon, keys and verifiers, and the specification."""

from __future__ import annotations

import hashlib

from flask import Flask

from masterapp.draws.verify_page import VERIFY
from masterapp.exact import canonical
from masterapp.exact.drand import QUICKNET
from masterapp.fairness import signing
from masterapp.fairness.demo_beacon import DEMO
from masterapp.fairness.policy import document, verifier_hashes
from masterapp.testing.factories import create_brand

WELL_KNOWN = "/.well-known/masterapp-fairness.json"


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
    for name in ("verify_draw.py", "verify.html"):
        digest = hashlib.sha256((VERIFY / name).read_bytes()).hexdigest()
        assert told["verifiers"][name] == {"address": f"{base_url}/verify/{name}", "sha256": digest}
    served = app.test_client().get(told["specification"]["address"].removeprefix(base_url))
    assert (served.status_code, served.mimetype) == (200, "text/markdown")
    assert hashlib.sha256(served.data).hexdigest() == told["specification"]["sha256"]
    assert told["log"].format(brand="alpha") == f"{base_url}/play/alpha/draws/log.json"
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
