"""Before a live campaign is changed: every change in words, beside what it means for those who are playing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from masterapp.brands.team import has_second_maker
from masterapp.campaigns.differences import Difference, differences
from masterapp.campaigns.models import Campaign
from masterapp.texts import translate as _

MOST_LINES = 100


@dataclass(frozen=True)
class Line:
    """One change as people read it."""

    label: str
    before: str
    after: str


def needs_confirmation(campaign: Campaign) -> bool:
    """Whether an edit has to be shown before it is made: fans can already see this campaign."""
    return campaign.state == "published" and request.form.get("confirmed") != "yes"


def in_words(before: Any, after: Any, labels: Mapping[str, str]) -> list[Line]:
    """Return the changes between two documents, named by the labels of their fields."""
    return [
        Line(label_of(difference.path, labels), shown(difference.before), shown(difference.after))
        for difference in _first(before, after)
    ]


def _first(before: Any, after: Any) -> list[Difference]:
    found = []
    for difference in differences(before, after):
        found.append(difference)
        if len(found) == MOST_LINES:
            break
    return found


def label_of(path: str, labels: Mapping[str, str]) -> str:
    """Return a dotted path in words: ``questions.3.text.fr`` gives “Questions 4 › Question (FR)”."""
    words: list[str] = []
    known = ""
    for part in path.split("."):
        if part.isdigit():
            known += ".*"
            if words:
                words[-1] += f" {int(part) + 1}"
            continue
        known = f"{known}.{part}".lstrip(".")
        if known in labels:
            words.append(labels[known])
        elif words:
            words[-1] += f" ({part.upper()})"
        else:
            words.append(part.replace("_", " "))
    return " › ".join(words)


def shown(value: Any) -> str:
    """Return a value as the list of changes shows it."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, Mapping):
        texts = [str(inner) for inner in value.values() if isinstance(inner, str) and inner]
        nested = [shown(inner) for inner in value.values() if isinstance(inner, Mapping)]
        return " · ".join([*nested, *texts][:3]) or json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return " · ".join(shown(item) for item in value)
    return str(value)


def as_effects(lines: Sequence[Line], told: Sequence[str]) -> list[Any]:
    """Return changes and what they mean as a proposal keeps them: for whoever is to agree."""
    return [*told, *(asdict(line) for line in lines)]


def proposed() -> Any:
    """Lead to the page where the second person decides."""
    flash(_("Proposed. It counts as soon as a second owner or marketer agrees."), "good")
    return redirect(url_for("admin_decisions.index"))


def confirm(
    campaign: Campaign,
    lines: Sequence[Line],
    consequences: Sequence[str],
    title: str,
    *,
    second: bool = False,
) -> str:
    """Show the changes and what they mean; the posted form travels along, so that nothing typed is lost.

    With *second* the button proposes them: somebody else has to agree.
    """
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "confirmed")
    ]
    return render_template(
        "admin/changes.html",
        here="campaigns",
        campaign=campaign,
        lines=lines,
        consequences=consequences,
        carried=carried,
        title=title,
        second=second,
        alone=second and not has_second_maker(campaign.brand_id),
    )
