"""The prize list as a form: its fields, a prize as a row, and what was posted as drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, validate
from marshmallow import fields as plain

from masterapp.brands import stores
from masterapp.prizes import service as prizes
from masterapp.prizes.models import Prize
from masterapp.sdk import fields
from masterapp.texts import lazy_text as _l
from masterapp.validation import flatten
from masterapp.web.admin import posted

_BAD_AMOUNT = _l("Write an amount such as 25 or 19.90.")
_NO_STORE = _l("No store has the code %(codes)s.")


def store_codes(brand_id: UUID) -> dict[str, str]:
    """Return the codes of the brand's stores by id."""
    return {str(store.id): store.code for store in stores.of_brand(brand_id)}


def form_schema(pools: Mapping[str, Any]) -> Schema:
    """Return the schema of the prize list; the group of prizes is asked for only where there are several."""
    row: dict[str, Any] = {
        "id": plain.String(load_default="", metadata={"widget": "hidden"}),
        "label": fields.text(_l("Prize"), longest=80, required=True),
        "stock": fields.whole(
            _l("Stock"),
            help=_l(
                "Each one gets its own sealed winning moment, or is won at once if it is guaranteed."
            ),
            least=0,
            most=prizes.LARGEST_STOCK,
            default=1,
        ),
        "value": fields.word(
            _l("Value"), help=_l("Of one prize; for your figures only."), longest=15
        ),
        "per_fan": fields.whole(
            _l("At most per fan"), help=_l("0 sets no limit."), most=1000, default=1
        ),
        "per_household": fields.whole(
            _l("At most per household"),
            help=_l("0 sets no limit. Counts where the household is known."),
            most=1000,
            default=0,
        ),
        "guaranteed": fields.switch(
            _l("Guaranteed"),
            help=_l("Every attempt that wins nothing better wins it, as long as there is stock."),
        ),
        "picture": fields.image(_l("Picture")),
        "description": fields.text(_l("Description"), longest=300, lines=2),
        "collection": fields.text(
            _l("How the winner gets it"),
            help=_l("Shown when they win, and in their space."),
            longest=500,
            lines=2,
        ),
        "stores": fields.word(
            _l("Reserved to stores"),
            help=_l(
                "Codes of stores, such as NANTES, LYON: won there only, from the store’s poster."
            ),
            longest=500,
        ),
        "offer": fields.offer(
            _l("Coupon offer"), help=_l("The winner gets a code of this offer."), required=False
        ),
    }
    if len(pools) > 1:
        options = [(pool, str(words)) for pool, words in pools.items()]
        row["pool"] = fields.choice(_l("Won where"), options)
    schema = Schema.from_dict(
        {
            "prizes": plain.List(
                plain.Nested(Schema.from_dict(row, name="PrizeRow")),
                load_default=list,
                validate=validate.Length(max=prizes.MOST_PRIZES),
                metadata={"title": _l("Prizes"), "widget": "rows", "counted": "stock"},
            )
        },
        name="PrizeList",
    )
    return schema()


def as_row(prize: Prize, codes: Mapping[str, str]) -> dict[str, Any]:
    """Return a prize as its row of the form; *codes* are those of the brand's stores by id."""
    return {
        "id": str(prize.id),
        "label": dict(prize.label),
        "stock": prize.stock,
        "value": f"{prize.value_cents / 100:.2f}" if prize.value_cents else "",
        "per_fan": prize.per_fan,
        "per_household": prize.per_household,
        "guaranteed": prize.guaranteed,
        "stores": ", ".join(sorted(codes[key] for key in prize.store_ids if key in codes)),
        "picture": str(prize.picture_id or ""),
        "description": dict(prize.description),
        "collection": dict(prize.collection),
        "offer": str(prize.offer_id or ""),
        "pool": prize.pool,
    }


def read_drafts(
    schema: Schema,
    raw: Mapping[str, Any],
    pools: Mapping[str, Any],
    codes: Mapping[str, str],
) -> tuple[list[prizes.Draft], posted.Errors]:
    """Return the posted prizes, and what is wrong with them by field."""
    try:
        rows = schema.load(raw)["prizes"]
    except ValidationError as error:
        return [], dict(flatten(error.messages))
    drafts, errors = [], {}
    by_code = {code: store_id for store_id, code in codes.items()}
    for number, row in enumerate(rows):
        named = re.split(r"[\s,;]+", row["stores"].strip().upper()) if row["stores"].strip() else []
        unknown = [code for code in named if code not in by_code]
        if unknown:
            sentence = str(_NO_STORE) % {"codes": ", ".join(unknown[:5])}
            errors[f"prizes.{number}.stores"] = [sentence]
        value = posted.cents(row["value"])
        if value is None:
            errors[f"prizes.{number}.value"] = [str(_BAD_AMOUNT)]
        drafts.append(
            prizes.Draft(
                id=posted.identifier(row["id"]),
                label=row["label"],
                description=row["description"],
                collection=row["collection"],
                pool=row.get("pool") or next(iter(pools), "main"),
                stock=row["stock"],
                value_cents=value or 0,
                per_fan=row["per_fan"],
                per_household=row["per_household"],
                guaranteed=row["guaranteed"],
                store_ids=[by_code[code] for code in named if code in by_code],
                picture_id=posted.identifier(row["picture"]),
                offer_id=posted.identifier(row["offer"]),
            )
        )
    return drafts, errors


def comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without its id and with empty values alike, so that only real changes are listed."""
    kept = {name: value or "" for name, value in row.items() if name not in ("id", "pool")}
    kept["value"] = posted.cents(str(row.get("value") or "")) or 0
    kept["guaranteed"] = bool(row.get("guaranteed"))
    numbers = ("stock", "per_fan", "per_household")
    return {**kept, **{name: row.get(name) or 0 for name in numbers}}
