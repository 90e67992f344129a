"""Ready-made instant wins for the gallery."""

from __future__ import annotations

from masterapp.sdk import Starter, _l

SCRATCH = Starter(
    slug="match-day-card",
    title=_l("Match-day scratch card"),
    summary=_l("A card to scratch on every match day, with a signed shirt to be won."),
    config={
        "skin": "scratch",
        "title": {"fr": "Le ticket du match", "en": "The match-day card"},
        "intro": {
            "fr": "Un maillot dédicacé et vingt places à gagner. Grattez, vous saurez tout de suite.",
            "en": "A signed shirt and twenty seats to be won. Scratch, and you know at once.",
        },
        "won": {
            "fr": "Le vestiaire est fier de vous. Votre lot vous attend dans votre espace.",
            "en": "The dressing room is proud of you. Your prize is waiting in your space.",
        },
        "lost": {
            "fr": "Le poteau ! Le prochain ticket sera peut-être le bon.",
            "en": "Off the post! The next card may be the one.",
        },
        "cover": {"fr": "Grattez ici", "en": "Scratch here"},
        "consolation": 5,
    },
)

WHEEL = Starter(
    slug="shop-wheel",
    title=_l("The shop's wheel"),
    summary=_l("A wheel for the sports shop: vouchers, a bag, a pair of shoes."),
    config={
        "skin": "wheel",
        "title": {"fr": "La roue du magasin", "en": "The shop wheel"},
        "intro": {
            "fr": "Lancez la roue : une paire de running, des sacs et des bons d’achat à gagner.",
            "en": "Spin the wheel: running shoes, bags and vouchers to be won.",
        },
        "won": {
            "fr": "Présentez votre lot en caisse, il est dans votre espace.",
            "en": "Show your prize at the till: it is in your space.",
        },
        "lost": {
            "fr": "La roue est passée tout près. Revenez la lancer.",
            "en": "So close. Come back and spin again.",
        },
        "consolation": 10,
        "segments": [
            {"label": {"fr": "Paire de running", "en": "Running shoes"}, "wins": True},
            {"label": {"fr": "Presque !", "en": "Nearly!"}, "wins": False},
            {"label": {"fr": "Sac de sport", "en": "Sports bag"}, "wins": True},
            {"label": {"fr": "Une autre fois", "en": "Next time"}, "wins": False},
            {"label": {"fr": "Bon de 20 €", "en": "€20 voucher"}, "wins": True},
            {"label": {"fr": "Pas cette fois", "en": "Not this time"}, "wins": False},
            {"label": {"fr": "Gourde", "en": "Water bottle"}, "wins": True},
            {"label": {"fr": "De peu !", "en": "So close!"}, "wins": False},
        ],
    },
)

SEAT = Starter(
    slug="golden-seat",
    title=_l("The golden seat"),
    summary=_l("Fans find their seat in the stadium and see whether it is the golden one."),
    config={
        "skin": "seat",
        "title": {"fr": "La place en or", "en": "The golden seat"},
        "intro": {
            "fr": "Retrouvez votre place, ou choisissez-en une : est-ce la place en or ?",
            "en": "Find your seat, or pick one: is it the golden seat?",
        },
        "won": {
            "fr": "C’est la place en or ! Votre lot est dans votre espace.",
            "en": "This is the golden seat! Your prize is in your space.",
        },
        "lost": {
            "fr": "Belle vue sur le terrain, mais pas d’or ici aujourd’hui.",
            "en": "A fine view of the pitch, but no gold here today.",
        },
        "consolation": 5,
        "blocks": [
            {"label": {"fr": "Tribune Nord", "en": "North stand"}},
            {"label": {"fr": "Angle Nord-Est", "en": "North-east"}},
            {"label": {"fr": "Honneur", "en": "Main stand"}},
            {"label": {"fr": "Angle Sud-Est", "en": "South-east"}},
            {"label": {"fr": "Kop Sud", "en": "South Kop"}},
            {"label": {"fr": "Angle Sud-Ouest", "en": "South-west"}},
            {"label": {"fr": "Famille", "en": "Family"}},
            {"label": {"fr": "Angle Nord-Ouest", "en": "North-west"}},
        ],
        "seat_rows": 12,
        "seats_per_row": 16,
    },
)

STARTERS = (SCRATCH, WHEEL, SEAT)
