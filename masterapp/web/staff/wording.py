"""The sentences that the till's script shows or speaks, by key; ``%(name)s`` stands for a fact."""

from __future__ import annotations

from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _

APP_NAME = "MasterApp Till"

TEXTS = {
    "checking": _l("Checking…"),
    "redeem": _l("Redeem"),
    "next": _l("Next customer"),
    "cancel": _l("Do not redeem"),
    "retry": _l("Try again"),
    "undo": _l("Undo"),
    "undo_left": _l("Undo (%(left)s)"),
    "undo_trouble": _l("No network: the use is not undone yet. Try again."),
    "reason_needed": _l("Choose a reason, or give one in a few words."),
    "undone": _l("Use undone: the coupon is valid again."),
    "undone_word": _l("Undone"),
    "no_network": _l("No network"),
    "not_checked": _l(
        "This code is not checked yet: it may already have been used elsewhere. "
        "It is kept here, and checked as soon as the network is back."
    ),
    "not_confirmed": _l("Not confirmed yet"),
    "risk": _l(
        "The coupon was valid a moment ago, but its use has not reached the server. Until it has, the same "
        "coupon could be used in another store. It is kept here and sent again by itself."
    ),
    "kept_one": _l("1 use is waiting for the network."),
    "kept_many": _l("%(number)s uses are waiting for the network."),
    "waiting": _l("Waiting"),
    "confirmed": _l("Confirmed"),
    "conflict": _l("Conflict"),
    "conflict_help": _l("Code %(code)s: %(reason)s Tell your manager."),
    "signed_out": _l("You are signed out"),
    "signed_out_help": _l("Sign in again. What was waiting is kept."),
    "sign_in": _l("Sign in"),
    "camera_denied": _l(
        "The browser may not use the camera. Allow it in the address bar, or type the code below."
    ),
    "camera_missing": _l("No camera was found here. Use a hand scanner, or type the code below."),
    "too_short": _l("A code has at least 4 characters."),
    "sound_on": _l("Sound on"),
    "sound_off": _l("Sound off"),
    "refused": _l("Not accepted"),
}


def texts() -> dict[str, str]:
    """Return the sentences in the language of the request."""
    return {key: str(text) for key, text in TEXTS.items()}


def offline() -> tuple[str, str, str]:
    """Return title, sentence and button of the page without a network."""
    return (
        _("No network"),
        _(
            "The till opens by itself as soon as the network is back. Uses that were waiting are kept on this device."
        ),
        _("Try again"),
    )
