"""Letters by e-mail: written from templates in the reader's language and the brand's colours, sent by plain SMTP.

There is no pixel and no tracked link in them.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import idna
import structlog
from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment, FileSystemLoader

from masterapp.brands import theme
from masterapp.brands.models import Brand
from masterapp.db import now
from masterapp.texts import DEFAULT_LOCALE, LOCALES

log = structlog.get_logger(__name__)

TEMPLATES = Path(__file__).parent / "templates"
SECONDS_TO_ANSWER = 20


@dataclass(frozen=True)
class Letter:
    """One e-mail, ready to leave. *key* makes its Message-ID, so that a letter sent twice is recognised as one."""

    to: str
    key: str
    subject: str
    text: str
    html: str
    #: PNG pictures that the HTML shows as ``cid:<name>``.
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    #: Where a click in the mail program withdraws the consent behind an offer (RFC 8058).
    unsubscribe: str = ""


def write(
    template: str,
    brand: Brand,
    *,
    to: str,
    key: str,
    locale: str,
    pictures: Mapping[str, bytes] | None = None,
    unsubscribe: str = "",
    **facts: Any,
) -> Letter:
    """Write a letter from ``templates/mail/<template>.html``: its blocks subject, text and content."""
    locale = locale if locale in LOCALES else DEFAULT_LOCALE
    values = {
        "brand": brand,
        "locale": locale,
        "unsubscribe": unsubscribe,
        **_colours(brand),
        **facts,
    }
    with force_locale(locale):
        page = _environment().get_template(f"mail/{template}.html")
        subject, text = (
            "".join(page.blocks[block](page.new_context(values))).strip()
            for block in ("subject", "text")
        )
        html = page.render(values)
    subject = " ".join(subject.split())
    return Letter(to, key, subject, text + "\n", html, pictures or {}, unsubscribe)


def _environment() -> Environment:
    return current_app.jinja_env.overlay(loader=FileSystemLoader(TEMPLATES))


def _colours(brand: Brand) -> dict[str, str]:
    """Return the brand's colours in the spelling of e-mails, which do not read OKLCH."""
    accent = theme.from_hex(theme.Theme.read(brand.theme).accent)
    return {"accent": theme.to_hex(accent), "accent_ink": theme.to_hex(theme.ink_on(accent))}


def send(letter: Letter, brand: Brand) -> None:
    """Hand the letter to the SMTP server. An address that the server refuses for good is logged and not tried again."""
    message = compose(letter, brand)
    with _server() as server:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            status = next(iter(error.recipients.values()))[0]
            if status < 500:
                raise
            log.warning("recipient_refused", key=letter.key, status=status)


def compose(letter: Letter, brand: Brand) -> EmailMessage:
    """Return the letter as a message of the brand."""
    address = str(brand.contact.get("mail_from") or parseaddr(_settings().mail_from)[1])
    message = EmailMessage()
    message["From"] = Address(" ".join(brand.name.split()), addr_spec=address)
    message["To"] = _as_servers_know_it(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{letter.key}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if brand.contact.get("email"):
        message["Reply-To"] = Address(addr_spec=str(brand.contact["email"]))
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    for name, picture in letter.pictures.items():
        page.add_related(picture, "image", "png", cid=f"<{name}>", filename=f"{name}.png")
    return message


def _as_servers_know_it(address: str) -> Address:
    """Return an address whose domain is in ASCII: few servers accept another spelling."""
    name, _, domain = address.rpartition("@")
    return Address(username=name, domain=idna.encode(domain, uts46=True).decode())


def _settings() -> Any:
    return current_app.config["SETTINGS"]


@contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    """Connect to the SMTP server, with TLS where it is offered, and sign in when the address says so."""
    url = urlsplit(_settings().smtp_url)
    host = url.hostname or "localhost"
    secure = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=SECONDS_TO_ANSWER, context=secure)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=SECONDS_TO_ANSWER)
    with server:
        server.ehlo()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
