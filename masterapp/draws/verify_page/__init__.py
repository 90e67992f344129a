"""Puts the offline verification page together: one file, its scripts and style inside it.

The parts beside this file are ordinary modules, so that they can be read and tested one by one;
`flask draws page` joins them into static/verify/verify.html. Its sentences come from
verify_draw.py, the other independent verifier.
"""

import ast
import base64
import hashlib
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
VERIFY = HERE.parents[2] / "static" / "verify"
PAGE = VERIFY / "verify.html"
# In the order in which they need each other.
PARTS = (
    "exact",
    "isogeny",
    "bls",
    "sha512",
    "ed25519",
    "tree",
    "sources",
    "report",
    "mvd1",
    "entries",
    "receipt",
    "texts",
    "page",
)
_IMPORT = re.compile(r"^import (?:\{[^}]*\}|\w+) from \"[^\"]+\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def script() -> str:
    """All the parts as one classic script in a block of its own."""
    parts = [
        texts() if name == "texts" else (HERE / f"{name}.js").read_text("utf-8") for name in PARTS
    ]
    joined = "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)
    return f'"use strict";\n{{\n{joined}}}\n'


def texts() -> str:
    """The sentences of verify_draw.py, French and English, as a module."""
    tree = ast.parse((VERIFY / "verify_draw.py").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TEXTS":
            found = ast.literal_eval(node.value)
            rows = "".join(
                f"  {key}: {json.dumps(list(pair), ensure_ascii=False)},\n"
                for key, pair in found.items()
            )
            return f"// Sentences, French and English.\nexport const TEXTS = {{\n{rows}}};\n"
    raise LookupError("verify_draw.py has no table of sentences")


def policy() -> str:
    """The content security policy of the page: its own script and style, and no network at all."""
    style, code = (HERE / "style.css").read_text("utf-8"), script()
    return (
        f"default-src 'none'; script-src {_hash(code)}; style-src {_hash(style)}; "
        "worker-src blob:; base-uri 'none'; form-action 'none'"
    )


def build() -> str:
    """The whole page."""
    page = (HERE / "page.html").read_text("utf-8")
    parts = {
        "policy": policy(),
        "style": (HERE / "style.css").read_text("utf-8"),
        "script": script(),
    }
    return re.sub(r"\{(policy|style|script)\}", lambda found: parts[found[1]], page)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
