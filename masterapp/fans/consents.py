"""Consents: the exact words that are shown, what a fan chose, and what holds now. No answer is ever changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from masterapp import events
from masterapp.brands.models import Brand
from masterapp.db import db, new_id
from masterapp.errors import Refused
from masterapp.fans.models import Consent, ConsentText
from masterapp.texts import LOCALES
from masterapp.texts import lazy_text as _l

#: The same answer again within this time is the same tap.
DOUBLE_TAP = timedelta(minutes=1)


@dataclass(frozen=True)
class Wording:
    """The sentence of one purpose and channel, and whether the sign-in sheet already asks it."""

    purpose: str
    channel: str
    texts: Mapping[str, str]
    at_sign_in: bool = False


#: What every brand may ask. Telephone calls are a consent of their own in law and are not asked here.
WORDINGS = (
    Wording(
        "offers",
        "email",
        {
            "en": "I agree that {brand} sends me its offers and news by e-mail. I can withdraw this at any "
            "time with the link in each message or in my space. It changes nothing to my chances.",
            "fr": "J’accepte que {brand} m’envoie ses offres et ses actualités par e-mail. Je peux retirer "
            "cet accord à tout moment par le lien de chaque message ou dans mon espace. Cela ne change "
            "rien à mes chances de gagner.",
        },
        at_sign_in=True,
    ),
    Wording(
        "offers",
        "sms",
        {
            "en": "I agree that {brand} sends me its offers by text message. I can withdraw this at any time "
            "by answering STOP or in my space.",
            "fr": "J’accepte que {brand} m’envoie ses offres par SMS. Je peux retirer cet accord à tout "
            "moment en répondant STOP ou dans mon espace.",
        },
    ),
    Wording(
        "partners",
        "email",
        {
            "en": "I agree that {brand} gives my e-mail address to {partners} so that they send me their "
            "offers. I can withdraw this at any time in my space.",
            "fr": "J’accepte que {brand} transmette mon adresse e-mail à {partners} pour recevoir leurs "
            "offres. Je peux retirer cet accord à tout moment dans mon espace.",
        },
    ),
)
PURPOSES = tuple(dict.fromkeys(wording.purpose for wording in WORDINGS))
CHANNELS = tuple(dict.fromkeys(wording.channel for wording in WORDINGS))


@dataclass(frozen=True)
class Proof:
    """Under which circumstances a choice was made: enough to prove it, too little to follow anybody."""

    method: str
    campaign_id: UUID | None = None
    origin: str = ""
    address: str = ""
    user_agent: str = ""

    @property
    def address_prefix(self) -> str:
        """The network of the address: /24 of IPv4, /48 of IPv6."""
        try:
            length = 24 if ip_address(self.address).version == 4 else 48
        except ValueError:
            return ""
        return str(ip_network(f"{self.address}/{length}", strict=False))

    @property
    def user_agent_hash(self) -> str:
        """A hash of the browser's name."""
        return hashlib.sha256(self.user_agent.encode()).hexdigest()[:32] if self.user_agent else ""


@dataclass(frozen=True)
class Choice:
    """One answer: granted or withdrawn, to the words with this id."""

    purpose: str
    channel: str
    granted: bool
    text_id: UUID


def texts_to_show(brand: Brand, locale: str) -> list[dict[str, Any]]:
    """Return the words of each consent in one language, newest version, ready to be ticked by the fan."""
    ensure_texts(brand)
    newest = _newest_texts(brand.id, locale)
    return [
        {
            "purpose": wording.purpose,
            "channel": wording.channel,
            "text_id": newest[wording.purpose, wording.channel].id,
            "text": newest[wording.purpose, wording.channel].text,
            "at_sign_in": wording.at_sign_in,
        }
        for wording in WORDINGS
        if (wording.purpose, wording.channel) in newest and _is_asked(brand, wording)
    ]


def ensure_texts(brand: Brand) -> None:
    """Store today's words of every consent in every language; a change of words becomes a new version."""
    for locale in LOCALES:
        newest = _newest_texts(brand.id, locale)
        for wording in WORDINGS:
            if not _is_asked(brand, wording):
                continue
            words = _fill(wording.texts[locale], brand, locale)
            known = newest.get((wording.purpose, wording.channel))
            if known is None or known.text != words:
                version = known.version + 1 if known else 1
                db.session.execute(
                    insert(ConsentText)
                    .values(
                        brand_id=brand.id,
                        id=new_id(),
                        purpose=wording.purpose,
                        channel=wording.channel,
                        locale=locale,
                        version=version,
                        text=words,
                    )
                    .on_conflict_do_nothing()
                )


