"""Letters as they arrive: whose they are, what they hold, and that none is sent twice or too late."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from masterapp.brands.models import Brand
from masterapp.db import db, now
from masterapp.identity import service
from masterapp.identity.codes import make_code
from masterapp.identity.models import SignIn
from masterapp.outreach import mailer, tasks
from masterapp.testing.factories import create_brand, rows
from masterapp.testing.mail import Mailbox


@pytest.fixture
def club(app: Flask) -> UUID:
    """A brand with a name that needs care and its own colours and addresses."""
    return create_brand(
        app,
        name='Stade "Été" <Nantes>',
        theme={"accent": "#0a7d33"},
        contact={"email": "hello@stade.example", "mail_from": "jeux@stade.example"},
    )


def ask(app: Flask, brand: UUID, locale: str = "fr", email: str = "ada@example.org") -> UUID:
    """Ask for a code."""
    with app.app_context(), db.transaction() as session:
        found = session.get(Brand, brand)
        assert found is not None
        return service.request_code(found, email, locale=locale, at=now()).sign_in


def test_a_letter_is_the_brands_in_the_readers_language(
    app: Flask, club: UUID, mailbox: Mailbox
) -> None:
    """Sender, reply address, colours and language are right, and both parts hold the code."""
    sign_in = ask(app, club)
    with app.app_context():
        code = make_code(sign_in, 1)

    (letter,) = mailbox.collect()

    assert letter["Subject"] == f'{code} est votre code pour Stade "Été" <Nantes>'
    assert letter["From"].addresses[0].addr_spec == "jeux@stade.example"
    assert letter["From"].addresses[0].display_name == 'Stade "Été" <Nantes>'
    assert letter["Reply-To"].addresses[0].addr_spec == "hello@stade.example"
    assert letter["Message-ID"] == f"<code.{sign_in.hex}.1@stade.example>"
    assert "List-Unsubscribe" not in letter
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert code in text.get_content()
    assert 'Stade "Été" <Nantes>' in text.get_content()
    page = html.get_content()
    assert code in page
    assert "#0a7d33" in page
    assert "&lt;Nantes&gt;" in page
    assert "<img" not in page
    assert 'lang="fr"' in page


def test_english_readers_get_english(app: Flask, club: UUID, mailbox: Mailbox) -> None:
    """The language of the page where the code was asked for is the letter's."""
    ask(app, club, "en")

    (letter,) = mailbox.collect()

    assert "is your code for" in letter["Subject"]


def test_an_address_with_accents_and_a_subject_with_line_breaks_are_safe(
    app: Flask, mailbox: Mailbox
) -> None:
    """International domains are written as mail servers know them, and no brand name can add a header."""
    brand = create_brand(app, name="Stade\r\nBcc: all@example.org")
    ask(app, brand, email="ada@exämple.org")

    (letter,) = mailbox.collect()

    assert letter["Bcc"] is None
    assert letter["To"].addresses[0].domain == "xn--exmple-cua.org"


def test_an_offer_can_be_stopped_with_one_click(app: Flask, club: UUID, mailbox: Mailbox) -> None:
    """An offer carries the headers of RFC 8058 and the link in its foot."""
    link = "https://play.example/play/stade/unsubscribe/token"
    with app.app_context():
        brand = db.session.get(Brand, club)
        assert brand is not None
        letter = mailer.write(
            "sign_in_code",
            brand,
            to="ada@example.org",
            key="offer.1",
            locale="en",
            code="123456",
            unsubscribe=link,
        )
        mailer.send(letter, brand)

    (arrived,) = mailbox.letters
    assert arrived["List-Unsubscribe"] == f"<{link}>"
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = arrived.get_body(("html",))
    assert page is not None
    assert link in page.get_content()


def test_a_code_that_is_over_is_not_sent(app: Flask, club: UUID, mailbox: Mailbox) -> None:
    """A letter whose code was used, replaced or is too old stays unsent, whatever the queue's delay."""
    for change in ({"used_at": now()}, {"expires_at": now() - timedelta(seconds=1)}, {"sends": 2}):
        sign_in = ask(app, club)
        with app.app_context(), db.transaction() as session:
            session.query(SignIn).filter_by(id=sign_in).update(change)

    assert mailbox.collect() == []
    assert rows(app, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_a_job_that_runs_twice_sends_the_same_letter(
    app: Flask, club: UUID, mailbox: Mailbox
) -> None:
    """At-least-once delivery is recognisable: both copies carry one Message-ID."""
    sign_in = ask(app, club)
    with app.app_context():
        for _ in range(2):
            tasks.send_sign_in_code(str(club), str(sign_in), 1)

    assert len({str(letter["Message-ID"]) for letter in mailbox.letters}) == 1


def test_a_server_that_is_away_is_asked_again(app: Flask, club: UUID) -> None:
    """While the mail server does not answer the job waits for its next try; it is not lost."""
    from dataclasses import replace

    from masterapp.testing.mail import run_jobs

    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, smtp_url="smtp://127.0.0.1:9")
    try:
        ask(app, club)
        run_jobs(app)
    finally:
        app.config["SETTINGS"] = settings

    waiting = rows(
        app, "SELECT status::text, attempts, scheduled_at > now() FROM procrastinate_jobs"
    )
    assert waiting == [("todo", 1, True)]


def test_the_worker_stops_when_told_and_finishes_its_job(
    app: Flask, club: UUID, mailbox: Mailbox
) -> None:
    """`flask worker` sends what waits, and SIGTERM ends it with success."""
    settings = app.config["SETTINGS"]
    environment = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "SMTP_URL": settings.smtp_url,
        "FLASK_APP": "masterapp.app:create_app",
        "PATH": "/usr/bin:/bin",
    }
    ask(app, club)
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
    ) as worker:
        deadline = time.monotonic() + 30
        while not mailbox.letters and time.monotonic() < deadline:
            time.sleep(0.1)
        worker.terminate()
        _, errors = worker.communicate(timeout=30)

    assert len(mailbox.letters) == 1, errors.decode()
    assert worker.returncode == 0, errors.decode()


def test_the_demos_mailbox_exists_in_the_demo_only(
    app: Flask, club: UUID, mailbox: Mailbox
) -> None:
    """The page lists the letters with their code, as text; outside a demo it is not found."""
    from dataclasses import replace

    sign_in = ask(app, club)
    mailbox.collect()
    client = app.test_client()
    assert client.get("/demo/mail").status_code == 404
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, demo=True, mail_sink=str(mailbox.folder))
    with app.app_context():
        code = make_code(sign_in, 1)
    try:
        listed = client.get("/demo/mail?lang=en")
        name = next(mailbox.folder.glob("*.eml")).name
        shown = client.get(f"/demo/mail/{name}?lang=en")
        strange = [
            client.get(f"/demo/mail/{path}").status_code for path in ("1.eml", "..%2fx", "x")
        ]
    finally:
        app.config["SETTINGS"] = settings

    assert f">{code}<" in listed.text
    assert "&lt;Nantes&gt;" in listed.text
    assert code in shown.text
    assert strange == [404, 404, 404]
