"""Draws in words for those who hope to win and for those who doubt: states, ways in, levels, classes, outcomes."""

from __future__ import annotations

from masterapp.texts import lazy_text as _l

#: What the draw is now → words, tone and icon of its badge.
PHASES = {
    "open": (_l("Open"), "good", "point"),
    "closed": (_l("Entries closed"), "accent", "clock"),
    "late": (_l("Entries closed"), "accent", "clock"),
    "fixed": (_l("List fixed"), "accent", "lock"),
    "due": (_l("Being drawn"), "accent", "loader-2"),
    "waiting": (_l("Waiting"), "warn", "clock-pause"),
    "drawn": (_l("Numbers drawn"), "", "trophy"),
    "cancelled": (_l("Called off"), "", "ban"),
    "lapsed": (_l("Not unlocked"), "", "lock"),
}

#: Where the tickets come from.
SOURCES = {
    "plays": _l("Every finished play of this campaign’s games gives tickets."),
    "stakes": _l("You can stake your points for more tickets."),
    "tier": _l("It is held if everybody together plays often enough. Every play gives tickets."),
    "second_chance": _l("Everybody who played and won nothing is in, without doing anything."),
}

#: Why the numbers are late: one honest sentence each.
TROUBLES = {
    "beacon": _l(
        "The public beacon has not answered us yet. The number it emitted cannot change: we keep asking."
    ),
    "dice_missing": _l("The dice rolled before the witness are not recorded yet."),
    "earlier_draw": _l(
        "An earlier draw of this campaign comes first, because its winners cannot win here."
    ),
}

#: Level of assurance → what it means for who did not hold the draw.
LEVELS = {
    "A+": _l(
        "Dice before witnesses, then a public beacon: even if one of the two failed, nobody could choose the numbers."
    ),
    "A": _l(
        "A public beacon, announced in advance: nobody, not even us, could know or choose the numbers."
    ),
    "B": _l(
        "Dice rolled before a witness. The computation can be checked; the witness must be trusted."
    ),
    "C": _l(
        "A secret of ours, sealed in advance. You have to trust that it was not tried out first."
    ),
    "D": _l(
        "A demonstration with a beacon of our own: the computation is real, the chance proves nothing."
    ),
}

#: Class of an entry in the fixed list → what it means for the fan.
CLASSES = {
    1: _l("You left this draw."),
    2: _l("You do not meet a condition of this draw, so your entry holds no ticket."),
    3: _l("Two people decided to leave your entry out of this draw."),
}

#: State of a prize that the fan has won.
WON = {
    "standing_by": _l("We are about to write to you."),
    "notified": _l("Claim it before the date in our message."),
    "claimed": _l("You claimed it. We check it and send it."),
    "checked": _l("Everything is in order. It will be sent."),
    "sent": _l("It is on its way."),
    "delivered": _l("You have received it. Enjoy!"),
    "vacant": _l("It was not claimed in time, or it was given up: it went to somebody else."),
}

#: Kinds of records of the public log.
RECORDS = {
    "draw_announced": _l("Announced"),
    "draw_postponed": _l("Put off"),
    "draw_cancelled": _l("Called off"),
    "draw_lapsed": _l("Not unlocked"),
    "draw_class_changed": _l("An entry was reviewed"),
    "draw_committed": _l("List fixed and committed to"),
    "draw_dated": _l("Commitment dated by a third party"),
    "draw_dice": _l("Dice recorded"),
    "draw_beacon": _l("Round of the beacon kept"),
    "draw_result": _l("Drawn"),
    "draw_vacancy": _l("A place fell vacant"),
    "draw_settled": _l("All prizes handed over"),
    "audit_opened": _l("Sample opened to an auditor"),
}

#: What the page's script says.
SCRIPT = {
    "days": _l("%(days)s d %(hours)s h"),
    "hours": _l("%(hours)s h %(minutes)s min"),
    "minutes": _l("%(minutes)s min %(seconds)s s"),
    "cost": _l("%(points)s points leave your balance now, %(left)s stay."),
    "urn_none": _l("Your entry is in the list, without tickets."),
    "urn_good": _l("Your tickets: no. %(first)s to %(last)s of %(total)s"),
    "urn_one": _l("Your ticket: no. %(first)s of %(total)s"),
    "urn_tag": _l("The tag in the list is made from your own details and your secret salt."),
    "urn_path": _l("The path leads from your entry to the published root."),
    "urn_code": _l("The fingerprint of the published commitment gives the code %(code)s."),
    "urn_bad": _l(
        "This does not fit together. Keep the file, and ask somebody you trust to look at it with verify.html."
    ),
    "urn_lost": _l("The check could not be loaded. Look at your connection and try again."),
    "waiting": _l("The round is out. We are fetching it…"),
    "first": _l("First number, computed here from the beacon and the code"),
    "drawing": _l("In the order in which they were drawn:"),
    "alternate": _l("Alternate %(rank)s for %(prize)s"),
    "passed": _l("Passed over: this household or person has won already"),
    "checked": _l("Computed again here, in your browser: all %(steps)s steps are right."),
    "wrong": _l(
        "Your browser finds another result than the one published. Please tell us, and keep the file."
    ),
    "whole": _l("See the whole result"),
}
