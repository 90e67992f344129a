"""``flask brand``: found a brand and invite its first owner."""

from __future__ import annotations

import re

import click
from flask.cli import AppGroup
from sqlalchemy import select

from masterapp.brands import members
from masterapp.brands.models import Brand, Member
from masterapp.db import db
from masterapp.errors import Refused
from masterapp.fans import consents
from masterapp.fans.addresses import read_address

command = AppGroup("brand", help="Brands of this installation.")


@command.command("new")
@click.argument("slug")
@click.argument("name")
@click.option("--owner", required=True, help="E-mail address of the first owner.")
@click.option("--owner-name", default="", help="Their name; the address when none is given.")
@click.password_option(help="Their first password, at least 12 characters.")
def new(slug: str, name: str, owner: str, owner_name: str, password: str) -> None:
    """Found the brand NAME under the address /play/SLUG/ with one owner who can sign in."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", slug):
        raise click.ClickException("SLUG takes 1 to 40 small letters, digits and inner hyphens.")
    try:
        address = read_address(owner)
        members.check_new_password(password, address.key)
    except Refused as refusal:
        told = [sentence for sentences in refusal.fields.values() for sentence in sentences]
        raise click.ClickException("; ".join(told) or refusal.message) from None
    with db.transaction() as session:
        if session.scalar(select(Brand.id).where(Brand.slug == slug)) is not None:
            raise click.ClickException(f"A brand with the address {slug!r} is already there.")
        brand = Brand(slug=slug, name=name)
        session.add(brand)
        session.flush()
        consents.ensure_texts(brand)
        member = Member(
            brand_id=brand.id, email=address.key, name=owner_name or address.key, role="owner"
        )
        session.add(member)
        session.flush()
        members.set_password(member, password)
    click.echo(f"{name} is founded: sign in at /admin/ as {address.key}.")
