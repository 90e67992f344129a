"""The demo's fans: who they are, when they came, what they agreed to and how keen they are; always the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from masterapp.db import new_id
from masterapp.demo import world

#: share of fans, plays a day, skill at quizzes, share who agree to offers by e-mail
PERSONAS = {
    "passing": (0.55, 0.02, 0.45, 0.30),
    "regular": (0.33, 0.08, 0.60, 0.48),
    "devoted": (0.12, 0.22, 0.78, 0.71),
}
#: Most fans have a mailbox somewhere; a few are colleagues or rivals, whom the lists keep from playing.
DOMAINS = ("mail", "poste", "courriel", "rivemont", "atout-sport", "maxisport")
DOMAIN_SHARES = (500, 300, 196, 2, 1, 1)


@dataclass(frozen=True)
class Person:
    """One fan of the demo."""

    id: UUID
    name: str
    email: str
    locale: str
    joined: datetime
    keenness: float
    skill: float
    agrees_email: bool
    agrees_sms: bool
    agrees_partners: bool
    postcode: str | None
    favourite: str | None

    @property
    def excluded(self) -> str | None:
        """Why this person cannot play, if they cannot."""
        domain = "@" + self.email.split("@")[1]
        return next((reason for value, reason, _ in world.EXCLUSIONS if value == domain), None)


def invent(random: Random, number: int, now: datetime) -> list[Person]:
    """Return so many fans, in the order in which they joined."""
    people = [_person(random, which, now) for which in range(number)]
    return sorted(people, key=lambda person: person.joined)


def _person(random: Random, which: int, now: datetime) -> Person:
    first, last = random.choice(world.FIRST_NAMES), random.choice(world.LAST_NAMES)
    kinds = list(PERSONAS)
    kind = random.choices(kinds, [PERSONAS[name][0] for name in kinds])[0]
    _, keenness, skill, agreeing = PERSONAS[kind]
    # Each campaign brings its wave of newcomers in its first days.
    wave = random.choices([-60, -38, -14], [0.42, 0.30, 0.28])[0]
    joined = now + timedelta(
        days=wave + min(random.expovariate(0.28), 13.5), hours=random.uniform(0, 9)
    )
    agrees = random.random() < agreeing
    return Person(
        id=new_id(),
        name=f"{first} {last}",
        email=f"{_plain(first)}.{_plain(last)}{which}@{random.choices(DOMAINS, DOMAIN_SHARES)[0]}.example",
        locale="en" if random.random() < 0.12 else "fr",
        joined=min(joined, now - timedelta(minutes=random.uniform(3, 600))),
        keenness=keenness * random.uniform(0.6, 1.4),
        skill=min(0.95, max(0.1, random.gauss(skill, 0.12))),
        agrees_email=agrees,
        agrees_sms=agrees and random.random() < 0.35,
        agrees_partners=agrees and random.random() < 0.18,
        postcode=f"38{random.randint(0, 999):03d}" if random.random() < 0.55 else None,
        favourite=random.choice(world.PLAYERS) if random.random() < 0.4 else None,
    )


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
