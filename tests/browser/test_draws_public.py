"""The page of a draw in a real browser: entering, staking, the seal, the announced second, and the check at home."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from masterapp.brands import assets
from masterapp.db import db, now
from masterapp.draws import freezing, holding, service, showing
from masterapp.draws.protocol.commitment import human_code
from masterapp.fairness import beacon
from masterapp.testing import draws as kit
from masterapp.testing.browser import Complaints
from masterapp.testing.club import Club
from masterapp.testing.factories import Player, rows
from masterapp.web.fan import draws

SIZES = {"phone": (360, 780), "desk": (1280, 900)}
PRIZES: list[dict[str, Any]] = [
    {
        "label": {"fr": "Un week-end à Marseille", "en": "A weekend in Marseille"},
        "description": {"fr": "Train et hôtel pour deux.", "en": "Train and hotel for two."},
        "qty": 1,
        "alternates": 2,
    },
    {"label": {"fr": "Maillot dédicacé", "en": "Signed shirt"}, "qty": 2, "alternates": 1},
]
WEIGHTS = {"ada": 5, "bob": 1, "chloe": 3, "david": 20, "emma": 9, "farid": 4, "gil": 7}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """What pages keep for some seconds does not outlive a test."""
    draws.forget()
    yield
    draws.forget()


def make(club: Club, hours: float = 0, **values: Any) -> UUID:
    """Announce a draw so many hours ago: it closes after one hour, commits after two, draws after three."""
    values.setdefault("prizes", PRIZES)
    values.setdefault("description", {"fr": "Pour tous les supporters.", "en": "For every fan."})
    at = now() - timedelta(hours=hours, minutes=1)
    return kit.make_draw(club.app, club.brand_id, club.games["quiz"], at=at, **values)


def enter(club: Club, draw: UUID, **weights: int) -> dict[str, Player]:
    """Put fans into a draw."""
    return kit.enter_many(club.app, club.brand_id, draw, weights or WEIGHTS, locale="fr")


def fix(club: Club, draw: UUID) -> str:
    """Commit to the list and return the code."""
    with club.app.app_context():
        freezing.fix(club.brand_id, draw)
        found = service.find(club.brand_id, draw)
        assert found.commit_hash is not None, found.trouble
        return human_code(found.commit_hash)


def hold(club: Club, draw: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the draw as if its hour had come."""
    with monkeypatch.context() as patch, club.app.app_context():
        patch.setattr(holding, "now", lambda: now() + timedelta(hours=2))
        holding.hold(club.brand_id, draw)


def hasten(club: Club, draw: UUID, seconds: float) -> None:
    """Let the page and the server believe that the hour comes in some seconds."""
    with club.app.app_context(), db.transaction():
        db.driver.execute(
            "UPDATE draw SET draws_at = %s WHERE id = %s",
            (now() + timedelta(seconds=seconds), draw),
        )


def give_points(club: Club, fan: Player, amount: int) -> None:
    """Give a fan points."""
    with club.app.app_context(), db.transaction():
        db.driver.execute(
            "INSERT INTO point_entry (brand_id, id, fan_id, amount, reason, label, key)"
            " VALUES (%s, gen_random_uuid(), %s, %s, 'play', '{}', 'gift')",
            (club.brand_id, fan.id, amount),
        )
        db.driver.execute(
            "INSERT INTO balance (brand_id, fan_id, amount, earned) VALUES (%s, %s, %s, %s)",
            (club.brand_id, fan.id, amount, amount),
        )


def picture(club: Club, colour: str) -> str:
    """A picture of the brand's library."""
    target = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(target, "PNG")
    with club.app.app_context(), db.transaction():
        return str(assets.add(club.brand_id, "prize.png", target.getvalue()).id)


def address(club: Club, draw: UUID) -> str:
    """The public page of a draw."""
    return f"{club.home}draws/{draw}"