def record_consents(
    brand_id: UUID, fan_id: UUID, choices: Iterable[Choice], proof: Proof, *, at: datetime
) -> None:
    """Append the fan's answers. Raises ``invalid`` when the words of an answer are not this brand's, or not these.

    The same answer to the same words within a minute is a double tap, and is kept once.
    """
    _take_turns(brand_id, fan_id)
    before = current_consents(brand_id, fan_id)
    for number, choice in enumerate(choices):
        words = db.session.get(ConsentText, (brand_id, choice.text_id))
        if words is None or (words.purpose, words.channel) != (choice.purpose, choice.channel):
            raise Refused(
                "invalid",
                fields={
                    f"consents.{number}.text_id": [
                        str(_l("Use the text_id of the words that were shown."))
                    ]
                },
            )
        newest = before.get((choice.purpose, choice.channel))
        if newest is not None and _is_repeated(newest, choice, at):
            continue
        db.session.add(
            Consent(
                brand_id=brand_id,
                fan_id=fan_id,
                purpose=choice.purpose,
                channel=choice.channel,
                granted=choice.granted,
                text_id=choice.text_id,
                method=proof.method,
                campaign_id=proof.campaign_id,
                origin=proof.origin,
                address_prefix=proof.address_prefix,
                user_agent_hash=proof.user_agent_hash,
                created_at=at,
            )
        )
        events.after_commit(
            events.consent_recorded,
            brand_id=brand_id,
            fan_id=fan_id,
            purpose=choice.purpose,
            channel=choice.channel,
            granted=choice.granted,
        )
    db.session.flush()


def _take_turns(brand_id: UUID, fan_id: UUID) -> None:
    """Hold back a second tap of the same fan until the first is committed."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 2))"),
        {"key": f"{brand_id}{fan_id}"},
    )


def _is_repeated(newest: Consent, choice: Choice, at: datetime) -> bool:
    return (
        newest.granted == choice.granted
        and newest.text_id == choice.text_id
        and at - newest.created_at < DOUBLE_TAP
    )


def current_consents(brand_id: UUID, fan_id: UUID) -> dict[tuple[str, str], Consent]:
    """Return the newest answer per purpose and channel."""
    rows = db.session.scalars(
        select(Consent)
        .where(Consent.brand_id == brand_id, Consent.fan_id == fan_id)
        .ext(distinct_on(Consent.purpose, Consent.channel))
        .order_by(Consent.purpose, Consent.channel, Consent.created_at.desc(), Consent.id.desc())
    )
    return {(row.purpose, row.channel): row for row in rows}


def has_agreed(brand_id: UUID, fan_id: UUID, purpose: str, channel: str) -> bool:
    """Whether the fan's newest answer is a yes; silence is a no."""
    newest = current_consents(brand_id, fan_id).get((purpose, channel))
    return newest is not None and newest.granted


def withdraw(
    brand_id: UUID, fan_id: UUID, purpose: str, channel: str, proof: Proof, *, at: datetime
) -> None:
    """Withdraw an agreement; where none holds there is nothing to write."""
    _take_turns(brand_id, fan_id)
    newest = current_consents(brand_id, fan_id).get((purpose, channel))
    if newest is not None and newest.granted:
        choice = Choice(purpose, channel, False, newest.text_id)
        record_consents(brand_id, fan_id, [choice], proof, at=at)


def _newest_texts(brand_id: UUID, locale: str) -> dict[tuple[str, str], ConsentText]:
    rows = db.session.scalars(
        select(ConsentText)
        .where(ConsentText.brand_id == brand_id, ConsentText.locale == locale)
        .ext(distinct_on(ConsentText.purpose, ConsentText.channel))
        .order_by(ConsentText.purpose, ConsentText.channel, ConsentText.version.desc())
    )
    return {(row.purpose, row.channel): row for row in rows}


def _is_asked(brand: Brand, wording: Wording) -> bool:
    """Partners are asked for only where the brand names them: the law wants to know who they are."""
    return wording.purpose != "partners" or bool(_partners(brand))


def _partners(brand: Brand) -> list[str]:
    return [str(name) for name in brand.contact.get("partners", []) if name]


def _fill(words: str, brand: Brand, locale: str) -> str:
    names = _partners(brand)
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1])
    if len(names) > 1:
        joined += (" et " if locale == "fr" else " and ") + names[-1]
    return words.format(brand=brand.name, partners=joined)
