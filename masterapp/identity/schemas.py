"""The JSON of sign-in, sessions and the fan's own page: what is accepted, and what is answered."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from masterapp.fans.consents import CHANNELS, PURPOSES
from masterapp.fans.traits import KINDS
from masterapp.texts import LOCALES

#: No control characters: PostgreSQL takes no NUL, and people type none of the others.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


def _text(most: int, *, least: int = 0, **options: Any) -> fields.String:
    return fields.String(
        validate=[validate.Length(min=least, max=most), validate.Regexp(PRINTABLE)], **options
    )


class Strict(ma.Schema):
    """A body that refuses unknown fields."""

    class Meta:
        unknown = ma.RAISE


class AskSchema(Strict):
    """Where to send a code."""

    email = _text(254, least=3, required=True, metadata={"example": "ada@example.org"})
    locale = fields.String(validate=validate.OneOf(LOCALES), load_default=None, allow_none=True)
    campaign = _text(80, load_default=None, allow_none=True, metadata={"description": "Its slug."})


class AskedSchema(ma.Schema):
    """A code is on its way."""

    sign_in = fields.UUID(required=True)
    resend_in = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Seconds until another may be asked for; null: never."},
    )


class ChoiceSchema(Strict):
    """One answer about one purpose and channel."""

    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES))
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    granted = fields.Boolean(required=True, truthy={True}, falsy={False})
    text_id = fields.UUID(required=True)


def _choices(**options: Any) -> fields.List[Any]:
    return fields.List(fields.Nested(ChoiceSchema), validate=validate.Length(max=20), **options)


class ProveSchema(Strict):
    """The code, and the choices made with it."""

    sign_in = fields.UUID(required=True)
    code = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{6}$", error="Write the six digits of the e-mail."),
    )
    kind = fields.String(required=True, validate=validate.OneOf(("embed", "hosted")))
    origin = _text(300, load_default=None, allow_none=True)
    consents = _choices(load_default=list)


class BearerSchema(ma.Schema):
    """A bearer and its end."""

    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class WhoSchema(ma.Schema):
    """Who signed in."""

    number = fields.Integer(required=True)
    new = fields.Boolean(required=True)


class SessionSchema(BearerSchema):
    """A session was opened."""

    fan = fields.Nested(WhoSchema, required=True)


class ShownTextSchema(ma.Schema):
    """The exact words to show beside an empty box."""

    purpose = fields.String(required=True)
    channel = fields.String(required=True)
    text_id = fields.UUID(required=True)
    text = fields.String(required=True)
    at_sign_in = fields.Boolean(
        required=True, metadata={"description": "False: ask it in my space only."}
    )


class ShownTextsSchema(ma.Schema):
    """All consents a brand asks for."""

    consents = fields.List(fields.Nested(ShownTextSchema), required=True)


class StandingConsentSchema(ShownTextSchema):
    """A consent as it stands: null was never answered."""

    granted = fields.Boolean(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, allow_none=True)


class StandingConsentsSchema(ma.Schema):
    """All consents as they stand."""

    consents = fields.List(fields.Nested(StandingConsentSchema), required=True)


class ChoicesSchema(Strict):
    """Choices made in my space."""

    consents = _choices(required=True)


class MeSchema(ma.Schema):
    """The fan."""

    number = fields.Integer(required=True)
    email = fields.String(required=True, allow_none=True)
    display_name = fields.String(required=True)
    locale = fields.String(required=True)
    traits = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class TraitSchema(Strict):
    """One thing the fan says of themselves."""

    name = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    value = _text(200, least=1, required=True)


class ChangeMeSchema(Strict):
    """What to change; the rest stays."""

    display_name = _text(60)
    locale = fields.String(validate=validate.OneOf(LOCALES))
    trait = fields.Nested(TraitSchema)


class EraseSchema(Strict):
    """The second step of an erasure: said on purpose, and proved by a fresh code unless the sign-in is recent."""

    confirm = fields.Boolean(
        required=True, truthy={True}, falsy={False}, validate=validate.Equal(True)
    )
    sign_in = fields.UUID(load_default=None, allow_none=True)
    code = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{6}$")
    )


class ErasedSchema(ma.Schema):
    """What must be kept, and why."""

    kept = fields.List(fields.String(), required=True)
