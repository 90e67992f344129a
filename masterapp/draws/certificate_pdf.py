"""The certificate for people: one A4 page in French or English, with the certificate for programs inside it.

A pure function of the certificate and of a few words about the brand: the same page comes out every time.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
import typst
from babel.dates import format_datetime
from babel.numbers import format_decimal
from PIL import Image

from masterapp.draws.protocol.commitment import prizes_of
from masterapp.draws.protocol.drawing import Drawing, Slot
from masterapp.draws.protocol.entropy import check_revealed
from masterapp.draws.protocol.vacancy import Reason, Vacancy, standing
from masterapp.errors import Refused
from masterapp.exact import canonical
from masterapp.exact.faults import ProtocolError
from masterapp.exact.times import moment
from masterapp.texts import LOCALES, catalogue

LAYOUT = Path(__file__).parent / "certificate_pdf.typ"
MOST_NUMBERS = 40
MOST_PRIZES = 8
LONGEST_TITLE = 160
LONGEST_LABEL = 70


def pdf(
    certificate: Mapping[str, Any],
    *,
    brand_name: str,
    title: str,
    locale: str,
    page_url: str,
    zone: tzinfo,
    logo: bytes | None = None,
) -> bytes:
    """Return the page as PDF; the canonical bytes of the certificate are attached to it as certificate.json."""
    if locale not in LOCALES:
        raise Refused("not_found")
    words = _Words(locale, zone)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "certificate.json").write_bytes(canonical.encode(certificate))
        (folder / "page.typ").write_text(LAYOUT.read_text("utf-8"), "utf-8")
        segno.make(page_url, error="m").save(str(folder / "qr.svg"), border=0, dark="#14181f")
        if logo:
            Image.open(io.BytesIO(logo)).convert("RGBA").save(folder / "logo.png")
        given = {
            "locale": locale,
            "brand": brand_name,
            "logo": "logo.png" if logo else "",
            "title": _cut(title, LONGEST_TITLE),
            "level": certificate["level"],
            "code": certificate["code"],
            "date": moment(certificate["commitment"].get("draw_at", "2000-01-01T00:00:00Z")),
            "page": page_url.split("://", 1)[-1].rstrip("/"),
            "site": urlsplit(page_url).netloc,
            **words.page(certificate),
        }
        (folder / "given.json").write_text(json.dumps(given), "utf-8")
        made = typst.compile(
            str(folder / "page.typ"),
            root=str(folder),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-3b"],
        )
    return bytes(made)


class _Words:
    """What the page says of a certificate, in one language and with the times of one place."""

    def __init__(self, locale: str, zone: tzinfo) -> None:
        self.locale = locale
        self.zone = zone
        self.catalogue = catalogue(locale)

    def say(self, message: str) -> str:
        """A sentence in the language of the page, whose French marks do not begin a line."""
        said = str(self.catalogue.gettext(message))
        return said.replace(" :", "\u00a0:").replace(" ;", "\u00a0;")

    def page(self, certificate: Mapping[str, Any]) -> dict[str, Any]:
        """Every text of the page, by the place where it stands."""
        _ = self.say
        dated = [stamp for stamp in certificate.get("timestamps", ()) if isinstance(stamp, Mapping)]
        return {
            "heading": _("Certificate of a prize draw"),
            "facts": self._facts(certificate, dated),
            "code_label": _("Fingerprint code of the sealed list"),
            "code_hint": _("It must be the code that entrants received before the draw."),
            "numbers_label": _("Winning ticket numbers"),
            "prizes": self._prizes(certificate),
            "more": self._more(certificate),
            "changes_label": _("After the draw"),
            "changes": self._changes(certificate),
            "level_label": _("Level %(level)s") % {"level": certificate["level"]},
            "level_text": self._level(certificate),
            "warning": ""
            if dated
            else _(
                "No third party has dated the fingerprint: that it was published before the draw rests on what"
                " entrants kept."
            ),
            "watermark": _("Proves nothing") if certificate["level"] == "D" else "",
            "check_label": _("Check it yourself"),
            "steps": self._steps(),
            "attached": _(
                "The file certificate.json is attached to this PDF. Programs read it; this page only says what it says."
            ),
            "names": _("Draw %(id)s") % {"id": certificate["commitment"]["draw_id"]},
            "seed": _("Seed %(seed)s") % {"seed": certificate["seed"]},
        }

    def number(self, value: int) -> str:
        """A number as the language groups its digits."""
        return str(format_decimal(value, locale=self.locale))

    def time(self, text: str) -> str:
        """A time in the brand's place and in UTC."""
        at = datetime.fromtimestamp(moment(text), UTC)
        here = at.astimezone(self.zone)
        day = format_datetime(here, self.say("d MMMM y"), locale=self.locale)
        return self.say("%(day)s, %(time)s (%(offset)s), that is %(utc)s UTC") % {
            "day": day,
            "time": here.strftime("%H:%M:%S"),
            "offset": "UTC" + here.isoformat()[19:],
            "utc": at.strftime("%H:%M:%S" if at.date() == here.date() else "%Y-%m-%d %H:%M:%S"),
        }

    def _facts(
        self, certificate: Mapping[str, Any], dated: list[Mapping[str, Any]]
    ) -> list[list[str]]:
        _, commitment = self.say, certificate["commitment"]
        entries = commitment["entries"]
        rows: list[list[str]] = []
        if "closed_at" in commitment:
            rows.append([_("Entries closed"), self.time(commitment["closed_at"])])
        rows += [
            [_("List dated by"), f"{urlsplit(stamp['authority']).netloc}, {self.time(stamp['ts'])}"]
            for stamp in dated[:1]
        ]
        if "draw_at" in commitment:
            rows.append([_("Drawn"), self.time(commitment["draw_at"])])
        many = _("%(entries)s entries, %(tickets)s tickets") % {
            "entries": self.number(entries["n"]),
            "tickets": self.number(int(entries["W"])),
        }
        return [*rows, [_("In the urn"), many]]

    def _prizes(self, certificate: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The holders of each prize as things stand, as many as the page holds."""
        labels = {
            prize["id"]: str(prize.get("label", prize["id"]))
            for prize in certificate["commitment"]["prizes"]
        }
        rows: list[dict[str, Any]] = []
        left = MOST_NUMBERS
        for prize, numbers in _holders(certificate).items():
            if not left or len(rows) == MOST_PRIZES:
                break
            shown = [
                self.number(one) + ("\u2009*" if moved else "") for one, moved in numbers[:left]
            ]
            left -= len(shown)
            rows.append({"label": _cut(labels[prize], LONGEST_LABEL), "numbers": shown})
        return rows

    def _more(self, certificate: Mapping[str, Any]) -> str:
        """What the page had no room for, and what its star means."""
        _, holders = self.say, _holders(certificate)
        shown = sum(len(row["numbers"]) for row in self._prizes(certificate))
        hidden = sum(map(len, holders.values())) - shown
        said = []
        if hidden:
            said.append(
                _("And %(count)s more in the attached file.") % {"count": self.number(hidden)}
            )
        if any(moved for numbers in holders.values() for _one, moved in numbers):
            said.append(_("* An alternate who has moved up."))
        return " ".join(said)

    def _changes(self, certificate: Mapping[str, Any]) -> str:
        _, counts = self.say, certificate["substitutions"]
        alternates = sum(step["status"][1] == "alternate" for step in certificate["draws"])
        said = [
            _("Alternates drawn with the winners: %(count)s.") % {"count": self.number(alternates)}
        ]
        reasons = ", ".join(
            f"{reason} {self.number(counts[code])}"
            for code, reason in self._reasons().items()
            if counts.get(code)
        )
        if reasons:
            vacated = self.number(len(certificate["vacancies"]))
            said.append(
                _(
                    "Places vacated since, each with a listed reason and two approvals: %(count)s (%(reasons)s)."
                )
                % {"count": vacated, "reasons": reasons}
            )
        else:
            said.append(_("No place was vacated."))
        if certificate["unfilled"]:
            empty = self.number(len(certificate["unfilled"]))
            said.append(_("Places left empty, for want of tickets: %(count)s.") % {"count": empty})
        return " ".join(said)

    def _reasons(self) -> dict[str, str]:
        _ = self.say
        return {
            Reason.NO_REPLY: _("no reply"),
            Reason.DECLINED: _("prize declined"),
            Reason.INELIGIBLE_AGE: _("age outside the rules"),
            Reason.INELIGIBLE_COUNTRY: _("country outside the rules"),
            Reason.STAFF_OR_HOUSEHOLD: _("staff or their household"),
            Reason.COMPETITOR: _("competitor"),
            Reason.DUPLICATE_ACCOUNT: _("several accounts"),
            Reason.IDENTITY_MISMATCH: _("identity not confirmed"),
            Reason.RULES_FRAUD: _("fraud"),
        }

    def _level(self, certificate: Mapping[str, Any]) -> str:
        _ = self.say
        level, last = certificate["level"], certificate["entropy"][-1]
        sentences = {
            "A": _(
                "Chance came from the public beacon drand, round %(round)s: nobody, the organiser included, could"
                " choose or know it when the list was sealed."
            ),
            "A+": _(
                "Chance came from several public sources, the public beacon drand last, round %(round)s: nobody, the"
                " organiser included, could choose or know it when the list was sealed."
            ),
            "B": _("Chance came from dice thrown before a witness: the witness must be trusted."),
            "C": _(
                "Chance came from a secret that the organiser had committed to: he could have withheld it."
            ),
            "D": _(
                "Chance came from a source that proves nothing to strangers: test or demonstration."
            ),
        }
        said = sentences[level] % {"round": last.get("round", "")}
        if not _as_announced(certificate):
            said += " " + _("The announced source was missing: the announced fallback was used.")
        return said

    def _steps(self) -> list[str]:
        _ = self.say
        return [
            _("Compare the code above with the one you received before the draw."),
            _(
                "Save the attached file certificate.json, or take it from the draw's page (code at the right)."
            ),
            _(
                "Give it to verify.html in any browser, even offline, or to verify_draw.py: everything is computed"
                " again."
            ),
        ]


def _holders(certificate: Mapping[str, Any]) -> dict[str, list[tuple[int, bool]]]:
    """The ticket numbers of each prize's holders after the vacancies, and who of them was an alternate."""
    commitment = certificate["commitment"]
    unfilled = [Slot(*slot) for slot in certificate["unfilled"]]
    vacancies = [
        Vacancy(
            Slot(*one["slot"]),
            Reason(one["reason"]),
            one["evidence_sha256"],
            (one["approvers"][0], one["approvers"][1]),
            one["ts"],
        )
        for one in certificate["vacancies"]
    ]
    tickets = {
        Slot(*step["status"]): int(step["ticket"])
        for step in certificate["draws"]
        if len(step["status"]) == 3
    }
    now = standing(prizes_of(commitment), Drawing([], unfilled), vacancies)
    return {
        prize: [(tickets[slot], slot.kind == "alternate") for slot in slots]
        for prize, slots in now.holders.items()
        if slots
    }


def _as_announced(certificate: Mapping[str, Any]) -> bool:
    try:
        check_revealed(certificate["commitment"]["entropy"], certificate["entropy"])
    except ProtocolError:
        return False
    return True


def _cut(text: str, longest: int) -> str:
    """A text that fits; what is cut is seen to be cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
