"""A real SMTP server for tests, on loopback: what the application sends arrives here and can be read."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from masterapp.cli import worker
from masterapp.server.mail_sink import mail_sink


class Mailbox:
    """All letters that arrived, oldest first."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder

    @property
    def letters(self) -> list[EmailMessage]:
        """Every letter, read anew."""
        return [
            email.message_from_bytes(file.read_bytes(), EmailMessage, policy=email.policy.default)
            for file in sorted(self.folder.glob("*.eml"))
        ]

    def collect(self) -> list[EmailMessage]:
        """Run the waiting jobs, then return the letters."""
        run_jobs(self.app)
        return self.letters

    def code_for(self, address: str) -> str:
        """Run the waiting jobs and return the six digits of the newest letter to *address*."""
        for letter in reversed(self.collect()):
            if address in str(letter["To"]):
                found = re.search(r"\b\d{6}\b", str(letter["Subject"]))
                if found:
                    return found.group()
        raise AssertionError(f"no code arrived for {address}")

    def link_for(self, address: str) -> str:
        """Run the waiting jobs and return the path of the link in the newest letter to *address*."""
        for letter in reversed(self.collect()):
            if address in str(letter["To"]):
                body = letter.get_body(("plain",))
                assert body is not None
                found = re.search(r"https?://[^/\s]+(/\S+)", body.get_content())
                if found:
                    return found.group(1)
        raise AssertionError(f"no link arrived for {address}")


def run_jobs(app: Flask) -> None:
    """Run every waiting job with a real worker, and return when the queue is empty."""
    # The worker has an event loop of its own, which a test in a browser may already have in its thread.
    thread = threading.Thread(target=worker.run, args=[app], kwargs={"wait": False})
    thread.start()
    thread.join()


@contextmanager
def open_mailbox(app: Flask, folder: Path) -> Iterator[Mailbox]:
    """Start an SMTP server and let the application send to it."""
    with socket.socket() as probe:  # aiosmtpd must be told a port.
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = mail_sink(folder, port)
    controller.start()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, smtp_url=f"smtp://127.0.0.1:{port}")
    try:
        yield Mailbox(app, folder)
    finally:
        app.config["SETTINGS"] = settings
        controller.stop()


@pytest.fixture
def mailbox(app: Flask, tmp_path: Path) -> Iterator[Mailbox]:
    """The letters that the application of this test sends."""
    with open_mailbox(app, tmp_path / "mail") as box:
        yield box
