"""Sixty days of play, judged by the real modules one move after the other, so that every play can be judged again.

What the core would do in the database (moments, points, coupons, counters) is kept here in memory and written in bulk:
the rows are those the road of a play would have left.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from masterapp.campaigns.quota import Used, left, spend
from masterapp.coupons import codes
from masterapp.coupons.service import validity
from masterapp.db import new_id
from masterapp.demo.people import Person
from masterapp.demo.players import next_move
from masterapp.errors import Refused
from masterapp.plays import answers, facts
from masterapp.plays.judging import Asked, judge, read_move
from masterapp.registry import Registered, registry
from masterapp.sdk.context import Chance, Context, Fan

ZONE = ZoneInfo("Europe/Paris")
LONGEST_ATTEMPT = 40


@dataclass
class OpenMoment:
    """A sealed moment while the demo is lived: when it is due, and how many plays it still lets pass."""

    opens_at: datetime
    id: UUID
    prize_id: UUID
    offer_id: UUID | None
    to_pass: int


@dataclass
class OpenGame:
    """A game while the demo is lived: its facts, and what the crowd has done in it."""

    id: UUID
    brand_id: UUID
    campaign_id: UUID
    module: str
    title: dict[str, str]
    config: Mapping[str, Any]
    quota: Mapping[str, Any]
    opens_at: datetime
    closes_at: datetime
    appeal: float
    #: Those that nobody has taken, in order of time.
    moments: list[OpenMoment] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)

    @property
    def registered(self) -> Registered:
        """The game's module."""
        return registry[self.module]


@dataclass
class OfferState:
    """An offer while the demo is lived."""

    id: UUID
    stock: int
    valid_days: int
    opens_at: datetime
    closes_at: datetime
    issued: int = 0


@dataclass
class Standing:
    """Where a fan stands in a game."""

    used: Used = field(default_factory=Used)
    state: Mapping[str, Any] = field(default_factory=dict)
    best: tuple[int, int] | None = None
    last_key: str = ""
    changed_at: datetime | None = None


