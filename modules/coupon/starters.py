"""Ready-made coupons for the gallery; the offer is chosen when the game is made."""

from __future__ import annotations

from masterapp.sdk import Starter, _l

SHIRT = Starter(
    slug="shirt-discount",
    title=_l("The new shirt, 20% off"),
    summary=_l("A club coupon for the season's shirt, in store and online."),
    config={
        "title": {"fr": "Le maillot à moins 20 %", "en": "20% off the shirt"},
        "value": {"fr": "−20 %", "en": "−20%"},
        "intro": {
            "fr": "Le nouveau maillot vous attend à la boutique du club, avec votre remise de supporter.",
            "en": "The new shirt is waiting at the club shop, with your fan's discount.",
        },
        "conditions": {
            "fr": "Valable une fois, sur un maillot de la saison, en boutique ou en ligne. "
            "Non cumulable avec une autre remise.",
            "en": "Valid once, on one shirt of the season, in store or online. "
            "Cannot be combined with another discount.",
        },
        "button": {"fr": "Je prends mon bon", "en": "Get my coupon"},
        "shops": [
            {
                "label": {"fr": "Je le veux maintenant", "en": "I want it now"},
                "link": "https://shop.example/shirt",
            }
        ],
    },
)

SHOP = Starter(
    slug="ten-euros",
    title=_l("€10 off at the sports shop"),
    summary=_l("A voucher that brings fans into the store this weekend."),
    config={
        "title": {"fr": "10 € en magasin", "en": "€10 off in store"},
        "value": {"fr": "10 €", "en": "€10"},
        "intro": {
            "fr": "Passez nous voir : 10 € de remise dès 50 € d’achat, sur tout le rayon football.",
            "en": "Come and see us: €10 off when you spend €50 on anything for football.",
        },
        "conditions": {
            "fr": "Valable une fois, dès 50 € d’achat au rayon football, dans les magasins participants. "
            "Présentez le code en caisse.",
            "en": "Valid once, from €50 spent on football, in participating stores. "
            "Show the code at the till.",
        },
        "shops": [
            {
                "label": {"fr": "Voir le rayon football", "en": "See the football range"},
                "link": "https://shop.example/football",
            },
            {
                "label": {"fr": "Trouver un magasin", "en": "Find a store"},
                "link": "https://shop.example/stores",
            },
        ],
    },
)

DRINK = Starter(
    slug="match-day-drink",
    title=_l("Two drinks for one on match day"),
    summary=_l("A treat at the stadium bar, up to three times in the season."),
    config={
        "title": {"fr": "La boisson de la mi-temps", "en": "The half-time drink"},
        "value": {"fr": "2 pour 1", "en": "2 for 1"},
        "intro": {
            "fr": "Une boisson achetée à la buvette, la deuxième offerte. Montrez ce code au bar.",
            "en": "Buy one drink at the stadium bar and the second is on us. Show this code.",
        },
        "conditions": {
            "fr": "Boissons sans alcool, les jours de match, avant et pendant la rencontre. "
            "Trois bons par personne et par saison.",
            "en": "Soft drinks, on match days, before and during the game. "
            "Three coupons per person and season.",
        },
        "claims": 3,
    },
)

STARTERS = (SHIRT, SHOP, DRINK)
