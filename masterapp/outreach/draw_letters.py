"""Letters of a draw: the code for every entrant before the round, and the news, the reminders for those who won.

They are letters of service about something the fan took part in: no consent is asked and none is withdrawn by them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, format_date, format_decimal, format_time

from masterapp.brands.models import Brand
from masterapp.campaigns.quota import zone
from masterapp.coupons.wording import spoken
from masterapp.db import db, now
from masterapp.draws import lists, promise, service, winners
from masterapp.draws.models import Draw, DrawWinner
from masterapp.fans.models import Fan
from masterapp.jobs import jobs
from masterapp.outreach import mailer
from masterapp.texts import translate as _
from masterapp.texts import translate_plural

#: So many entrants are written to by one job; the next job goes on after the last of them.
BATCH = 200

#: Who is in a draw and can be written to, in the order of their ids, after the last one who was.
_ENTRANTS = """
SELECT entry.fan_id, entry.tag, fan.email, fan.locale
FROM draw_entry AS entry JOIN fan ON fan.brand_id = entry.brand_id AND fan.id = entry.fan_id
WHERE entry.brand_id = %(brand)s AND entry.draw_id = %(draw)s AND entry.verdict <> 1
  AND (%(after)s::uuid IS NULL OR entry.fan_id > %(after)s::uuid)
  AND fan.erased_at IS NULL AND fan.email IS NOT NULL
ORDER BY entry.fan_id LIMIT %(many)s
"""


@jobs.task(name="tell_entrants", retry=20)
def tell_entrants(brand_id: str, draw_id: str, after: str | None = None) -> None:
    """Send every entrant the code of the commitment, until the round comes: later it would prove nothing."""
    with db.transaction():
        letters, brand, last = _codes(UUID(brand_id), UUID(draw_id), after)
    # Nothing is held in the database while letters leave: the list of another draw may wait to be fixed.
    for letter in letters:
        mailer.send(letter, brand)
    if last:
        with db.transaction():
            jobs.defer("tell_entrants", brand_id=brand_id, draw_id=draw_id, after=last)


def _codes(
    brand_id: UUID, draw_id: UUID, after: str | None
) -> tuple[list[mailer.Letter], Brand, str | None]:
    """Write one batch of letters; the last fan of a full batch is where the next one goes on."""
    draw = service.find(brand_id, draw_id)
    brand = db.session.get_one(Brand, brand_id)
    if draw.state != "committed" or draw.draws_at is None or now() >= draw.draws_at:
        return [], brand, None
    names = {"brand": brand_id, "draw": draw_id, "after": after, "many": BATCH}
    rows = db.driver.execute(_ENTRANTS, names).fetchall()
    letters = []
    for fan_id, tag, email, locale in rows:
        leaf = lists.leaf_of(draw, bytes(tag))
        if leaf is None:
            continue
        with force_locale(locale):
            facts: dict[str, Any] = {
                "title": spoken(draw.title),
                "when": on_the_clock(draw.draws_at, brand),
                "share": share(leaf.weight),
            }
        letters.append(
            mailer.write(
                "draw_code",
                brand,
                to=email,
                key=f"draw.{draw_id.hex}.{fan_id.hex}",
                locale=locale,
                code=promise.code_of(draw),
                link=_address(brand, f"draws/{draw_id}"),
                **facts,
            )
        )
    db.session.expunge(brand)
    return letters, brand, str(rows[-1][0]) if len(rows) == BATCH else None


def share(tickets: int) -> str:
    """Say how many tickets an entry holds."""
    if tickets:
        return translate_plural(
            "You take part with %(num)s ticket.", "You take part with %(num)s tickets.", tickets
        )
    return _(
        "Your entry holds no ticket, because the rules or a check by a person leave it out. "
        "Answer this letter to know why."
    )


@jobs.task(name="send_win_letter")
def send_win_letter(brand_id: str, winner_id: str, reminder: int = 0) -> None:
    """Tell a winner what they have won and until when to claim it; nothing once they have answered."""
    winner = db.session.get(DrawWinner, (UUID(brand_id), UUID(winner_id)))
    at = now()
    if winner is None or winner.reminders != reminder or not winners.may_claim(winner, at):
        return
    fan = db.session.get(Fan, (winner.brand_id, winner.fan_id))
    if fan is None or fan.erased_at is not None or not fan.email:
        return
    draw = service.find(winner.brand_id, winner.draw_id)
    brand = db.session.get_one(Brand, winner.brand_id)
    prize = winners.prize_of(draw, winner)
    assert winner.deadline_at is not None
    with force_locale(fan.locale):
        facts: dict[str, Any] = {
            "title": spoken(draw.title),
            "prize": spoken(prize["label"]),
            "until": last_day(winner.deadline_at, brand),
            "news": news(winner, draw, reminder),
        }
    letter = mailer.write(
        "win",
        brand,
        to=fan.email,
        key=f"win.{winner.id.hex}.{reminder}",
        locale=fan.locale,
        reminder=reminder,
        link=_address(brand, f"me/wins/{winner.id}"),
        **facts,
    )
    mailer.send(letter, brand)


def news(winner: DrawWinner, draw: Draw, reminder: int) -> str:
    """Say why somebody gets this letter."""
    title = spoken(draw.title)
    if reminder:
        return _("Your prize of the draw “%(title)s” still waits for you:", title=title)
    if winner.kind == "alternate":
        return _(
            "A place of the draw “%(title)s” has become free, and you were drawn as an alternate: you have won.",
            title=title,
        )
    return _(
        "Your ticket number %(ticket)s was drawn in “%(title)s”: you have won.",
        ticket=format_decimal(winner.ticket),
        title=title,
    )


def _address(brand: Brand, path: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}/play/{brand.slug}/{path}"


def on_the_clock(moment: datetime, brand: Brand) -> str:
    """Write a moment in the reader's language, on the brand's clock."""
    local = moment.astimezone(zone(brand.time_zone))
    return str(
        _(
            "%(day)s at %(time)s",
            day=format_date(local, "full"),
            time=format_time(local, "short", rebase=False),
        )
    )


def last_day(deadline: datetime, brand: Brand) -> str:
    """Write the last day of a time that ends at midnight."""
    local = (deadline - timedelta(seconds=1)).astimezone(zone(brand.time_zone))
    return str(format_date(local, "full"))
