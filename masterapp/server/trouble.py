"""What stops MasterApp from starting, told in one sentence that names the cure."""

import re
from pathlib import Path

EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*: \S")
SAYS_NOTHING = ("Usage:", "Try ", "Error: No such command")


class CannotRun(Exception):
    """Carries one sentence for the person at the keyboard; never shown with a traceback."""


def last_words(log: Path) -> str:
    """The line of a log that names why a program ended: its last exception, else its last line."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    exceptions = [
        line for line in lines if EXCEPTION.match(line) and not line.startswith(SAYS_NOTHING)
    ]
    found = (exceptions or lines or ["it said nothing"])[-1]
    return found[:300]
