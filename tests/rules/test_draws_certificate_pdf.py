"""The certificate for people: one page that says what the certificate says, and carries it unchanged."""

import io
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pypdf import PdfReader

from masterapp.draws.certificate_pdf import pdf
from masterapp.draws.protocol.drawing import Slot
from masterapp.draws.protocol.vacancy import Reason, Vacancy
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.fairness.demo_beacon import DEMO, sign
from tests.draws_kit import PROMISE, ROUND, Entrant, MadeDraw, people

PAGE = "https://jeux.example.org/club/draws/winter"
DATED = {
    "timestamps": [
        {"authority": "https://tsa.example/tsr", "ts": "2023-09-15T08:05:12Z", "token": "AA=="}
    ]
}
PRIZES = [
    {"id": "trip", "label": "Voyage à Lisbonne", "qty": 1, "alternates": 2},
    {"id": "cap", "label": "Casquette", "qty": 3, "alternates": 1},
]
MADE = MadeDraw([Entrant(f"fan{n}", n * 31 + 1, f"home{n}") for n in range(60)], PRIZES)


def page_of(certificate: dict[str, Any], locale: str = "fr", **more: Any) -> PdfReader:
    """The PDF of a certificate, read back."""
    words = {"brand_name": "Club de l’Ouest", "title": "Tirage d’hiver", "page_url": PAGE} | more
    made = pdf(certificate, locale=locale, zone=ZoneInfo("Europe/Paris"), **words)
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 1
    return reader


def text_of(reader: PdfReader) -> str:
    """All words of the page with single blanks."""
    return " ".join(reader.pages[0].extract_text().split())


def heights(reader: PdfReader) -> Callable[[str], float]:
    """Where words stand, in points from the bottom of the page."""
    lines: dict[float, str] = {}

    def visit(
        words: str, here: list[float], there: list[float], _font: object, _size: float
    ) -> None:
        at = round(there[4] * here[1] + there[5] * here[3] + here[5], 1)
        lines[at] = lines.get(at, "") + words

    reader.pages[0].extract_text(visitor_text=visit)
    return lambda words: next(at for at, line in lines.items() if words in line)


def shown(number: int) -> str:
    """A number as French groups its digits, once blanks are plain."""
    return f"{number:,}".replace(",", " ")


def test_the_page_says_what_the_certificate_says() -> None:
    """Title, brand, both times, code, counts, winning numbers, level and address stand on one page."""
    certificate = MADE.certificate(more=DATED)
    text = text_of(page_of(certificate))
    for words in (
        "Club de l’Ouest",
        "Tirage d’hiver",
        certificate["code"],
        "15 septembre 2023, 13:00:03 (UTC+02:00), soit 11:00:03 UTC",
        f"60 participations, {shown(MADE.tree.total)} billets",
        "tsa.example",
        "Niveau A",
        "Voyage à Lisbonne",
        "jeux.example.org/",
        certificate["commitment"]["draw_id"],
        certificate["seed"],
        "Suppléants tirés avec les gagnants : 3.",
    ):
        assert words in text, words
    for step in certificate["draws"]:
        if step["status"][1] == "winner":
            assert shown(int(step["ticket"])) in text
    assert "Aucun tiers" not in text
    assert "SANS VALEUR" not in text


def test_english_is_english() -> None:
    """Nothing French is left in the English page, and its numbers are grouped as English does."""
    text = text_of(page_of(MADE.certificate(more=DATED), "en", title="Winter draw"))
    assert "60 entries, " + f"{MADE.tree.total:,} tickets" in text
    assert "Level A" in text
    for word in ("tirage", "billets", "niveau", "gagnant"):
        assert word not in text.lower(), word
    with pytest.raises(Refused):
        page_of(MADE.certificate(), "de")


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_certificate_is_inside_byte_for_byte(locale: str) -> None:
    """The attachment is the canonical certificate, whatever the language."""
    certificate = MADE.certificate(more=DATED)
    attached = page_of(certificate, locale).attachments
    assert list(attached) == ["certificate.json"]
    assert attached["certificate.json"] == [canonical.encode(certificate)]


def test_the_same_page_comes_out_twice() -> None:
    """No clock and no chance enters the page."""
    words: dict[str, Any] = {"brand_name": "B", "title": "T", "locale": "fr", "page_url": PAGE}
    words["zone"] = ZoneInfo("Europe/Paris")
    assert pdf(MADE.certificate(), **words) == pdf(MADE.certificate(), **words)


