"""The audit trail: who did what to what, and when, with filters and what exactly was changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlalchemy import select

from masterapp.audit.models import AuditRecord
from masterapp.brands.access import allow
from masterapp.brands.models import Member
from masterapp.campaigns.calendar import from_local
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.texts import translate as _
from masterapp.web.admin import audit_words
from masterapp.web.admin.changes import label_of, shown
from masterapp.web.admin.shell import READERS, desk
from masterapp.web.ui import local

blueprint = Blueprint(
    "admin_audit", __name__, url_prefix="/admin/audit", template_folder="templates"
)
PAGE = 50


@blueprint.get("/")
@allow(*READERS)
def index() -> str:
    """Show the trail, newest first, a page at a time."""
    brand_id = desk().brand.id
    filters = {name: request.args.get(name, "") for name in ("who", "what", "from", "to", "before")}
    rows = _rows(brand_id, filters)
    members = db.session.execute(select(Member.id, Member.name).where(Member.brand_id == brand_id))
    people: dict[UUID, str] = dict(members.all())
    return render_template(
        "admin/audit.html",
        here="audit",
        lines=[_line(row, people) for row in rows[:PAGE]],
        people=sorted(people.items(), key=lambda item: item[1].casefold()),
        kinds=audit_words.KINDS,
        filters=filters,
        more=str(rows[PAGE - 1].id) if len(rows) > PAGE else "",
    )


def _rows(brand_id: UUID, filters: dict[str, str]) -> list[AuditRecord]:
    query = select(AuditRecord).where(AuditRecord.brand_id == brand_id)
    if filters["who"]:
        query = query.where(AuditRecord.actor_id == _id(filters["who"]))
    if filters["what"]:
        query = query.where(AuditRecord.object_kind == filters["what"])
    for name in ("from", "to"):
        if filters[name]:
            try:
                day = from_local(f"{filters[name]}T00:00", desk().zone)
            except ValueError:
                filters[name] = ""
                continue
            if name == "from":
                query = query.where(AuditRecord.created_at >= day)
            else:
                query = query.where(AuditRecord.created_at < day + timedelta(days=1))
    if filters["before"]:
        query = query.where(AuditRecord.id < _id(filters["before"]))
    return list(db.session.scalars(query.order_by(AuditRecord.id.desc()).limit(PAGE + 1)))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("not_found") from None


def _line(record: AuditRecord, people: dict[UUID, str]) -> dict[str, Any]:
    data = record.data or {}
    actor = {"member": people.get(record.actor_id) if record.actor_id else None, "fan": _("A fan")}
    title = data.get("title")
    return {
        "at": record.created_at,
        "who": actor.get(record.actor_kind) or _("The system"),
        "action": audit_words.action(record.action),
        "object": local(title) if isinstance(title, dict) else str(data.get("name") or title or ""),
        "kind": audit_words.kind(record.object_kind),
        "changes": [
            {
                "label": label_of(str(change.get("path", "")), {}),
                "before": shown(change.get("before")),
                "after": shown(change.get("after")),
            }
            for change in data.get("changes", [])
            if isinstance(change, dict)
        ],
    }
