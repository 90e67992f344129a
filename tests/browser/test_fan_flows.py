"""What a fan does, from the first tap to the last: sign in, choose, play, win, look after their data, and leave."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from masterapp.db import now
from masterapp.testing.browser import Complaints
from masterapp.testing.club import Club
from masterapp.testing.factories import rows

MAIL = "ada@example.org"
REVEAL = "Révéler"


def sign_in_through_the_sheet(club: Club, page: Page, email: str = MAIL) -> None:
    """Give the e-mail, then the code that was sent."""
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_label("Code à 6 chiffres").wait_for()
    page.get_by_label("Code à 6 chiffres").fill(club.code_for(email))


def open_game(club: Club, page: Page, slug: str = "scratch") -> None:
    """Open a game and wait until it is on the stage."""
    page.goto(club.game(slug))
    page.wait_for_function("document.querySelector('#stage').dataset.state === 'play'")


def test_a_stranger_plays_wins_and_finds_the_prize(club: Club, page: Page) -> None:
    """One tap, an e-mail, a code and a free choice: the move made before signing in is carried out, and wins."""
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).click()
    sign_in_through_the_sheet(club, page)
    page.get_by_role("button", name="Jouer sans recevoir d’offres").click()

    expect(page.locator(".end-win .end-prize")).to_contain_text("Maillot")
    expect(page.locator(".end-prize")).to_contain_text("À retirer à la boutique.")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="Voir mes lots").click()
    expect(page.locator("#won + ul")).to_contain_text("Maillot")
    assert rows(club.app, "SELECT count(*) FROM play") == [(1,)]
    assert rows(club.app, "SELECT DISTINCT granted FROM consent") == [(False,)]


def test_the_choice_is_free(club: Club, page: Page) -> None:
    """No box is ticked, both ways on have the same size and look, and yes needs a tick."""
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).click()
    sign_in_through_the_sheet(club, page)
    twins = page.locator(".twin-buttons button")
    expect(twins).to_have_count(2)
    boxes = page.locator(".consent-boxes input")
    assert [box.is_checked() for box in boxes.all()] == [False] * boxes.count()
    page.mouse.move(0, 0)
    looks = twins.evaluate_all(
        """(buttons) => buttons.map((button) => { const style = getComputedStyle(button);
           return [button.offsetWidth, button.offsetHeight, style.fontSize, style.fontWeight,
                   style.color, style.backgroundColor].join() })"""
    )
    assert looks[0] == looks[1]
    assert Axe().run(page).response["violations"] == []

    twins.first.click()
    expect(page.get_by_role("alert").filter(has_text="Cochez")).to_be_visible()
    boxes.first.check()
    twins.first.click()
    page.locator(".end").wait_for()
    assert rows(club.app, "SELECT count(*) FROM consent WHERE granted") == [(1,)]


def test_wrong_input_is_told_at_the_field(club: Club, page: Page, complaints: Complaints) -> None:
    """A wrong address and a wrong code are said where they were typed, and the right one still works."""
    complaints.forgive("409")
    complaints.forgive("422")
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).click()
    page.get_by_label("Adresse e-mail").fill("ada")
    page.get_by_role("button", name="Recevoir mon code").click()
    expect(page.locator("#signin-email-error")).to_contain_text("adresse entière")
    page.get_by_label("Adresse e-mail").fill(MAIL)
    page.keyboard.press("Enter")
    page.get_by_label("Code à 6 chiffres").wait_for()
    right = club.code_for(MAIL)
    page.get_by_label("Code à 6 chiffres").fill("111111" if right != "111111" else "222222")
    expect(page.locator("#signin-code-error")).not_to_be_empty()
    page.get_by_label("Code à 6 chiffres").fill(right)
    expect(page.get_by_role("button", name="Jouer sans recevoir d’offres")).to_be_visible()


def test_a_returning_fan_is_not_asked_again(club: Club, page: Page) -> None:
    """Who is known signs in without the choice, and a sheet closed by mind or mistake loses nothing."""
    club.fan(MAIL)
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).click()
    page.get_by_role("button", name="Fermer").click()
    expect(page.locator("dialog")).to_have_count(0)
    page.get_by_role("button", name=REVEAL).click()
    sign_in_through_the_sheet(club, page)
    page.locator(".end").wait_for()
    assert rows(club.app, "SELECT count(*) FROM consent") == [(0,)]
    assert rows(club.app, "SELECT count(*) FROM fan") == [(1,)]


def test_the_keyboard_is_enough(club: Club, page: Page) -> None:
    """Without a pointer: reach the game, sign in, choose, and land on the result with the focus on its title."""
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Adresse e-mail").wait_for()
    page.keyboard.type(MAIL)
    page.keyboard.press("Enter")
    page.get_by_label("Code à 6 chiffres").wait_for()
    page.keyboard.type(club.code_for(MAIL))
    page.locator(".twin-buttons").wait_for()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.textContent") != "Jouer sans recevoir d’offres":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".end").wait_for()
    assert page.evaluate("document.activeElement.className") == "end-title"


@pytest.mark.parametrize(("motion", "pieces"), [("reduce", 0), ("no-preference", 1)])
def test_a_win_is_celebrated_calmly_for_who_asked(
    club: Club, browser: Browser, motion: str, pieces: int
) -> None:
    """Confetti flies on a win, and not for a fan who asked for less motion; the result is the same."""
    context = browser.new_context(reduced_motion=motion, locale="fr-FR")  # type: ignore[arg-type]
    page = context.new_page()
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    page.add_init_script(
        """window.thrown = 0; new MutationObserver((changes) => changes.forEach((change) =>
             change.addedNodes.forEach((node) => { if (node.className === "confetti") window.thrown += 1; })))
             .observe(document, {childList: true, subtree: true})"""
    )
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).click()
    page.locator(".end-win").wait_for()
    assert page.evaluate("window.thrown") == pieces
    context.close()


def test_a_double_tap_is_one_play(club: Club, page: Page) -> None:
    """Two taps in the same instant make one attempt."""
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).evaluate(
        "(button) => { button.click(); button.click(); }"
    )
    page.locator(".end").wait_for()
    assert rows(club.app, "SELECT count(*) FROM play") == [(1,)]


def test_the_second_tap_does_not_press_what_came_in_between(club: Club, page: Page) -> None:
    """The second half of the double tap that revealed the result starts no other play; a later tap does."""
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    open_game(club, page)
    page.evaluate(
        """() => new MutationObserver((changes, watch) => {
             const again = [...document.querySelectorAll("#stage .end button")]
               .find((button) => button.textContent.startsWith("Rejouer"));
             if (!again) return;
             watch.disconnect();
             again.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, detail: 2}));
             document.body.dataset.tapped = "yes";
           }).observe(document, {childList: true, subtree: true})"""
    )
    page.get_by_role("button", name=REVEAL).click()
    page.locator("body[data-tapped]").wait_for()
    page.wait_for_timeout(300)
    expect(page.locator(".end")).to_be_visible()
    page.get_by_role("button", name="Rejouer").click()
    expect(page.locator(".end")).to_have_count(0)


def test_a_lost_answer_loses_nothing(club: Club, page: Page, complaints: Complaints) -> None:
    """When the answer to a move is lost on the way, the same move is sent again and happened once."""
    complaints.forgive("ERR_FAILED")
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route("**/plays", lose_the_first)
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    open_game(club, page)
    page.get_by_role("button", name=REVEAL).click()
    expect(page.locator(".end-win .end-prize")).to_contain_text("Maillot")
    assert lost
    assert rows(club.app, "SELECT count(*) FROM play") == [(1,)]


def test_no_play_left_says_when_to_come_back(club: Club, page: Page) -> None:
    """After the last play of the day the end screen says when the next one is, instead of offering one."""
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    open_game(club, page)
    for left in (2, 1, 0):
        page.get_by_role("button", name=REVEAL).click()
        page.locator(".end").wait_for()
        if left:
            page.get_by_role("button", name="Rejouer").click()
    expect(page.locator(".end-back")).to_contain_text("Prochaine partie")
    expect(page.get_by_role("button", name="Rejouer")).to_have_count(0)
    expect(page.locator("[data-left]")).to_have_text("Plus de partie pour l’instant")


def test_a_closed_campaign_says_so(club: Club, page: Page) -> None:
    """After the end the game's page shows why it cannot be played, and my space stays open."""
    club.change_campaign(closes_at=now() - timedelta(hours=1))
    page.goto(club.game())
    expect(page.locator(".end-wait h2")).to_have_text("C’est terminé")
    expect(page.get_by_role("button", name=REVEAL)).to_have_count(0)
    assert Axe().run(page).response["violations"] == []