class Life:
    """Lives the days and collects the rows, by table."""

    def __init__(self, random: Random, offers: Mapping[UUID, OfferState]) -> None:
        self.random = random
        self.offers = offers
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.standings: dict[tuple[UUID, UUID], Standing] = defaultdict(Standing)
        self.balances: Counter[UUID] = Counter()
        self.history: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        self.finished: dict[UUID, list[tuple[str, UUID, date]]] = defaultdict(list)
        self.prizes_of: Counter[UUID] = Counter()
        self.coupons_of: Counter[UUID] = Counter()
        self.redemptions_of: Counter[UUID] = Counter()
        self.given: set[tuple[UUID, UUID]] = set()
        self.won: Counter[tuple[UUID, UUID]] = Counter()
        self.refused: Counter[tuple[UUID, UUID, UUID, str, date]] = Counter()

    def attempt(self, person: Person, game: OpenGame, at: datetime) -> datetime:
        """Let a fan make one attempt at a game; return when it ended."""
        standing = self.standings[(game.id, person.id)]
        if (
            game.registered.manifest.limited
            and left(
                game.quota, standing.used, now=at, time_zone="Europe/Paris", opens_at=game.opens_at
            ).refusal
        ):
            return at
        used = spend(
            game.quota, standing.used, now=at, time_zone="Europe/Paris", opens_at=game.opens_at
        )
        play_id, number, opened = new_id(), 0, at
        while number < LONGEST_ATTEMPT:
            known = self._facts(person, game)
            seed = self.random.randbytes(16)
            context = self._context(person, known, seed, used.plays, at)
            view = game.registered.module.view(game.config, standing.state, context)
            sent = next_move(
                game.module,
                self.random,
                person.skill,
                game.config,
                standing.state,
                view,
                number == 0,
            )
            if sent is None:
                return at
            try:
                outcome, asked = judge(
                    game.registered,
                    game.config,
                    standing.state,
                    read_move(game.registered, sent),
                    self._context(person, known, seed, used.plays, at),
                )
            except Refused:
                return at
            if any((offer, person.id) in self.given for offer in asked.offers):
                return at
            number += 1
            if number == 1:
                standing.used = used
                self._play(person, game, play_id, used.plays, opened)
            standing.state = json.loads(json.dumps(outcome.state))
            standing.last_key, standing.changed_at = f"demo-{play_id.hex}-{number}", at
            self.rows["move"].append(
                {
                    "brand_id": game.brand_id,
                    "play_id": play_id,
                    "number": number,
                    "game_id": game.id,
                    "fan_id": person.id,
                    "key": standing.last_key,
                    "version": 1,
                    "input": sent,
                    "seed": seed,
                    "given": {"play_number": used.plays, **known},
                    "outcome": answers.stored(outcome),
                    "created_at": at,
                }
            )
            self._carry_out(person, game, play_id, number, asked, at)
            if outcome.finished:
                self._finish(person, game, standing, outcome.score, outcome.duration_ms, at)
                return at
            at += timedelta(seconds=self.random.uniform(2.5, 11))
        return at

    def refuse(self, person: Person, game: OpenGame, code: str, at: datetime) -> None:
        """Count a refusal as the core does."""
        self.refused[(game.brand_id, game.id, person.id, code, at.date())] += 1

    def refusals(self) -> Iterator[dict[str, Any]]:
        """The refusals that were counted."""
        names = ("brand_id", "game_id", "fan_id", "code", "day")
        for key, times in self.refused.items():
            yield {**dict(zip(names, key, strict=True)), "times": times}

    def _play(
        self, person: Person, game: OpenGame, play_id: UUID, number: int, at: datetime
    ) -> None:
        self.rows["play"].append(
            {
                "brand_id": game.brand_id,
                "id": play_id,
                "game_id": game.id,
                "fan_id": person.id,
                "number": number,
                "version": 1,
                "opened_at": at,
                "finished_at": None,
                "score": None,
                "duration_ms": None,
                "origin": self.random.choice(("", "http://127.0.0.1:8080")),
            }
        )

    def _finish(
        self,
        person: Person,
        game: OpenGame,
        standing: Standing,
        score: int | None,
        duration: int | None,
        at: datetime,
    ) -> None:
        play = self.rows["play"][-1]
        play.update(finished_at=at, score=score, duration_ms=duration)
        self.finished[person.id].append((game.module, game.campaign_id, at.astimezone(ZONE).date()))
        if score is not None and (
            standing.best is None
            or (score, -(duration or 0)) > (standing.best[0], -standing.best[1])
        ):
            standing.best = (score, duration or 0)

    def _facts(self, person: Person, game: OpenGame) -> dict[str, Any]:
        """The facts that the core would read for this module, in the same form."""
        needs = game.registered.manifest.needs
        known: dict[str, Any] = {}
        if "totals" in needs:
            known["totals"] = dict(game.totals)
        if "points" in needs:
            entries = self.history[person.id][-20:][::-1]
            balance = self.balances[person.id]
            known["points"] = {"balance": balance, "earned": balance, "entries": entries}
        if "activity" in needs:
            done = self.finished[person.id]
            known["activity"] = {
                "plays": dict(Counter(module for module, _, _ in done)),
                "campaign_plays": dict(
                    Counter(module for module, where, _ in done if where == game.campaign_id)
                ),
                "days": len({day for _, _, day in done}),
                "coupons": self.coupons_of[person.id],
                "redemptions": self.redemptions_of[person.id],
                "prizes": self.prizes_of[person.id],
            }
        return json.loads(json.dumps(known, default=str))  # type: ignore[no-any-return]

    @staticmethod
    def _context(
        person: Person, known: Mapping[str, Any], seed: bytes, number: int, at: datetime
    ) -> Context:
        return Context(
            now=at,
            chance=Chance(seed),
            fan=Fan(key=str(person.id)),
            play_number=number,
            **facts.as_context(known),
        )

    def _carry_out(
        self, person: Person, game: OpenGame, play_id: UUID, number: int, asked: Asked, at: datetime
    ) -> None:
        """Do in memory what the road's one writing statement does."""
        game.totals.update(asked.counts)
        points = asked.points
        if asked.pool is not None and not self._win(person, game, play_id, at):
            points += asked.consolation
        if points:
            self._credit(person, game, f"move:{play_id}:{number}", points, asked.label, at)
        for offer in asked.offers:
            self._coupon(person, game, offer, play_id, None, at)

    def _win(self, person: Person, game: OpenGame, play_id: UUID, at: datetime) -> bool:
        for place, moment in enumerate(game.moments):
            if moment.opens_at > at:
                return False
            prize_id = moment.prize_id
            if self.won[(person.id, prize_id)]:
                continue
            if moment.to_pass:
                moment.to_pass -= 1
                return False
            del game.moments[place]
            self.won[(person.id, prize_id)] += 1
            self.prizes_of[person.id] += 1
            grant_id = new_id()
            handed = self.random.random() < 0.6 and at < self._days_ago(8)
            self.rows["prize_grant"].append(
                {
                    "brand_id": game.brand_id,
                    "id": grant_id,
                    "fan_id": person.id,
                    "game_id": game.id,
                    "prize_id": prize_id,
                    "moment_id": moment.id,
                    "play_id": play_id,
                    "state": "handed_over" if handed else "won",
                    "handed_over_at": at + timedelta(days=self.random.uniform(1, 7))
                    if handed
                    else None,
                    "created_at": at,
                }
            )
            self.rows["taken"].append({"id": moment.id, "taken_at": at, "to_pass": 0})
            if moment.offer_id:
                self._coupon(person, game, moment.offer_id, play_id, grant_id, at)
            return True
        return False

    def _days_ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    now: datetime

    def _credit(
        self,
        person: Person,
        game: OpenGame,
        key: str,
        points: int,
        label: Mapping[str, str],
        at: datetime,
    ) -> None:
        self.balances[person.id] += points
        words = dict(label or game.title)
        self.rows["point_entry"].append(
            {
                "brand_id": game.brand_id,
                "id": new_id(),
                "fan_id": person.id,
                "amount": points,
                "reason": "play",
                "label": words,
                "key": key,
                "game_id": game.id,
                "created_at": at,
            }
        )
        self.history[person.id].append(
            {"amount": points, "reason": "play", "label": words, "at": at.isoformat()}
        )

    def _coupon(
        self,
        person: Person,
        game: OpenGame,
        offer_id: UUID,
        play_id: UUID,
        grant_id: UUID | None,
        at: datetime,
    ) -> None:
        offer = self.offers[offer_id]
        if offer.issued >= offer.stock or (offer_id, person.id) in self.given:
            return
        offer.issued += 1
        self.given.add((offer_id, person.id))
        self.coupons_of[person.id] += 1
        code = codes.new_code()
        until = validity(at, offer.opens_at, offer.closes_at, offer.valid_days, "Europe/Paris")
        self.rows["coupon"].append(
            {
                "brand_id": game.brand_id,
                "id": new_id(),
                "offer_id": offer_id,
                "fan_id": person.id,
                "code": code,
                "code_key": codes.fold(code),
                "valid_from": offer.opens_at,
                "valid_until": until,
                "play_id": play_id,
                "grant_id": grant_id,
                "created_at": at,
            }
        )

    def progress_rows(self) -> Iterator[dict[str, Any]]:
        """The progress of every fan in every game they played."""
        games = {play["game_id"]: play["brand_id"] for play in self.rows["play"]}
        unfinished = {
            (play["game_id"], play["fan_id"]): play
            for play in self.rows["play"]
            if play["finished_at"] is None
        }
        moves = Counter(move["play_id"] for move in self.rows["move"])
        for (game_id, fan_id), standing in self.standings.items():
            if standing.changed_at is None:
                continue
            open_play = unfinished.get((game_id, fan_id))
            yield {
                "brand_id": games[game_id],
                "game_id": game_id,
                "fan_id": fan_id,
                **vars(standing.used),
                "open_play_id": open_play["id"] if open_play else None,
                "open_version": 1 if open_play else None,
                "open_moves": moves[open_play["id"]] if open_play else 0,
                "state": standing.state,
                "best_score": standing.best[0] if standing.best else None,
                "best_duration_ms": standing.best[1] if standing.best else None,
                "last_key": standing.last_key,
                "changed_at": standing.changed_at,
            }
