"""The demo's two small servers: the retailer's host site and the mail sink."""

import smtplib
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from masterapp.server.host_site import host_site
from masterapp.server.mail_sink import mail_sink
from masterapp.server.ports import find_port


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A host site with a page, a script and a file beside its folder."""
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "index.html").write_text('<script src="http://localhost:8000/embed.js"></script>')
    (folder / "page.js").write_text("export {};")
    (tmp_path / "secret").write_text("not for you")
    with host_site(folder, 0, "http://localhost:4321") as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_page_names_the_address_at_which_masterapp_runs(site: str) -> None:
    """Pages are written for the usual address and get the real one."""
    with urllib.request.urlopen(f"{site}/") as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert b"http://localhost:4321/embed.js" in answer.read()


def test_a_script_has_the_type_that_browsers_demand(site: str) -> None:
    """A module script runs only with a JavaScript type, whatever the system's own table says."""
    with urllib.request.urlopen(f"{site}/page.js") as answer:
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/nothing", "/../secret", "/%2e%2e/secret"])
def test_nothing_outside_the_folder_is_served(site: str, path: str) -> None:
    """A path that leaves the folder finds nothing."""
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(site + path)
    refused.value.close()


def test_a_message_becomes_a_file(tmp_path: Path) -> None:
    """What is sent by SMTP lies in the folder as one .eml file, with its accents and recipient."""
    port = find_port("the mail sink", 21_025).number
    sink = mail_sink(tmp_path, port)
    sink.start()
    try:
        message = EmailMessage()
        message["From"], message["To"] = "play@example.org", "fan@example.org"
        message["Subject"] = "Votre code"
        message.set_content("Voilà : 123456")
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.send_message(message)
    finally:
        sink.stop()
    (file,) = tmp_path.glob("*.eml")
    assert "X-Envelope-To: fan@example.org" in file.read_text()
    assert "Votre code" in file.read_text()
