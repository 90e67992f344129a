"""The sentences the browser shows or speaks, by key; ``%(name)s`` stands for a fact."""

from __future__ import annotations

from masterapp.sdk import _l

TEXTS = {
    "claim": _l("Get my coupon"),
    "claim_again": _l("Get another one"),
    "left_one": _l("You may take one more."),
    "left_many": _l("You may take %(left)s more."),
    "yours": _l("Your coupon"),
    "show_code": _l("Show this code at the till"),
    "code_label": _l("Coupon code %(code)s"),
    "qr_label": _l("QR code of the coupon %(code)s"),
    "copy": _l("Copy the code"),
    "copied": _l("Code copied"),
    "valid_until": _l("Valid until %(date)s"),
    "also": _l("We have also sent it by e-mail; you will find it again in your space."),
    "conditions": _l("Conditions"),
    "offer_not_open_title": _l("Not available"),
    "offer_ended_title": _l("It’s over"),
    "offer_sold_out_title": _l("All gone"),
    "elsewhere": _l("Your coupon is in your space."),
}