def test_what_is_missing_is_said_in_red() -> None:
    """Without a third party's date there is a warning; chance that proves nothing is a watermark."""
    assert "Aucun tiers n’a daté l’empreinte" in text_of(page_of(MADE.certificate()))
    promise = PROMISE | {"chain": DEMO.hash}
    revealed = (promise | {"signature": sign(ROUND).hex()},)
    demo = MadeDraw(people(9), PRIZES, {"entropy": [promise]}, revealed=revealed)
    text = text_of(page_of(demo.certificate(more=DATED)))
    assert "SANS VALEUR DE PREUVE" in text
    assert "Niveau D" in text
    assert "balise publique" not in text


def test_each_level_and_the_fallback_have_their_sentence() -> None:
    """Dice and the announced fallback are told in plain words."""
    dice = {"type": "dice", "spec": "40d10"}
    rolls = (dice | {"rolls": "7" * 40},)
    fallback = {"fallback": {"after_hours": 72, "entropy": [dice]}}
    text = text_of(page_of(MadeDraw(people(9), PRIZES, fallback, revealed=rolls).certificate()))
    assert "dés lancés devant témoin" in text
    assert "la source de secours annoncée a servi" in text
    plain = MadeDraw(people(9), PRIZES, {"entropy": [dice]}, revealed=rolls).certificate()
    assert "secours" not in text_of(page_of(plain))


def test_vacancies_move_alternates_up_and_are_counted() -> None:
    """The page shows who holds the prize now, marks who moved up and counts the reasons."""
    vacancy = Vacancy(
        Slot("trip", "winner", 1), Reason.NO_REPLY, "ab" * 32, ("a", "b"), "2026-12-20T10:00:00Z"
    )
    certificate = MADE.certificate(vacancies=[vacancy])
    ticket = {tuple(step["status"]): int(step["ticket"]) for step in certificate["draws"]}
    text = text_of(page_of(certificate))
    assert f"{shown(ticket['trip', 'alternate', 1])} *" in text
    assert (
        f"{shown(ticket['trip', 'winner', 1])} "
        not in text.split("CASQUETTE")[0].split("Casquette")[0]
    )
    assert "1 (sans réponse 1)" in text
    assert "Suppléant devenu gagnant" in text


def test_a_thousand_winners_fit() -> None:
    """Forty numbers are printed, the rest is counted and attached."""
    prizes = [{"id": "cap", "label": "Casquette", "qty": 1000}]
    certificate = MadeDraw(people(1100), prizes).certificate()
    reader = page_of(certificate)
    assert "Et 960 autres dans le fichier joint" in text_of(reader)
    assert reader.attachments["certificate.json"] == [canonical.encode(certificate)]


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_longest_words_and_numbers_stay_on_the_page(locale: str) -> None:
    """Long titles, long labels, huge numbers, a logo and every reason together still leave room for the lower part."""
    logo = io.BytesIO()
    Image.new("RGB", (300, 120), "#cc3333").save(logo, "PNG")
    prizes = [
        {"id": f"p{n}", "label": f"Lot numéro {n}, très long " * 9, "qty": 5, "alternates": 5}
        for n in range(9)
    ]
    made = MadeDraw(
        [Entrant(f"fan{n}", 2**53 + n, f"home{n}") for n in range(150)],
        prizes,
        {"entropy": [{"type": "local"}]},
        revealed=({"type": "local", "value": "ab" * 32},),
    )
    vacancies = [
        Vacancy(Slot(f"p{n}", "winner", 1), reason, "ab" * 32, ("a", "b"), "2026-12-20T10:00:00Z")
        for n, reason in enumerate(Reason)
    ]
    certificate = made.certificate(vacancies=vacancies)
    title = "Grand tirage de la saison " * 12
    reader = page_of(certificate, locale, title=title, logo=logo.getvalue(), brand_name="B" * 60)
    text = text_of(reader)
    assert certificate["code"] in text
    assert certificate["seed"] in text
    height = heights(reader)
    last_number = height("dans le fichier joint" if locale == "fr" else "in the attached file")
    steps = height("verify.html")
    assert 800 > height("2023, 13:00:03") > last_number > steps + 100
    assert steps > height(certificate["seed"]) > 40


def test_what_people_wrote_is_never_read_as_markup() -> None:
    """Signs that mean something to the layout stand on the page as they were written."""
    title = "#set page(fill: red) *a* $b$ @c <d> \\ `e`"
    assert title in text_of(page_of(MADE.certificate(), title=title))
