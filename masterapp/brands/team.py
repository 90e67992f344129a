"""The team of a brand: who is in it, in which role and stores. A brand never loses its last owner."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, func, select

from masterapp.audit.service import record
from masterapp.brands.access import STORE_ROLES, stores_of
from masterapp.brands.models import ROLES, Member, MemberStore, Store
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fairness.four_eyes import NEEDED
from masterapp.texts import translate as _

#: Who makes campaigns, and may be the second person for what one must not decide alone.
MAKERS = ("owner", "marketer")


def has_second_maker(brand_id: UUID) -> bool:
    """Whether the brand has two people who make campaigns and could agree with each other."""
    query = select(func.count()).where(
        Member.brand_id == brand_id, Member.role.in_(MAKERS), Member.active
    )
    return (db.session.scalar(query) or 0) >= NEEDED


def list_members(brand_id: UUID) -> list[Member]:
    """Return the members of a brand, active ones first, by name."""
    return list(
        db.session.scalars(
            select(Member)
            .where(Member.brand_id == brand_id)
            .order_by(Member.active.desc(), Member.name, Member.email)
        )
    )


def get_member(brand_id: UUID, member_id: UUID) -> Member:
    """Return a member of the brand. Raises ``not_found``."""
    member = db.session.get(Member, (brand_id, member_id))
    if member is None:
        raise Refused("not_found")
    return member


def list_stores(brand_id: UUID) -> list[Store]:
    """Return the brand's stores by name."""
    return list(
        db.session.scalars(select(Store).where(Store.brand_id == brand_id).order_by(Store.name))
    )


def check_place(brand_id: UUID, role: str, store_ids: Iterable[UUID]) -> list[UUID]:
    """Return the stores that go with the role. Raises ``invalid`` when one is missing or not the brand's."""
    if role not in ROLES:
        raise Refused("invalid", fields={"role": [_("Choose a role.")]})
    if role not in STORE_ROLES:
        return []
    wanted = set(store_ids)
    known = {store.id for store in list_stores(brand_id)}
    if not wanted or not wanted <= known:
        raise Refused("invalid", fields={"stores": [_("Choose at least one of your stores.")]})
    return sorted(wanted)


def change_place(actor: Member, member: Member, role: str, store_ids: Iterable[UUID]) -> None:
    """Give a member another role or other stores; it holds from their next click."""
    stores = check_place(member.brand_id, role, store_ids)
    if member.role == "owner" and role != "owner":
        _keep_an_owner(member)
    before = {
        "role": member.role,
        "stores": sorted(str(store) for store in stores_of(member) or ()),
    }
    member.role = role
    put_in_stores(member, stores)
    after = {"role": role, "stores": [str(store) for store in stores]}
    _record(actor, "member_place_changed", member, before=before, after=after)


def put_in_stores(member: Member, stores: Iterable[UUID]) -> None:
    """Replace the stores that a member works in."""
    db.session.execute(
        delete(MemberStore).where(
            MemberStore.brand_id == member.brand_id, MemberStore.member_id == member.id
        )
    )
    for store_id in stores:
        db.session.add(
            MemberStore(brand_id=member.brand_id, member_id=member.id, store_id=store_id)
        )
    db.session.flush()


def deactivate(actor: Member, member: Member) -> None:
    """Close a member's access at once; what they did stays on record."""
    if member.role == "owner":
        _keep_an_owner(member)
    member.active = False
    _record(actor, "member_deactivated", member)
    db.session.flush()


def reactivate(actor: Member, member: Member) -> None:
    """Open a member's access again; they sign in anew."""
    member.active = True
    member.session_stamp = ""
    _record(actor, "member_reactivated", member)
    db.session.flush()


def _keep_an_owner(leaving: Member) -> None:
    """Raise ``last_owner`` when nobody else would be left; two owners who remove each other at once take turns."""
    owners = db.session.scalars(
        select(Member.id)
        .where(Member.brand_id == leaving.brand_id, Member.role == "owner", Member.active)
        .order_by(Member.id)
        .with_for_update()
    ).all()
    if set(owners) <= {leaving.id}:
        raise Refused("last_owner")


def _record(actor: Member, action: str, member: Member, **data: object) -> None:
    record(
        actor.brand_id,
        action,
        actor_kind="member",
        actor_id=actor.id,
        object_kind="member",
        object_id=member.id,
        **data,
    )
