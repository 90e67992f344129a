"""The demo's mailbox: the e-mails that would have left, so that a newcomer can read their code. Off outside a demo."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, current_app, render_template

from masterapp.brands.access import public
from masterapp.errors import Refused

blueprint = Blueprint("demo", __name__, url_prefix="/demo", template_folder="templates")

NEWEST = 50
LARGEST_LETTER = 512 * 1024
NAME = re.compile(r"[0-9]{1,24}\.eml")


@dataclass(frozen=True)
class Letter:
    """A letter as the list and the page show it; of its HTML only the text is shown."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime | None
    text: str

    @property
    def code(self) -> str:
        """The six digits, where the letter is about them."""
        found = re.match(r"\d{6}\b", self.subject)
        return found.group() if found else ""


def _folder() -> Path:
    settings = current_app.config["SETTINGS"]
    if not settings.demo or not settings.mail_sink:
        raise Refused("not_found")
    return Path(settings.mail_sink)


def _read(file: Path) -> Letter:
    with file.open("rb") as source:
        message = email.message_from_bytes(
            source.read(LARGEST_LETTER), EmailMessage, policy=email.policy.default
        )
    body = message.get_body(("plain",))
    date = message["Date"]
    return Letter(
        file.name,
        str(message["To"] or message["X-Envelope-To"] or ""),
        str(message["From"] or ""),
        str(message["Subject"] or ""),
        date.datetime if date is not None else None,
        body.get_content() if body is not None else "",
    )


@blueprint.get("/mail")
@public
def mail() -> str:
    """List the newest letters."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:NEWEST]
    return render_template("demo/mail.html", letters=[_read(file) for file in files])


@blueprint.get("/mail/<name>")
@public
def letter(name: str) -> str:
    """Show one letter."""
    file = _folder() / name
    if not NAME.fullmatch(name) or not file.is_file():
        raise Refused("not_found")
    return render_template("demo/letter.html", letter=_read(file))
