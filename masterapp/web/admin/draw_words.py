"""What the pages of draws say: one line per draw, its way from the announcement to the end, what to look at first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import format_decimal

from masterapp.campaigns import service as campaigns
from masterapp.campaigns.models import Campaign
from masterapp.db import now
from masterapp.draws import figures, freezing, holding, lists, promise, reviewing, service
from masterapp.draws.models import FIXED, HELD, Draw
from masterapp.draws.protocol.entropy import check_announced
from masterapp.draws.terms import Terms
from masterapp.draws.wording import LEVELS, STATES, TROUBLES, state_of
from masterapp.exact import canonical
from masterapp.exact.drand import QUICKNET
from masterapp.fairness import beacon
from masterapp.texts import LOCALES, translate_plural
from masterapp.texts import translate as _
from masterapp.web.admin.shell import desk
from masterapp.web.ui import local


@dataclass(frozen=True)
class Moment:
    """One station on the way of a draw."""

    label: str
    at: datetime | None
    #: done, here or to_come.
    tone: str
    text: str = ""


@dataclass(frozen=True)
class Check:
    """One thing to look at before announcing; a *blocking* one has to be cured first."""

    sentence: str
    address: str = ""
    blocking: bool = False


def of_campaign(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the campaign's draws, each with its state, numbers, next date and what needs a decision."""
    at = now()
    draws = service.of_campaign(campaign)
    counted = figures.of(draws)
    return [
        {
            "draw": draw,
            "state": state_of(draw, at),
            "figures": counted[draw.id],
            "next": following(draw, at),
            "code": promise.code_of(draw),
            "trouble": TROUBLES.get(draw.trouble),
            "gauge": gauge(draw, at),
            "waiting": len(reviewing.waiting(draw)) if draw.state == "open" else 0,
        }
        for draw in draws
    ]


def following(draw: Draw, at: datetime) -> tuple[str, datetime] | None:
    """Return what comes next for a draw, and when."""
    if draw.state in ("draft", "open"):
        for name, words in (
            ("closes_at", _("Entries close")),
            ("commits_at", _("List is fixed")),
            ("draws_at", _("Draw")),
        ):
            moment = getattr(draw, name)
            if moment and moment > at:
                return words, moment
    if draw.state in ("committing", "committed") and draw.draws_at:
        return _("Draw"), draw.draws_at
    return None


def gauge(draw: Draw, at: datetime) -> dict[str, Any] | None:
    """Return how far the crowd is on the way to a tier; None for other draws, and once that is decided."""
    if draw.source != "tier" or draw.state not in ("draft", "open", "committing"):
        return None
    plays, threshold = freezing.plays_so_far(draw, at), Terms.of(draw.terms).threshold
    return {
        "plays": plays,
        "threshold": threshold,
        "reached": plays >= threshold,
        "words": translate_plural(
            "%(plays)s of %(num)s play", "%(plays)s of %(num)s plays", threshold,
            plays=format_decimal(plays),
        ),
    }  # fmt: skip


def timeline(draw: Draw, at: datetime) -> list[Moment]:
    """Return the stations of a draw: what is done, what is now, what comes."""
    announced = draw.announced_at
    closed = bool(announced and draw.closes_at and draw.closes_at <= at)
    over = draw.state in ("cancelled", "lapsed")
    stations: list[tuple[str, datetime | None, bool, str]] = [
        (_("Announced"), announced, bool(announced), ""),
        (_("Entries close"), draw.closes_at, closed, ""),
        (
            _("Review and appeal"),
            draw.closes_at,
            draw.state in FIXED,
            _("Leave out whom the rules leave out; answer who complains."),
        ),
        (
            _("List is fixed"),
            draw.committed_at or draw.commits_at,
            draw.state in FIXED,
            _("Its fingerprint is published; from here on nothing can be changed or called off."),
        ),
        (_("Draw"), draw.drawn_at or draw.draws_at, draw.state in HELD, ""),
        (
            _("Settled"),
            None,
            draw.state == "settled",
            _("Every prize is received, or went where the rules say."),
        ),
    ]
    found: list[Moment] = []
    for label, moment, done, text in stations:
        first = not over and not done and all(one.tone == "done" for one in found)
        found.append(
            Moment(label, moment, "done" if done else "here" if first else "to_come", text)
        )
    return found