def test_signing_in_works_without_scripts(club: Club, browser: Browser) -> None:
    """With scripts off, forms lead from the e-mail to my space, through the same free choice."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{club.home}me/points")
    page.get_by_label("Adresse e-mail").fill(MAIL)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_label("Code à 6 chiffres").fill("000001")
    page.get_by_role("button", name="Valider").click()
    assert page.locator("#code-error").count() == 1
    page.get_by_label("Code à 6 chiffres").fill(club.code_for(MAIL))
    page.get_by_role("button", name="Valider").click()
    page.get_by_role("button", name="Jouer sans recevoir d’offres").click()
    assert page.url == f"{club.home}me/points"
    cookie = next(one for one in context.cookies() if one["name"] == "fan_club")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    context.close()


def test_a_choice_can_be_changed_at_any_time(club: Club, page: Page) -> None:
    """A switch in my space is recorded at once, with the words that stood beside it; touching one touches no other."""
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    page.goto(f"{club.home}me/choices")
    first = page.get_by_role("switch").first
    first.check()
    expect(page.get_by_role("status")).to_contain_text("Vos choix sont enregistrés")
    expect(page.get_by_role("switch").first).to_be_checked()
    page.get_by_role("switch").first.uncheck()
    expect(page.get_by_role("switch").first).not_to_be_checked()
    page.wait_for_load_state("networkidle")
    assert rows(club.app, "SELECT granted, method FROM consent ORDER BY created_at") == [
        (True, "my_space"),
        (False, "my_space"),
    ]


def test_my_data_can_be_taken_away(club: Club, page: Page) -> None:
    """The download is one JSON file that holds what the pages show."""
    player = club.fan(MAIL, locale="fr")
    assert player.play(club.games["scratch"], play=True).status_code == 200
    club.sign_in(page, player)
    page.goto(f"{club.home}me/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger mes données").click()
    document = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert document["fan"]["email"] == MAIL


def test_erasing_takes_two_steps_and_a_code(club: Club, page: Page) -> None:
    """Nothing is erased by one click: a code to the fan's own address is needed, and then nothing is left of them."""
    club.sign_in(page, club.fan(MAIL, locale="fr"))
    page.goto(f"{club.home}me/data")
    page.get_by_role("link", name="Effacer mon compte…").click()
    page.get_by_role("button", name="M’envoyer le code d’effacement").click()
    assert rows(club.app, "SELECT email FROM fan") == [(MAIL,)]
    page.get_by_label("Code à 6 chiffres").fill(club.code_for(MAIL))
    page.get_by_role("button", name="Tout effacer").click()
    expect(page.get_by_role("heading", name="Votre compte est effacé")).to_be_visible()
    assert rows(club.app, "SELECT email, email_key FROM fan") == [(None, None)]
    page.goto(f"{club.home}me")
    assert "/sign-in" in page.url


def test_signing_out_everywhere_ends_the_other_phone(
    club: Club, page: Page, browser: Browser
) -> None:
    """One tap signs every device out: the other one is asked to sign in at its next page."""
    player = club.fan(MAIL, locale="fr")
    club.sign_in(page, player)
    other = browser.new_context()
    elsewhere = other.new_page()
    club.sign_in(elsewhere, player)
    elsewhere.goto(f"{club.home}me")
    assert elsewhere.url == f"{club.home}me"
    page.goto(f"{club.home}me/data")
    page.get_by_role("button", name="Me déconnecter partout").click()
    expect(page.get_by_role("status")).to_contain_text("Vous êtes déconnecté")
    elsewhere.goto(f"{club.home}me")
    assert "/sign-in" in elsewhere.url
    other.close()


def test_signing_in_never_leads_elsewhere(club: Club, page: Page) -> None:
    """A forged way back leads to the brand's home, never to another site."""
    club.sign_in(page, club.fan(MAIL))
    for forged in (
        "https://evil.example/",
        "//evil.example/",
        "/admin/",
        f"{club.home}//evil",
        "/play/club/\\\\evil",
    ):
        page.goto(f"{club.home}sign-in?next={forged}")
        assert page.url == club.home
