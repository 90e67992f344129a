"""verify.html in a real browser: offline, by file or served, it judges in under a second and in two languages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect

from masterapp.draws.protocol.receipt import Receipt
from masterapp.draws.verify_page import PAGE, policy
from masterapp.exact import canonical
from masterapp.testing.browser import serve
from tests.draws_kit import DRAW_ID, Entrant, MadeDraw

PRIZES = [{"id": "Voyage", "qty": 1, "alternates": 2}, {"id": "Casquette", "qty": 10}]


@pytest.fixture(scope="module")
def made() -> MadeDraw:
    """A draw of two hundred entrants."""
    return MadeDraw([Entrant(f"fan{n}", n % 9 + 1) for n in range(200)], PRIZES)


def receipt_of(one: Entrant) -> dict[str, Any]:
    """A signed receipt of somebody who may or may not be in the list."""
    record = one.record()
    said = Receipt(DRAW_ID, 2, record.tag, one.salt, record.weight, 0, 1694764800, bytes(32))
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    document = said.document() | {"key": key.public_key().public_bytes_raw().hex()}
    return document | {"signature": key.sign(canonical.encode(document)).hex()}


@pytest.fixture(scope="module")
def files(made: MadeDraw, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The draw's files, and a forged certificate."""
    folder = tmp_path_factory.mktemp("draw")
    certificate = made.certificate()
    forged = made.certificate()
    forged["draws"][0]["u"] = "0"
    contents = {
        "certificate.json": json.dumps(certificate).encode(),
        "forged.json": json.dumps(forged).encode(),
        "ticket.json": json.dumps(made.ticket("fan7")).encode(),
        "entries.bin": made.entries_file(),
        "cut.bin": made.entries_file()[:-57],
        "photo.json": b"\x89PNG",
        "receipt.json": json.dumps(receipt_of(Entrant("fan7", 8))).encode(),
        "missing.json": json.dumps(receipt_of(Entrant("nobody", 8))).encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The page as a server would send it, under its own policy as a header."""

    def application(_environ: object, start_response: object) -> list[bytes]:
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", policy()),
        ]
        start_response("200 OK", headers)  # type: ignore[operator]
        return [PAGE.read_bytes()]

    with serve(application) as address:
        yield address


def check(page: Page, *paths: Path) -> None:
    """Give files to the page and press its button."""
    page.get_by_label("Déposez vos fichiers ici").set_input_files(paths)
    page.get_by_role("button", name="Vérifier").click()


def test_a_certificate_is_checked_offline_from_the_file_itself(
    page: Page, files: dict[str, Path]
) -> None:
    """Opened from disk and without network, the page replays the draw and shows the tickets."""
    page.context.set_offline(True)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(PAGE.as_uri())
    check(page, files["certificate.json"])
    expect(page.locator("#verdict")).to_contain_text("Tout ce qui a été contrôlé est exact")
    expect(page.locator("#tickets li")).to_have_count(13)
    expect(page.locator("#findings")).to_contain_text("Niveau A")
    expect(page.locator("#findings")).to_contain_text("Ce qui n’a pas été contrôlé")
    assert all(url.startswith(("file:", "blob:")) for url in requests)


def test_it_takes_less_than_a_second(page: Page, files: dict[str, Path]) -> None:
    """Light verification, beacon signature included, is over before one wonders."""
    page.goto(PAGE.as_uri())
    check(page, files["certificate.json"])
    expect(page.locator("#facts")).to_contain_text("ms")
    told = page.locator("#facts").inner_text()
    assert int("".join(letter for letter in told if letter.isdigit())) < 1000


def test_served_under_its_own_policy_it_works_the_same(
    page: Page, files: dict[str, Path], served: str
) -> None:
    """The header allows the page's own script by its hash and nothing else."""
    page.goto(served)
    check(page, files["certificate.json"], files["entries.bin"])
    expect(page.locator("#verdict")).to_contain_text("exact")
    expect(page.locator("#findings")).to_contain_text("200 participations")


def test_a_forged_certificate_is_refused_in_red(page: Page, files: dict[str, Path]) -> None:
    """What is wrong comes first, and the verdict says so in words."""
    page.goto(PAGE.as_uri())
    check(page, files["forged.json"])
    expect(page.locator("#verdict")).to_contain_text("NE PROUVE PAS")
    expect(page.locator("#findings h3").first).to_have_text("Ce qui est faux :")
    expect(page.locator("#result")).to_have_class("bad")


def test_a_cut_list_and_a_foreign_file_are_named(page: Page, files: dict[str, Path]) -> None:
    """Each kind of damage has its sentence."""
    page.goto(PAGE.as_uri())
    check(page, files["certificate.json"], files["cut.bin"])
    expect(page.locator("#findings")).to_contain_text("tronquée : 199 participations sur 200")
    check(page, files["photo.json"])
    expect(page.locator("#given")).to_contain_text("Fichier non reconnu")
    expect(page.locator("#verdict")).to_contain_text("NE PROUVE PAS")


def test_a_fan_sees_his_own_tickets(page: Page, files: dict[str, Path]) -> None:
    """With the private proof, the page names the fan's ticket numbers and the result."""
    page.goto(PAGE.as_uri())
    check(page, files["ticket.json"], files["certificate.json"])
    expect(page.locator("#findings")).to_contain_text("fan7@example.org")
    expect(page.locator("#findings")).to_contain_text("Billets : 8")


def test_a_receipt_is_held_against_the_list(page: Page, files: dict[str, Path]) -> None:
    """A kept promise is said to be kept; a missing entry is named as evidence, in red."""
    page.goto(PAGE.as_uri())
    check(page, files["receipt.json"], files["certificate.json"], files["entries.bin"])
    expect(page.locator("#given")).to_contain_text("Reçu — receipt.json")
    expect(page.locator("#findings")).to_contain_text("dit comme votre reçu n° 2 : 8 billets")
    expect(page.locator("#verdict")).to_contain_text("exact")
    check(page, files["missing.json"], files["certificate.json"], files["entries.bin"])
    expect(page.locator("#findings")).to_contain_text("AUCUNE participation")
    expect(page.locator("#result")).to_have_class("bad")


def test_files_can_be_dropped_and_the_language_changed(page: Page, files: dict[str, Path]) -> None:
    """Dropping does what choosing does, and English replaces French everywhere."""
    page.goto(PAGE.as_uri())
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check a prize draw")
    assert page.locator("html").get_attribute("lang") == "en"
    content = files["certificate.json"].read_text()
    transfer = page.evaluate_handle(
        "text => { const t = new DataTransfer(); "
        "t.items.add(new File([text], 'certificate.json')); return t; }",
        content,
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    page.get_by_label("The code you got before the draw (optional)").fill("0000")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#findings")).to_contain_text("The code you were given is not")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("#findings")).to_contain_text("Le code que vous avez reçu")


def test_the_page_is_accessible_and_fits_a_phone(page: Page, files: dict[str, Path]) -> None:
    """axe finds nothing before or after a check, and nothing overflows at 360 pixels."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(PAGE.as_uri())
    for _turn in range(2):
        violations = Axe().run(page).response["violations"]
        assert [violation["id"] for violation in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        check(page, files["certificate.json"])
        expect(page.locator("#verdict")).to_contain_text("exact")
