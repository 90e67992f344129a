"""What a stranger needs to check this installation: protocols, beacon, keys, logs, verifiers, in one public document.

`/.well-known/masterapp-fairness.json` (docs/fairness.md, section 13). A copy kept elsewhere shows later changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from masterapp.exact.drand import QUICKNET, Chain

VERSION = "MASTERAPP-FAIRNESS-1"
PROTOCOLS = ("MVD1", "MVD1-CERTIFICATE-1", "MVD1-TICKET-1", "MVD1-RECEIPT-1", "IWS1")
ROOT = Path(__file__).parents[2]
VERIFIERS = {name: ROOT / "static" / "verify" / name for name in ("verify_draw.py", "verify.html")}
SPECIFICATION = ROOT / "docs" / "fairness.md"


def document(base_url: str, keys: Mapping[str, bytes], chain: Chain) -> dict[str, Any]:
    """Return the policy: *keys* are the brands' public keys by their slugs, *chain* is what new promises name."""
    return {
        "v": VERSION,
        "protocols": list(PROTOCOLS),
        "beacon": {
            "chain": chain.hash,
            "public_key": chain.public_key,
            "scheme": chain.scheme,
            "genesis": chain.genesis,
            "period": chain.period,
            "public": chain == QUICKNET,
        },
        "brands": {slug: {"ed25519": key.hex()} for slug, key in sorted(keys.items())},
        "log": f"{base_url}/play/{{brand}}/draws/log.json",
        "verifiers": {
            name: {"address": f"{base_url}/verify/{name}", "sha256": digest}
            for name, digest in verifier_hashes().items()
        },
        "specification": {
            "address": f"{base_url}/verify/fairness.md",
            "sha256": _hash_of(SPECIFICATION),
        },
    }


def verifier_hashes() -> dict[str, str]:
    """Return the SHA-256 of each verifier as it is served, for certificates and the policy."""
    return {name: _hash_of(path) for name, path in VERIFIERS.items()}


@lru_cache
def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
