"""The sentences the browser shows or speaks, by key; ``%(name)s`` stands for a fact."""

from __future__ import annotations

from masterapp.sdk import _l

TEXTS = {
    "won": _l("Congratulations!"),
    "lost": _l("Not this time."),
    "points_one": _l("+1 point"),
    "points_many": _l("+%(points)s points"),
    "cover": _l("Scratch here"),
    "card_number": _l("Card no. %(number)s"),
    "scratch_hint": _l("Scratch, or press “Reveal”"),
    "reveal": _l("Reveal"),
    "spin": _l("Spin"),
    "spin_hint": _l("Press the button, or throw the wheel with a finger"),
    "wheel_label": _l("A wheel with these segments: %(segments)s"),
    "plan_label": _l("Plan of the stadium"),
    "stand_label": _l("%(block)s, seen from the pitch"),
    "choose_block": _l("Tap your block"),
    "choose_seat": _l("Tap your seat"),
    "block": _l("Block"),
    "row": _l("Row"),
    "seat": _l("Seat"),
    "pitch": _l("Pitch"),
    "whole_stadium": _l("Whole stadium"),
    "is_it_golden": _l("Is it golden?"),
    "seat_name": _l("%(block)s, row %(row)s, seat %(seat)s"),
    "golden": _l("The golden seat!"),
}