def checks(draw: Draw, campaign: Campaign, at: datetime) -> list[Check]:
    """Return what to look at before a draft is announced."""
    edit = url_for("admin_draws.edit", draw_id=draw.id)
    labels = {
        "closes_at": _("Entries close"),
        "commits_at": _("List is fixed"),
        "draws_at": _("Draw"),
    }
    found = [
        Check(f"{labels[name]}: {sentence}", f"{edit}#field-{name}", blocking=True)
        for name, sentences in service.date_problems(draw, at).items()
        for sentence in sentences
    ]
    if campaigns.state_of(campaign, at) == "draft":
        found.append(
            Check(
                _("The campaign is a draft: nobody can play for tickets before it is published."),
                url_for("admin_planning.publish", campaign_id=campaign.id),
            )
        )
    if not any(campaign.rules.get(locale, "").strip() for locale in LOCALES):
        found.append(
            Check(
                _("The rules document is empty: the list is tied to it when it is fixed."),
                url_for("admin_planning.rules", campaign_id=campaign.id),
            )
        )
    missing = [code.upper() for code in desk().brand.locales if not draw.title.get(code)]
    if missing:
        found.append(
            Check(_("The title is missing in: %(languages)s.", languages=", ".join(missing)), edit)
        )
    return [*found, *_date_checks(draw, campaign, edit)]


def _date_checks(draw: Draw, campaign: Campaign, edit: str) -> list[Check]:
    if not (draw.closes_at and draw.commits_at and draw.draws_at):
        return []
    found = []
    if (
        campaign.closes_at
        and draw.closes_at > campaign.closes_at
        and draw.source in ("plays", "tier")
    ):
        found.append(
            Check(
                _("Entries close after the campaign: nobody can play for tickets in between."), edit
            )
        )
    if draw.commits_at - draw.closes_at < service.REVIEW:
        found.append(
            Check(_("Less than 48 hours to review the list and to answer complaints."), edit)
        )
    if draw.draws_at - draw.commits_at < service.NOTICE:
        found.append(
            Check(
                _("Less than 24 hours in which fans can compare the fingerprint before the draw."),
                edit,
            )
        )
    return found


def chance_of(draw: Draw) -> dict[str, Any]:
    """Return where the chance comes from: level in plain words, round and its moment, and what can be typed now."""
    terms = Terms.of(draw.terms)
    level = result_level(draw) or _level_to_come(draw, terms)
    found: dict[str, Any] = {"level": level, "words": LEVELS.get(level, ""), "kind": terms.chance}
    if terms.chance == "dice" or draw.draws_at is None:
        return found
    if draw.commitment is not None:
        promised = holding.announced(draw)[-1]
        chain, number = beacon.chain_of(promised["chain"]), int(promised["round"])
    else:
        chain, number = beacon.current_chain(), promise.round_of(draw)
    return {
        **found,
        "round": number,
        "emitted": datetime.fromtimestamp(chain.time_of(number), UTC),
        "chain": chain.hash,
        "relays": beacon.addresses(chain.relays[0], number, chain) if chain == QUICKNET else [],
    }


def _level_to_come(draw: Draw, terms: Terms) -> str:
    """Return the level that the announced sources can reach: those of a demonstration prove nothing."""
    if draw.commitment is not None:
        return str(check_announced(holding.announced(draw)))
    number = promise.round_of(draw) if draw.draws_at else 1
    return str(check_announced(terms.entropy(beacon.current_chain(), number)))


def result_level(draw: Draw) -> str:
    """Return the level in the certificate of a draw that was held, or nothing."""
    content = lists.document(draw, "certificate") if draw.state in HELD else None
    return str(canonical.decode(content)["level"]) if content else ""


def asks_for(draw: Draw, at: datetime) -> dict[str, Any]:
    """Return what can be typed into a draw now: the beacon's signature, its dice, or dice instead of the beacon."""
    if draw.state != "committed" or draw.draws_at is None or draw.revealed is not None:
        return {}
    chance = Terms.of(draw.terms).chance
    dice_first = chance == "dice_beacon" and draw.dice is None
    fallback = holding.fallback_from(draw)
    return {
        "dice": chance == "dice" or (dice_first and at < draw.draws_at),
        "dice_late": dice_first and at >= draw.draws_at,
        "beacon": chance != "dice" and not dice_first and at >= draw.draws_at,
        "fallback": fallback if fallback and at >= draw.draws_at else None,
        "fallback_now": bool(fallback and at >= fallback),
    }


def public_address(draw: Draw, name: str = "") -> str:
    """Return the address at which everybody sees the draw, or one of its files."""
    base: str = current_app.config["SETTINGS"].base_url
    return f"{base}/play/{desk().brand.slug}/draws/{draw.id}{'/' if name else ''}{name}"


def final(draw: Draw) -> list[str]:
    """Say what becomes final with the announcement."""
    prizes = ", ".join(f"{prize['qty']} × {local(prize['label'])}" for prize in draw.prizes)
    return [
        _("The prizes and their numbers: %(prizes)s.", prizes=prizes),
        _("Who is in, with how many tickets, and where the chance comes from."),
        _("The dates can only be put off, and only until the list is fixed."),
        _(
            "Until then you can call the draw off, with a reason that everybody reads; afterwards nobody can."
        ),
    ]


def badge_of(state: str) -> tuple[str, str, str]:
    """Return a state's words, tone and icon."""
    words, tone, glyph = STATES[state]
    return str(words), tone, glyph
