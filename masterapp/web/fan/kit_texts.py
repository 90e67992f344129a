"""The sentences of the play kit, sent with each page in its language; a module's own texts come on top of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from masterapp.texts import lazy_text as _l

#: A text written "one|many" has a singular and a plural; %(name)s are filled in by the browser.
KIT_TEXTS: Mapping[str, Any] = {
    # Words that modules share.
    "play": _l("Play"),
    "next": _l("Next"),
    "continue": _l("Continue"),
    "see_result": _l("See my result"),
    "close": _l("Close"),
    "points": _l("points"),
    "loading": _l("Loading…"),
    "sound": _l("Sound"),
    # What the browser has to say by itself.
    "offline": _l("No connection. Your move is safe: try again when you are back online."),
    "broken": _l("Something went wrong on our side. Nothing was lost; try again."),
    "not_now": _l("Not now"),
    "signin_needed": _l("Sign in to play."),
    "welcome_back": _l("Welcome back: here is where you were."),
    # The end of an attempt.
    "you_won": _l("You have won"),
    "valid_until": _l("Valid until %(day)s"),
    "balance": _l("Balance:"),
    "see_my_prizes": _l("See my prizes"),
    "my_space": _l("My space"),
    "play_again": _l("Play again"),
    "play_again_left": _l("Play again (%(n)s left)|Play again (%(n)s left)"),
    "come_back": _l("Next play: %(moment)s"),
    "plays_left": _l("%(n)s play left|%(n)s plays left"),
    "none_left": _l("No play left for now"),
    "game_not_open_title": _l("Not open yet"),
    "game_closed_title": _l("It’s over"),
    "game_paused_title": _l("A short break"),
    "quota_day_title": _l("See you tomorrow"),
    "quota_period_title": _l("See you soon"),
    "quota_campaign_title": _l("You have played it all"),
    "excluded_staff_title": _l("You cannot take part"),
    "excluded_competitor_title": _l("You cannot take part"),
    # Signing in.
    "signin_title": _l("Your e-mail, and you’re in"),
    "signin_lead": _l("We send you a 6-digit code. No password to remember."),
    "email_label": _l("E-mail address"),
    "email_example": _l("name@example.com"),
    "email_wrong": _l("Write your whole address, as in name@example.com."),
    "send_code": _l("Send me my code"),
    "or": _l("or"),
    "continue_with": _l("Continue with %(provider)s"),
    "privacy_note": _l(
        "%(brand)s uses your address to recognise you in its games, and nothing else without your consent."
    ),
    "privacy_link": _l("Your data and your rights"),
    "code_title": _l("Check your inbox"),
    "code_lead": _l("The code sent to %(email)s is valid for 10 minutes."),
    "code_label": _l("6-digit code"),
    "code_incomplete": _l("The code has 6 digits."),
    "confirm_code": _l("Confirm"),
    "other_email": _l("Other address"),
    "resend": _l("Send again"),
    "resend_in": _l("Send again in %(seconds)s s"),
    "code_sent_again": _l("A new code is on its way."),
    "consent_title": _l("Hear from us?"),
    "consent_lead": _l(
        "It’s up to you, and it changes nothing to your chances. What may %(brand)s send you?"
    ),
    "consent_tick_first": _l("Tick what you would like to receive, or play without offers."),
    "play_with_offers": _l("Play and receive offers"),
    "play_without_offers": _l("Play without offers"),
}


def in_reader_language(module_texts: Mapping[str, Any]) -> dict[str, str]:
    """Return the kit's and a module's texts in the language of the request."""
    return {key: str(text) for key, text in {**KIT_TEXTS, **module_texts}.items()}