def audit(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def beacon_is_silent(*_: Any, **__: Any) -> None:
    """No relay answers."""
    raise beacon.BeaconUnavailable(["silence"])


def staking(club: Club, _: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
    """A draw with stakes, seen by a fan with points."""
    draw = make(club, source="stakes", price=100, most=10)
    enter(club, draw)
    fan = club.fan("zoe@example.org", locale="fr")
    give_points(club, fan, 850)
    return draw, fan


def crowd(club: Club, _: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
    """Three draws that the crowd unlocks, two of them reached."""
    tiers = [make(club, source="tier", threshold=many) for many in (1, 8, 20)]
    fans = enter(club, tiers[1])
    with club.app.app_context(), db.transaction():
        db.driver.execute("SET session_replication_role = replica")
        db.driver.execute(
            "INSERT INTO play (brand_id, id, game_id, fan_id, number, version, opened_at, finished_at, origin)"
            " SELECT %s, gen_random_uuid(), %s, gen_random_uuid(), 1, 1, now(), now(), ''"
            " FROM generate_series(1, 12)",
            (club.brand_id, club.games["quiz"]),
        )
        db.driver.execute("SET session_replication_role = origin")
    return tiers[1], fans["bob"]


def sealed(club: Club, _: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
    """A fixed list, seen by an entrant."""
    draw = make(club, 2)
    fans = enter(club, draw)
    fix(club, draw)
    return draw, fans["david"]


def waiting(club: Club, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
    """A draw whose beacon does not answer."""
    draw, fan = sealed(club, monkeypatch)
    hasten(club, draw, -5)
    with monkeypatch.context() as patch:
        patch.setattr(beacon, "obtain", beacon_is_silent)
        with club.app.app_context():
            holding.hold(club.brand_id, draw)
    return draw, fan


def _drawn(kind: str) -> Callable[[Club, pytest.MonkeyPatch], tuple[UUID, Player | None]]:
    def make_one(club: Club, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
        draw = make(club, 2)
        fans = enter(club, draw)
        fix(club, draw)
        hold(club, draw, monkeypatch)
        kinds = dict(rows(club.app, "SELECT fan_id, kind FROM draw_winner"))
        return draw, next(fan for fan in fans.values() if kinds.get(fan.id, "") == kind)

    return make_one


def off(club: Club, _: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
    """A draw that was called off, seen by an entrant."""
    draw = make(club)
    fans = enter(club, draw)
    with club.app.app_context(), db.transaction():
        found = service.find(club.brand_id, draw)
        service.call_off(found, "Le match est reporté", now=now(), member_id=None)
    return draw, fans["ada"]


def stranger(club: Club, _: pytest.MonkeyPatch) -> tuple[UUID, Player | None]:
    """An open draw with pictures, seen by a stranger."""
    colours = ("#8ac926", "#1982c4")
    prizes = [
        {**prize, "picture": picture(club, colour)}
        for prize, colour in zip(PRIZES, colours, strict=True)
    ]
    draw = make(club, prizes=prizes)
    enter(club, draw)
    return draw, None


STATES = {
    "open": stranger,
    "staking": staking,
    "crowd": crowd,
    "fixed": sealed,
    "waiting": waiting,
    "won": _drawn("winner"),
    "alternate": _drawn("alternate"),
    "lost": _drawn(""),
    "off": off,
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible_and_fits(
    club: Club,
    browser: Browser,
    complaints: Complaints,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
) -> None:
    """axe finds nothing and nothing is wider than the screen, on a phone and a desk, in light and in dark."""
    draw, fan = STATES[state](club, monkeypatch)
    for size, (width, height) in SIZES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if size == "desk" else "light",
            reduced_motion="reduce",
            locale="fr-FR",
        )
        context.on("page", complaints.listen)
        page = context.new_page()
        if fan is not None:
            club.sign_in(page, fan)
        # Lists of draws look alike in every state that a fan is in: two of them stand for all.
        lists = (f"{club.home}me/draws", club.home) if state in ("crowd", "won") else ()
        for path in (address(club, draw), *lists):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert audit(page) == [], (state, size, path)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{state}: {path} is {wide} px wider than the {size}"
        context.close()
    assert complaints.left() == []


def test_a_fan_stakes_with_the_keyboard_and_is_told_what_it_costs(club: Club, page: Page) -> None:
    """The stepper says what leaves the balance before it does; Enter stakes; leaving asks once more."""
    draw = make(club, source="stakes", price=100, most=6)
    fan = club.fan("zoe@example.org", locale="fr")
    give_points(club, fan, 850)
    club.sign_in(page, fan)
    page.goto(address(club, draw))
    page.get_by_role("button", name="Prendre mon billet gratuit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vous participez au tirage. Bonne chance !")).to_be_visible()
    expect(page.get_by_text("1 gratuit")).to_be_visible()

    more = page.get_by_role("button", name="Un de plus")
    for _ in range(2):
        more.press("Enter")
    cost = page.locator("[data-cost]")
    expect(cost).to_have_text("300 points quittent votre solde maintenant, il en reste 550.")
    page.get_by_label("Plus de billets").fill("5")
    expect(more).to_be_disabled()
    expect(cost).to_contain_text("500 points")
    page.get_by_label("Plus de billets").press("Enter")
    expect(page.get_by_text("500 points misés")).to_be_visible()
    expect(page.get_by_text("autant de billets qu’un fan peut en avoir")).to_be_visible()

    page.get_by_text("Quitter ce tirage").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vos 500 points vous reviennent aussitôt.")).to_be_visible()
    page.get_by_role("button", name="Oui, quitter le tirage").press("Enter")
    expect(page.get_by_text("Les points que vous aviez misés sont rendus.")).to_be_visible()
    assert rows(club.app, "SELECT amount FROM balance WHERE fan_id = %s", fan.id) == [(850,)]


def test_everything_works_without_a_script(
    club: Club, browser: Browser, complaints: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without scripts a fan takes the free ticket, stakes, leaves, compares the code and reads the numbers."""
    draw = make(club, source="stakes", price=100)
    fans = enter(club, draw, ada=1)
    give_points(club, fans["ada"], 250)
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    context.on("page", complaints.listen)
    page = context.new_page()
    club.sign_in(page, fans["ada"])
    page.goto(address(club, draw))
    page.get_by_role("button", name="Prendre mon billet gratuit").click()
    page.get_by_label("Plus de billets").fill("2")
    page.get_by_role("button", name="Miser").click()
    assert page.get_by_text("200 points misés").is_visible()
    page.get_by_text("Quitter ce tirage").click()
    page.get_by_role("button", name="Oui, quitter le tirage").click()
    assert page.get_by_text("Vous avez quitté le tirage").is_visible()

    draw = make(club, 2)
    enter(club, draw, **{f"fan{n}": n + 1 for n in range(5)})
    code = fix(club, draw)
    page.goto(address(club, draw))
    page.get_by_label("Est-ce le code").fill(code.lower())
    page.get_by_role("button", name="Comparer").click()
    assert page.get_by_text("Oui : c’est le code").is_visible()
    assert not page.get_by_role("button", name="Vérifier que je suis dans l’urne").is_visible()
    hold(club, draw, monkeypatch)
    page.reload()
    with club.app.app_context():
        document = kit.certificate(club.app, club.brand_id, draw)
    shown = page.locator(".draw-ball").all_inner_texts()
    won = [step["ticket"] for step in document["draws"] if step["status"][1] == "winner"]
    assert shown == won
    context.close()
    assert complaints.left() == []


def test_i_check_that_i_am_in_the_urn(club: Club, page: Page, complaints: Complaints) -> None:
    """The browser follows my path to the published root and tells my numbers; a ticket that lies is found out."""
    draw = make(club, 2)
    fans = enter(club, draw)
    code = fix(club, draw)
    club.sign_in(page, fans["david"])
    page.goto(address(club, draw))
    page.get_by_role("button", name="Vérifier que je suis dans l’urne").click()
    told = page.locator("[data-found]")
    expect(told).to_contain_text(f"donne le code {code}")
    with club.app.app_context():
        mine = showing.mine(service.find(club.brand_id, draw), fans["david"].id)
    assert mine is not None
    expect(told).to_contain_text(f"Vos billets : n° {mine.first} à {mine.last} sur 49")

    def lie(route: Any) -> None:
        genuine = route.fetch()
        document = genuine.json()
        record = document["record"]
        document["record"] = (
            record[:110] + ("15" if record[110:112] != "15" else "16") + record[112:]
        )
        route.fulfill(response=genuine, json=document)

    page.route("**/ticket.json", lie)
    with page.expect_response("**/ticket.json"):
        page.get_by_role("button", name="Vérifier que je suis dans l’urne").click()
    expect(told).to_contain_text("Cela ne concorde pas")
    page.unroute("**/ticket.json")

    def other_list(route: Any) -> None:
        genuine = route.fetch()
        document = genuine.json()
        document["title"] = "Un autre"
        route.fulfill(response=genuine, json=document)

    page.route("**/commitment.json", other_list)
    with page.expect_response("**/commitment.json"):
        page.get_by_role("button", name="Vérifier que je suis dans l’urne").click()
    expect(told).to_contain_text("Cela ne concorde pas")
    page.unroute("**/commitment.json")
    complaints.forgive("ERR_FAILED")
    page.route("**/ticket.json", lambda route: route.abort())
    page.get_by_role("button", name="Vérifier que je suis dans l’urne").click()
    expect(told).to_contain_text("n’a pas pu être chargée")


def test_a_wrong_code_is_spotted(club: Club, page: Page) -> None:
    """Another code than the sealed list's is said to be wrong, and the field says so to a screen reader."""
    draw, _fan = sealed(club, pytest.MonkeyPatch())
    page.goto(address(club, draw))
    field = page.get_by_label("Est-ce le code")
    field.fill("K7QF-0000-0000-0000-0000")
    field.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Non : c’est un autre code")
    expect(page.get_by_label("Est-ce le code")).to_have_attribute("aria-invalid", "true")
    assert audit(page) == []


def test_the_numbers_appear_at_the_announced_second(
    club: Club, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open page shows the first number from the beacon alone, then all of them, replayed in the browser."""
    draw = make(club, 2)
    fans = enter(club, draw)
    fix(club, draw)
    hasten(club, draw, 4)
    club.sign_in(page, fans["ada"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address(club, draw))
    live = page.locator("#live")
    assert live.is_hidden()
    expect(live).to_be_visible()
    expect(live).to_contain_text("Le tour est émis")

    carry_out = holding._carry_out
    with monkeypatch.context() as patch:
        patch.setattr(holding, "_carry_out", lambda *_: "earlier_draw")
        hold(club, draw, monkeypatch)
    expect(live).to_contain_text("Premier numéro, calculé ici")
    early = live.locator(".draw-ball").inner_text()
    assert holding._carry_out is carry_out
    hold(club, draw, monkeypatch)
    expect(live).to_contain_text("Recalculé ici, dans votre navigateur : les 6 étapes sont justes.")
    with club.app.app_context():
        document = kit.certificate(club.app, club.brand_id, draw)
    assert live.locator(".draw-ball").all_inner_texts() == list(kit.numbers(document))
    assert early == kit.numbers(document)[0]
    assert audit(page) == []
    page.get_by_role("link", name="Voir tout le résultat").click()
    expect(page.get_by_role("heading", name="Les numéros gagnants")).to_be_visible()
    assert all(url.startswith(club.url) for url in asked)


def test_a_forged_result_is_found_by_the_reader_s_own_browser(
    club: Club, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Computing again says right for what was drawn, and wrong when a single number was exchanged."""
    draw = make(club, 2)
    enter(club, draw)
    fix(club, draw)
    hold(club, draw, monkeypatch)
    page.goto(address(club, draw))
    button = page.get_by_role("button", name="Recalculer dans mon navigateur")
    button.click()
    told = page.locator("[data-computed]")
    expect(told).to_contain_text("les 6 étapes sont justes")

    def forge(route: Any) -> None:
        genuine = route.fetch()
        document = genuine.json()
        step = document["draws"][0]
        step["ticket"] = str(int(step["ticket"]) % 49 + 1)
        route.fulfill(response=genuine, json=document)

    page.route("**/certificate.json", forge)
    button.click()
    expect(told).to_contain_text("Votre navigateur trouve un autre résultat")


def test_the_verifier_opens_from_the_page_and_accepts_its_files(
    club: Club, page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """The link leads to the verifier, which runs under its own policy and says yes to the downloaded certificate."""
    draw = make(club, 2)
    enter(club, draw)
    fix(club, draw)
    hold(club, draw, monkeypatch)
    page.goto(address(club, draw))
    with page.expect_download() as download:
        page.get_by_role("link", name="certificate.json").click()
    download.value.save_as(tmp_path / "certificate.json")
    page.get_by_role("link", name="verify.html").click()
    page.get_by_label("Déposez vos fichiers ici").set_input_files(tmp_path / "certificate.json")
    page.get_by_role("button", name="Vérifier").click()
    expect(page.locator("#verdict")).to_contain_text("Tout ce qui a été contrôlé est exact")
