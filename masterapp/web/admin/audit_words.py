"""The audit trail's actions and objects in words; one that has no words yet is shown by its name."""

from __future__ import annotations

from typing import Any

from masterapp.texts import lazy_text as _l

KINDS: dict[str, Any] = {
    "campaign": _l("Campaign"),
    "game": _l("Game"),
    "offer": _l("Coupon offer"),
    "coupon": _l("Coupon"),
    "asset": _l("Picture"),
    "store": _l("Store"),
    "member": _l("Member"),
    "invitation": _l("Invitation"),
    "fan": _l("Fan"),
    "exclusion": _l("Rule"),
    "brand": _l("Brand"),
    "export": _l("Export"),
    "draw": _l("Draw"),
    "grant": _l("Prize won in a game"),
}
ACTIONS: dict[str, Any] = {
    "campaign_created": _l("created"),
    "campaign_described": _l("changed the description of"),
    "campaign_scheduled": _l("changed the dates of"),
    "campaign_origins_changed": _l("changed the sites that may embed"),
    "campaign_published": _l("published"),
    "campaign_ended": _l("ended early"),
    "campaign_archived": _l("archived"),
    "campaign_deleted": _l("deleted the draft"),
    "campaign_duplicated": _l("made a copy:"),
    "game_added": _l("added"),
    "game_configured": _l("changed the content of"),
    "game_quota_changed": _l("changed the quotas of"),
    "game_paused": _l("paused"),
    "game_resumed": _l("let go on"),
    "game_removed": _l("removed"),
    "prizes_changed": _l("changed the prizes of"),
    "prizes_paced": _l("changed when the prizes are won in"),
    "picture_added": _l("added the picture"),
    "picture_described": _l("described the picture"),
    "picture_removed": _l("deleted the picture"),
    "brand_theme_changed": _l("changed the theme"),
    "brand_changed": _l("changed the brand"),
    "store_added": _l("added the store"),
    "store_changed": _l("changed the store"),
    "offer_added": _l("made the offer"),
    "offer_changed": _l("changed the offer"),
    "codes_imported": _l("imported codes into the offer"),
    "redemption_undone": _l("undid the use of a coupon"),
    "member_invited": _l("invited to the team"),
    "member_invitation_cancelled": _l("cancelled the invitation"),
    "member_joined": _l("joined the team with"),
    "member_place_changed": _l("changed the role or stores of"),
    "member_deactivated": _l("closed the access of"),
    "member_reactivated": _l("opened again the access of"),
    "member_password_changed": _l("changed the password of"),
    "member_password_reset": _l("set by e-mail a new password for"),
    "member_second_factor_on": _l("turned on the second step of"),
    "member_second_factor_off": _l("turned off the second step of"),
    "member_signed_in": _l("signed in as"),
    "member_signed_out_everywhere": _l("signed out everywhere"),
    "winner_claimed": _l("claimed a prize of"),
    "winner_declined": _l("gave up a prize of"),
    "winner_checked": _l("checked a winner of"),
    "winner_sent": _l("sent a prize of"),
    "winner_delivered": _l("noted the delivery of a prize of"),
    "winner_step_undone": _l("undid a step of a winner of"),
    "draw_created": _l("made the draw"),
    "draw_edited": _l("changed the draw"),
    "draw_deleted": _l("deleted the draft of the draw"),
    "draw_announced": _l("announced the draw"),
    "draw_postponed": _l("put off the draw"),
    "draw_cancelled": _l("called off the draw"),
    "draw_lapsed": _l("closed, not unlocked, the draw"),
    "draw_class_changed": _l("decided of an entry in the draw"),
    "draw_committed": _l("fixed the list of the draw"),
    "draw_dated": _l("had dated the commitment of the draw"),
    "draw_beacon": _l("kept the beacon’s round for the draw"),
    "draw_dice": _l("recorded the dice of the draw"),
    "draw_result": _l("held the draw"),
    "audit_opened": _l("opened to an auditor the sample of the draw"),
    "draw_vacancy": _l("declared a place vacant in"),
    "draw_settled": _l("closed, with every prize delivered,"),
    "parcels_exported": _l("exported the addresses of parcels of"),
    "prize_handed_over": _l("handed over"),
    "prize_taken_back": _l("took back the mark of"),
    "fan_erased": _l("erased"),
    "identity_unlinked": _l("unlinked a sign-in of"),
    "session_ended_after_reuse": _l("ended a copied session of"),
}


def action(name: str) -> str:
    """Return an action in words."""
    return str(ACTIONS.get(name) or name.replace("_", " "))


def kind(name: str) -> str:
    """Return a kind of object in words."""
    return str(KINDS.get(name) or name.replace("_", " "))
