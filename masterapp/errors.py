"""Refusals: the one way a service says no, and the one table that turns a code into an HTTP status and a sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_datetime

from masterapp.texts import language
from masterapp.texts import lazy_text as _l


class Refused(Exception):
    """A request that cannot be granted. *code* is a key of ``TABLE``; *facts* fill its sentence."""

    def __init__(
        self, code: str, *, fields: dict[str, list[str]] | None = None, **facts: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields or {}
        self.facts = facts

    @property
    def status(self) -> int:
        """HTTP status of the refusal."""
        return TABLE[self.code][0]

    @property
    def message(self) -> str:
        """The sentence shown to the person, in the language of the request."""
        return str(TABLE[self.code][1]) % {
            key: in_words(value) for key, value in self.facts.items()
        }


def in_words(value: Any) -> str:
    """Return a fact as a person reads it: a moment in their language, on the clock it came with."""
    if isinstance(value, datetime):
        return format_datetime(value, "d MMMM, HH:mm", value.tzinfo, locale=language())
    return str(value)


#: code → (HTTP status, sentence). A sentence says why and what to do; its %(names)s are facts of the refusal.
TABLE: dict[str, tuple[int, Any]] = {
    # The request itself.
    "malformed": (
        400,
        _l("This request cannot be read. Send UTF-8 JSON with the documented fields."),
    ),
    "invalid": (422, _l("Some fields need a correction.")),
    "too_large": (413, _l("This is too large: at most %(limit)s.")),
    "not_found": (404, _l("This page or object does not exist, or is not yours.")),
    "method_not_allowed": (405, _l("This address does not accept that method.")),
    "unsupported_media": (415, _l("Send this as JSON (Content-Type: application/json).")),
    "too_many_requests": (429, _l("Too many attempts. Wait %(seconds)s seconds and try again.")),
    "forged": (403, _l("This request did not come from our page. Reload the page and try again.")),
    "conflict": (409, _l("Somebody changed this in the meantime. Reload and try again.")),
    "broken": (500, _l("Something went wrong on our side. Nothing was lost; try again.")),
    # Who is asking.
    "sign_in_required": (401, _l("Sign in first.")),
    "session_expired": (401, _l("Your session has ended. Sign in again; your game is kept.")),
    "role_required": (403, _l("Your role does not allow this.")),
    "code_wrong": (
        422,
        _l(
            "This code is not right. Tries left: %(tries_left)s. Only the code of the newest e-mail works."
        ),
    ),
    "code_spent": (409, _l("Too many wrong codes. Ask for a new one to start again.")),
    "code_expired": (409, _l("This code is more than ten minutes old. Ask for a new one.")),
    "code_used": (409, _l("This code was already used. Ask for a new one to sign in here.")),
    "resend_spent": (
        409,
        _l(
            "We have sent this code several times. Check the address and the spam folder, or start again."
        ),
    ),
    "confirm_first": (
        403,
        _l("Confirm first: ask for a code to your own address and send it along."),
    ),
    "provider_failed": (
        502,
        _l("%(provider)s did not answer as expected. Try again, or use your e-mail."),
    ),
    "provider_declined": (
        403,
        _l("You did not allow %(provider)s to sign you in. Try again, or use your e-mail."),
    ),
    "trip_over": (409, _l("This sign-in was already used or took too long. Start it again.")),
    "wrong_password": (
        401,
        _l(
            "E-mail and password do not match. After several wrong tries, sign-in pauses for some minutes."
        ),
    ),
    "wrong_second_factor": (
        401,
        _l("This code is not right, or was already used. Wait for the next one."),
    ),
    "invitation_over": (
        409,
        _l("This invitation was used, cancelled or is too old. Ask for a new one."),
    ),
    "last_owner": (409, _l("A brand needs at least one active owner. Name another one first.")),
    "already_member": (409, _l("This address already belongs to a member of the team.")),
    # Plays.
    "game_not_open": (409, _l("This game opens on %(opens_at)s.")),
    "game_closed": (409, _l("This game ended on %(closed_at)s.")),
    "game_paused": (409, _l("This game is paused. Come back a little later.")),
    "stale_version": (409, _l("This game was updated. Reload it: your progress is kept.")),
    "quota_day": (409, _l("You have used your plays for today. Come back tomorrow.")),
    "quota_period": (409, _l("You have used your plays for now. Come back on %(again_at)s.")),
    "quota_campaign": (409, _l("You have used all your plays in this campaign.")),
    "play_not_open": (409, _l("This attempt is over. Start a new one.")),
    "key_reused": (409, _l("This key was already used for another move. Send a fresh key.")),
    "already_claimed": (409, _l("You already have this. You will find it in your space.")),
    "invalid_move": (422, _l("This move is not possible here.")),
    # Eligibility.
    "excluded_staff": (
        403,
        _l("Employees and partners of the brand cannot take part (rules, “Who can play”)."),
    ),
    "excluded_competitor": (
        403,
        _l("This e-mail domain cannot take part (rules, “Who can play”)."),
    ),
    # Draws.
    "draw_closed": (409, _l("Entries to this draw are closed.")),
    "draw_is_fixed": (
        409,
        _l(
            "The list of this draw is fixed: nothing about it can be changed or called off any more."
        ),
    ),
    "draw_only_later": (409, _l("An announced draw can only be put off to a later date.")),
    "draw_no_stakes": (409, _l("No points can be staked in this draw.")),
    "draw_not_fixed": (409, _l("The list of this draw is not fixed yet.")),
    "draw_not_held": (409, _l("This draw has not been held yet.")),
    "nothing_left": (
        409,
        _l("Every prize of this campaign has been won: nothing is left to draw."),
    ),
    "stake_uneven": (422, _l("A ticket costs %(price)s points: stake a multiple of that.")),
    "stake_cap": (409, _l("One fan can stake %(most)s points in this draw at most.")),
    "points_short": (409, _l("You have %(balance)s points, which is not enough.")),
    "beacon_wrong": (
        422,
        _l(
            "This is not the signature of round %(round)s. Copy all 96 characters from a drand relay."
        ),
    ),
    "beacon_not_yet": (409, _l("Round %(round)s has not been emitted yet.")),
    "dice_wrong": (422, _l("Type the %(count)s digits in the order in which they were rolled.")),
    "dice_late": (409, _l("The dice had to be recorded before the beacon’s round.")),
    "claim_over": (
        409,
        _l(
            "This prize can no longer be claimed or given up here. Write to us if you think it can."
        ),
    ),
    # Prizes.
    "store_token_wrong": (
        403,
        _l("This store’s code is not genuine. Scan the poster in the store once more."),
    ),
    # What two people decide.
    "proposal_waiting": (
        409,
        _l("Another change of this waits for a second person. Let it be decided first."),
    ),
    "proposal_decided": (409, _l("This was decided in the meantime. Reload to see how.")),
    "second_person_missing": (
        409,
        _l(
            "This changes odds that fans were told, so a second owner or marketer has to agree, and there is none. "
            "Invite one under “Members”."
        ),
    ),
    "two_people": (409, _l("You have already agreed. A second person has to agree too.")),
    # Coupons.
    "offer_not_open": (409, _l("This offer is not available at the moment.")),
    "offer_ended": (409, _l("This offer has ended.")),
    "offer_sold_out": (409, _l("All coupons of this offer have been given out.")),
    "offer_fan_limit": (
        409,
        _l("You already have all the coupons of this offer that one person can get."),
    ),
    "coupon_used": (409, _l("This coupon was already used.")),
    "coupon_expired": (409, _l("This coupon has expired.")),
    "coupon_not_yet": (409, _l("This coupon is not valid yet.")),
    "coupon_wrong_store": (409, _l("This coupon is not valid in this store.")),
    "coupon_unknown": (404, _l("No coupon has this code.")),
    "coupon_mistyped": (404, _l("A character of this code is wrong. Read it again.")),
    "store_not_yours": (403, _l("You do not work in this store.")),
    "undo_too_late": (409, _l("A use can be undone for %(minutes)s minutes only.")),
    "undo_done": (409, _l("This use was already undone.")),
    "undo_not_yours": (
        403,
        _l("Only the person who scanned it or the store's manager can undo this."),
    ),
}
