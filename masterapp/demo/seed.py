"""Writes the demo's world: the brand and its people by the ORM, the fans and their sixty days by ``COPY``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select

from masterapp.audit import service as audit
from masterapp.brands import assets
from masterapp.brands.members import set_password
from masterapp.brands.models import Brand, Member, MemberStore, Store
from masterapp.campaigns.models import Campaign, Game, GameVersion
from masterapp.coupons.models import Offer
from masterapp.db import db, new_id, now
from masterapp.demo import pictures, world
from masterapp.demo.life import Life, OfferState, OpenGame, OpenMoment
from masterapp.demo.people import Person, invent
from masterapp.eligibility.models import Exclusion
from masterapp.fairness.demo_beacon import DEMO
from masterapp.fans import consents
from masterapp.fans.models import ConsentText
from masterapp.prizes import endings, seals
from masterapp.prizes.models import Prize, Seal, WinningMoment
from masterapp.registry import registry

#: Plays follow the day: quiet nights, a peak at lunch and a larger one in the evening.
HOURS = (1, 1, 0, 0, 0, 1, 3, 5, 6, 5, 5, 7, 11, 10, 6, 5, 6, 9, 13, 16, 18, 15, 9, 4)


class DemoWorld:
    """The demo while it is being written."""

    def __init__(self, fans: int) -> None:
        # Seeded, so that the demo is the same everywhere: nothing here has to be unpredictable.
        self.random = Random(20_262_027)  # noqa: S311
        self.now = now()
        self.fans = fans
        self.stores: dict[str, UUID] = {}
        self.members: dict[str, UUID] = {}
        self.pictures: dict[str, UUID] = {}
        self.offers: dict[str, UUID] = {}
        self.games: list[OpenGame] = []

    def write(self) -> None:
        """Write everything. The caller commits."""
        self._found_brand()
        for plan in world.OFFERS:
            self._make_offer(plan)
        for campaign in world.CAMPAIGNS:
            self._make_campaign(campaign)
        db.session.flush()
        states = {
            offer.id: OfferState(
                offer.id, offer.stock or 0, offer.valid_days, offer.valid_from, offer.valid_until
            )
            for offer in db.session.scalars(select(Offer).where(Offer.brand_id == self.brand.id))
            if offer.valid_from and offer.valid_until
        }
        life = Life(self.random, states)
        life.now = self.now
        people = invent(self.random, self.fans, self.now)
        self._live(life, people)
        self._write_people(people)
        self._write_life(life, states)
        self._reveal_the_past()

    def _found_brand(self) -> None:
        self.brand = Brand(
            slug=world.SLUG, name=world.NAME, theme=dict(world.THEME), contact=dict(world.CONTACT)
        )
        db.session.add(self.brand)
        db.session.flush()
        brand_id = self.brand.id
        for code, name, address, postcode, city in world.STORES:
            store = Store(
                brand_id=brand_id,
                code=code,
                name=name,
                address=address,
                postcode=postcode,
                city=city,
            )
            db.session.add(store)
            db.session.flush()
            self.stores[code] = store.id
        for email, name, role, stores in world.MEMBERS:
            member = Member(brand_id=brand_id, email=email, name=name, role=role)
            db.session.add(member)
            db.session.flush()
            set_password(member, world.PASSWORD)
            self.members[role] = member.id
            for code in stores:
                db.session.add(
                    MemberStore(brand_id=brand_id, member_id=member.id, store_id=self.stores[code])
                )
        for value, reason, note in world.EXCLUSIONS:
            db.session.add(Exclusion(brand_id=brand_id, value=value, reason=reason, note=note))
        for name in pictures.PICTURES:
            self.pictures[name] = assets.add(
                brand_id, f"{name}.png", pictures.draw(name), member_id=self.members["marketer"]
            ).id
        self.brand.theme = {**self.brand.theme, "logo": str(self.pictures["logo"])}
        consents.ensure_texts(self.brand)

    def _days(self, days: float) -> datetime:
        """A moment so many days from today's noon."""
        noon = self.now.replace(hour=11, minute=0, second=0, microsecond=0)
        return noon + timedelta(days=days)

    def _make_offer(self, plan: world.OfferPlan) -> None:
        offer = Offer(
            brand_id=self.brand.id,
            label=plan.label,
            conditions=plan.conditions,
            till_note=plan.till_note,
            value_cents=plan.value_cents,
            stock=plan.stock,
            valid_from=self._days(plan.opens),
            valid_until=self._days(plan.closes),
            valid_days=plan.valid_days,
            store_ids=[str(self.stores[code]) for code in plan.stores],
        )
        db.session.add(offer)
        db.session.flush()
        self.offers[plan.key] = offer.id

    def _make_campaign(self, plan: world.CampaignPlan) -> None:
        campaign = Campaign(
            brand_id=self.brand.id,
            slug=plan.slug,
            title=plan.title,
            summary=plan.summary,
            rules=dict(world.RULES),
            state="published",
            opens_at=self._days(plan.opens),
            closes_at=self._days(plan.closes),
            origins=[world.HOST_SITE],
            picture_id=self.pictures[plan.picture],
            published_at=self._days(plan.opens - 3),
            created_at=self._days(plan.opens - 10),
        )
        db.session.add(campaign)
        db.session.flush()
        audit.record(
            self.brand.id,
            "campaign_published",
            actor_kind="member",
            actor_id=self.members["marketer"],
            object_kind="campaign",
            object_id=campaign.id,
            title=plan.title,
        )
        for position, game in enumerate(plan.games):
            self._make_game(campaign, plan, position, game)

    def _make_game(
        self, campaign: Campaign, during: world.CampaignPlan, position: int, plan: world.GamePlan
    ) -> None:
        registered = registry[plan.module]
        starter = next(each for each in registered.module.starters if each.slug == plan.starter)
        config: dict[str, Any] = {**starter.config, **plan.replace}
        if plan.offer:
            config["offer"] = str(self.offers[plan.offer])
        if plan.picture:
            config["picture"] = str(self.pictures[plan.picture])
        loaded = registered.config_schema.load(config)
        game = Game(
            brand_id=self.brand.id,
            campaign_id=campaign.id,
            module=plan.module,
            slug=plan.slug,
            title=plan.title,
            position=position,
            quota=plan.quota,
        )
        db.session.add(game)
        db.session.flush()
        db.session.add(
            GameVersion(
                brand_id=self.brand.id,
                game_id=game.id,
                number=1,
                config=loaded,
                module_version=registered.manifest.version,
            )
        )
        open_game = OpenGame(
            game.id,
            self.brand.id,
            campaign.id,
            plan.module,
            plan.title,
            loaded,
            plan.quota,
            self._days(during.opens),
            self._days(during.closes),
            plan.appeal,
        )
        if plan.prizes:
            open_game.moments = self._make_prizes(game, campaign, plan.prizes)
        self.games.append(open_game)

    def _make_prizes(
        self, game: Game, campaign: Campaign, plans: Sequence[world.PrizePlan]
    ) -> list[OpenMoment]:
        """Make a game's prizes and seal their moments as publishing it did, with the demo's own beacon."""
        prizes = []
        for position, plan in enumerate(plans):
            prize = Prize(
                brand_id=self.brand.id,
                game_id=game.id,
                position=position,
                label=plan.label,
                collection=plan.collection,
                picture_id=self.pictures[plan.picture],
                value_cents=plan.value_cents,
                stock=plan.stock,
                per_fan=1,
                offer_id=self.offers[plan.offer] if plan.offer else None,
            )
            db.session.add(prize)
            prizes.append(prize)
        db.session.flush()
        assert campaign.published_at is not None
        units = [(prize, prize.stock) for prize in prizes]
        seals.make(game, campaign, units, campaign.published_at, chain=DEMO)
        offers = {prize.id: prize.offer_id for prize in prizes}
        rows = select(WinningMoment).where(WinningMoment.game_id == game.id)
        return [
            OpenMoment(row.opens_at, row.id, row.prize_id, offers[row.prize_id], row.to_pass)
            for row in db.session.scalars(rows.order_by(WinningMoment.opens_at, WinningMoment.id))
        ]

    def _live(self, life: Life, people: Sequence[Person]) -> None:
        """Let everybody play, in the order of time, so that crowds and moments are shared as they were."""
        visits: list[tuple[datetime, int, Person]] = []
        for person in people:
            day = 0
            joined_at = max(person.joined, self._days(-world.DAYS))
            visits.append((joined_at, len(visits), person))
            while (at := self._hour(joined_at, day := day + 1)) < self.now:
                # Interest wanes over the weeks and wakes up with each campaign.
                fresh = max(0.25, 0.985**day)
                if self.random.random() < person.keenness * fresh:
                    visits.append((at, len(visits), person))
        for at, _, person in sorted(visits):
            self._visit(life, person, at)

    def _hour(self, joined_at: datetime, days: int) -> datetime:
        hour = self.random.choices(range(24), HOURS)[0]
        day = (joined_at + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        return day.replace(hour=hour) + timedelta(seconds=self.random.uniform(0, 3600))

    def _visit(self, life: Life, person: Person, at: datetime) -> None:
        played = False
        for game in self.games:
            if not game.opens_at <= at < min(game.closes_at, self.now - timedelta(minutes=2)):
                continue
            if self.random.random() < game.appeal or (
                not played and game.campaign_id == self.games[-1].campaign_id
            ):
                if person.excluded:
                    life.refuse(person, game, f"excluded_{person.excluded}", at)
                    return
                ended = life.attempt(person, game, at)
                played = played or ended != at
                at = ended + timedelta(seconds=self.random.uniform(4, 40))

    def _write_people(self, people: Sequence[Person]) -> None:
        brand_id = self.brand.id
        texts = {
            (text.purpose, text.channel, text.locale): text.id
            for text in db.session.scalars(
                select(ConsentText).where(ConsentText.brand_id == brand_id)
            )
        }
        origins = ("", world.HOST_SITE)
        copy(
            "fan",
            (
                {
                    "brand_id": brand_id,
                    "id": person.id,
                    "email": person.email,
                    "email_key": person.email,
                    "email_domain": person.email.split("@")[1],
                    "display_name": person.name,
                    "locale": person.locale,
                    "source": {"origin": self.random.choice(origins)},
                    "last_seen_at": person.joined,
                    "created_at": person.joined,
                }
                for person in people
            ),
        )
        copy(
            "identity",
            (
                {
                    "brand_id": brand_id,
                    "id": new_id(),
                    "fan_id": person.id,
                    "provider": "email",
                    "subject": person.email,
                    "verified_at": person.joined,
                    "created_at": person.joined,
                }
                for person in people
            ),
        )
        traits = [
            (person, name, value)
            for person in people
            for name, value in (
                ("postcode", person.postcode),
                ("favourite_player", person.favourite),
            )
            if value
        ]
        copy(
            "trait",
            (
                {
                    "brand_id": brand_id,
                    "id": new_id(),
                    "fan_id": person.id,
                    "name": name,
                    "value": value,
                    "source": "declared",
                    "created_at": person.joined + timedelta(minutes=3),
                }
                for person, name, value in traits
            ),
        )
        copy("consent", self._consents(people, texts))

    def _consents(
        self, people: Sequence[Person], texts: Mapping[tuple[str, str, str], UUID]
    ) -> Iterable[dict[str, Any]]:
        for person in people:
            answers = (
                ("offers", "email", person.agrees_email, timedelta()),
                ("offers", "sms", person.agrees_sms, timedelta(days=2)),
                ("partners", "email", person.agrees_partners, timedelta(days=2)),
            )
            for purpose, channel, granted, later in answers:
                text_id = texts.get((purpose, channel, person.locale))
                if text_id is None or (channel == "sms" and not granted):
                    continue
                yield {
                    "brand_id": self.brand.id,
                    "id": new_id(),
                    "fan_id": person.id,
                    "purpose": purpose,
                    "channel": channel,
                    "granted": granted,
                    "text_id": text_id,
                    "method": "my_space" if later else "sign_in",
                    "origin": self.random.choice(("", world.HOST_SITE)),
                    "address_prefix": f"92.184.{self.random.randint(0, 255)}.0/24",
                    "user_agent_hash": "",
                    "created_at": min(person.joined + later, self.now),
                }

    def _write_life(self, life: Life, states: Mapping[UUID, OfferState]) -> None:
        copy("progress", life.progress_rows())
        for table in ("play", "move", "prize_grant", "point_entry", "coupon"):
            copy(table, life.rows[table])
        driver = db.driver
        driver.cursor().executemany(
            "UPDATE winning_moment SET taken_at = %(taken_at)s, to_pass = %(to_pass)s WHERE id = %(id)s",
            [*life.rows["taken"], *self._counted_down()],
        )
        driver.execute(
            """
            INSERT INTO balance (brand_id, fan_id, amount, earned, changed_at)
            SELECT brand_id, fan_id, sum(amount), sum(amount), max(created_at) FROM point_entry
            WHERE brand_id = %s GROUP BY brand_id, fan_id
            """,
            (self.brand.id,),
        )
        for state in states.values():
            driver.execute("UPDATE offer SET issued = %s WHERE id = %s", (state.issued, state.id))
        for game in self.games:
            for name, amount in game.totals.items():
                driver.execute(
                    "INSERT INTO counter (brand_id, game_id, name, slot, amount) VALUES (%s, %s, %s, 0, %s)",
                    (game.brand_id, game.id, name, amount),
                )
        copy("redemption", self._redemptions(life.rows["coupon"]))
        copy("refusal", life.refusals())

    def _counted_down(self) -> Iterable[dict[str, Any]]:
        """The moments that have let some plays pass and are still to be won."""
        for game in self.games:
            for moment in game.moments:
                yield {"id": moment.id, "taken_at": None, "to_pass": moment.to_pass}

    def _reveal_the_past(self) -> None:
        """Publish the secrets of the campaigns that are over, as it happened when each ended."""
        closed = select(Seal, Campaign.closes_at).join(
            Game, (Game.brand_id == Seal.brand_id) & (Game.id == Seal.game_id)
        )
        closed = closed.join(
            Campaign, (Campaign.brand_id == Game.brand_id) & (Campaign.id == Game.campaign_id)
        ).where(Campaign.closes_at < self.now)
        over: list[Any] = list(db.session.execute(closed.order_by(Campaign.closes_at)).all())
        for seal, closes_at in over:
            endings.reveal_when_over(seal.brand_id, seal.id, closes_at + timedelta(minutes=1))

    def _redemptions(self, coupons: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
        """Two coupons in five are used some days later; a few uses were a mistake and undone."""
        drink = self.offers["drink"]
        members = [self.members["cashier"], self.members["store_manager"]]
        for coupon in coupons:
            at = coupon["created_at"] + timedelta(days=self.random.expovariate(0.2) + 0.1)
            at = at.replace(hour=self.random.randint(9, 18))
            if at <= coupon["created_at"]:
                at += timedelta(days=1)
            if self.random.random() > 0.42 or at >= min(coupon["valid_until"], self.now):
                continue
            undone = self.random.random() < 0.02
            store = (
                "STADE" if coupon["offer_id"] == drink else self.random.choice(list(self.stores))
            )
            yield {
                "brand_id": self.brand.id,
                "id": new_id(),
                "coupon_id": coupon["id"],
                "store_id": self.stores[store],
                "member_id": self.random.choice(members),
                "key": f"demo-{coupon['id'].hex}",
                "undone_at": at + timedelta(minutes=2) if undone else None,
                "undone_by": members[0] if undone else None,
                "undo_reason": "wrong_customer" if undone else None,
                "created_at": at,
            }


def copy(table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows (all with the same keys) by ``COPY``."""
    names: list[str] | None = None
    cursor = db.driver.cursor()
    writer = None
    context: Any = None
    for row in rows:
        if writer is None:
            names = list(row)
            context = cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN")
            writer = context.__enter__()
        writer.write_row([_plain(row[name]) for name in names or ()])
    if context is not None:
        context.__exit__(None, None, None)


def _plain(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value
