"""What people are told about a coupon: verdicts for the till, in the reader's language and the brand's time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_time

from masterapp.coupons.redemption import Verdict
from masterapp.texts import DEFAULT_LOCALE, language
from masterapp.texts import lazy_text as _l
from masterapp.texts import translate as _

TITLES = {
    "valid": _l("Valid"),
    "redeemed": _l("Redeemed"),
    "already_used": _l("Already used"),
    "expired": _l("Expired"),
    "not_yet": _l("Not valid yet"),
    "wrong_store": _l("Not valid in this store"),
    "unknown": _l("Unknown code"),
    "mistyped": _l("Wrong character"),
}


def title(word: str) -> str:
    """Return a verdict in a few words."""
    return str(TITLES[word])


def message(found: Verdict, at: datetime) -> str:
    """Return when, where and why; what to do is the button's to say."""
    coupon = found.coupon
    if coupon is None:
        return {
            "unknown": _("None of your brand's coupons has this code."),
            "mistyped": _("One character was misread or mistyped. Scan again, or check the code."),
        }[found.word]
    if found.word == "already_used" and coupon.used_at:
        when = moment(coupon.used_at, coupon.zone, at)
        return _("%(when)s, %(store)s", when=when[:1].upper() + when[1:], store=coupon.used_store)
    if found.word == "wrong_store":
        return _("It can be used in: %(stores)s", stores=coupon.store_names or "–")
    if found.word == "not_yet" and coupon.valid_from:
        return _("From: %(when)s", when=moment(coupon.valid_from, coupon.zone, at))
    if coupon.valid_until is None:
        return ""
    when = ending(coupon.valid_until, coupon.zone, at)
    if found.word == "expired":
        return _("Last day: %(when)s", when=when)
    return _("Valid until %(when)s", when=when)


def moment(when: datetime, zone: str, at: datetime) -> str:
    """Write a moment as one says it at a till: the day, or "today", and the time."""
    local = when.astimezone(ZoneInfo(zone))
    return _(
        "%(day)s at %(time)s",
        day=_day(local, at),
        time=format_time(local, "short", rebase=False),
    )


def ending(when: datetime, zone: str, at: datetime) -> str:
    """Write the end of a validity: one that ends at midnight is good for the whole day before."""
    local = when.astimezone(ZoneInfo(zone))
    if local.time() == time():
        return _day(local - timedelta(seconds=1), at)
    return moment(when, zone, at)


def _day(local: datetime, at: datetime) -> str:
    if local.date() == at.astimezone(local.tzinfo).date():
        return _("today")
    return str(format_date(local, "long"))


def spoken(texts: Mapping[str, str] | None) -> str:
    """Return a brand's text in the reader's language, or in one that it has."""
    texts = texts or {}
    found = texts.get(language()) or texts.get(DEFAULT_LOCALE)
    return found or next((text for text in texts.values() if text), "")
