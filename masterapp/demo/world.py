"""What the demo's world consists of: the club, its stores, its people, its campaigns. Facts only, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SLUG = "rivemont"
NAME = "FC Rivemont"
HOST_SITE = "http://127.0.0.1:8080"
PASSWORD = "demo-rivemont-2026"  # noqa: S105 - the demo's public password.
DAYS = 60
FANS = 5_000

THEME = {"accent": "#c8102e", "background": "#1d1f3a", "font": "inter", "radius": "soft"}
CONTACT = {
    "email": "contact@rivemont.example",
    "privacy_url": "https://rivemont.example/privacy",
    "partners": ["Atout Sport"],
}

#: code, name, address, postcode, city
STORES = (
    ("STADE", "Boutique du Stade", "1 allée du Virage Nord", "38710", "Rivemont"),
    ("CENTRE", "Atout Sport Centre", "14 rue des Tanneurs", "38700", "Rivemont"),
    ("QUAIS", "Atout Sport Les Quais", "3 quai de la Verse", "38720", "Port-Verse"),
    ("ALPES", "Atout Sport Alpes", "220 avenue des Cimes", "38410", "Haumont"),
    ("GARE", "Atout Sport Gare", "2 place de la Gare", "38500", "Valbrune"),
    ("OUEST", "Atout Sport Ouest", "75 route de l’Océan", "38600", "Saint-Avre"),
)

#: e-mail, name, role, store codes
MEMBERS = (
    ("owner@rivemont.example", "Hélène Marchetti", "owner", ()),
    ("marketing@rivemont.example", "Sami Bellanger", "marketer", ()),
    ("analyst@rivemont.example", "Inès Vauthier", "analyst", ()),
    ("support@rivemont.example", "Théo Garrel", "support", ()),
    ("manager@rivemont.example", "Nadia Ferrand", "store_manager", ("STADE", "CENTRE")),
    ("cashier@rivemont.example", "Luc Amiot", "cashier", ("STADE",)),
)

EXCLUSIONS = (
    ("@rivemont.example", "staff", "Salariés du club"),
    ("@atout-sport.example", "staff", "Salariés des magasins"),
    ("@maxisport.example", "competitor", "Enseigne concurrente"),
)

RULES = {
    "fr": (
        "Jeu gratuit, sans obligation d’achat, organisé par le FC Rivemont.\n\n"
        "Qui peut jouer : toute personne de 15 ans ou plus résidant en France, sauf les salariés du club, "
        "de ses partenaires et leurs foyers.\n\n"
        "Comment jouer : se connecter avec son adresse e-mail, puis jouer dans la limite indiquée sur la page. "
        "Recevoir des offres n’est jamais une condition pour jouer ni pour gagner.\n\n"
        "Lots : ils sont attribués par instants gagnants fixés avant l’ouverture. Les lots sont à retirer dans "
        "l’une des boutiques, sur présentation du code, dans les trente jours."
    ),
    "en": (
        "Free game, no purchase necessary, run by FC Rivemont.\n\n"
        "Who can play: anybody aged 15 or over who lives in France, except employees of the club and its "
        "partners, and their households.\n\n"
        "How to play: sign in with your e-mail address and play within the limit shown on the page. Receiving "
        "offers is never a condition for playing or winning.\n\n"
        "Prizes: they are given at winning moments fixed before the opening. Prizes are collected in one of the "
        "stores, on showing the code, within thirty days."
    ),
}


@dataclass(frozen=True)
class PrizePlan:
    """A prize of a game: label, stock, value, and the offer it stands for when it is a coupon."""

    label: dict[str, str]
    stock: int
    value_cents: int
    picture: str
    collection: dict[str, str]
    offer: str | None = None


@dataclass(frozen=True)
class GamePlan:
    """A game of a campaign, made from a starter of its module with some values replaced."""

    module: str
    starter: str
    slug: str
    title: dict[str, str]
    quota: dict[str, int] = field(default_factory=dict)
    replace: dict[str, Any] = field(default_factory=dict)
    prizes: tuple[PrizePlan, ...] = ()
    offer: str | None = None
    picture: str | None = None
    #: How likely a fan who is there plays it on a given day.
    appeal: float = 0.5


@dataclass(frozen=True)
class CampaignPlan:
    """A campaign: from so many days ago to so many days from now."""

    slug: str
    title: dict[str, str]
    summary: dict[str, str]
    opens: int
    closes: int
    picture: str
    games: tuple[GamePlan, ...]


@dataclass(frozen=True)
class DrawPlan:
    """A draw of a campaign; it closes with it."""

    campaign: str
    title: dict[str, str]
    prizes: tuple[dict[str, Any], ...]
    terms: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OfferPlan:
    """A coupon offer."""

    key: str
    label: dict[str, str]
    conditions: dict[str, str]
    till_note: dict[str, str]
    value_cents: int
    stock: int
    opens: int
    closes: int
    valid_days: int = 0
    stores: tuple[str, ...] = ()


AT_THE_STORE = {
    "fr": "À retirer à la Boutique du Stade avec une pièce d’identité.",
    "en": "Collect it at the Stadium Store with an identity document.",
}
BY_POST = {
    "fr": "Nous vous écrivons sous 48 heures pour l’envoi.",
    "en": "We write to you within 48 hours about the delivery.",
}
WITH_THE_CODE = {
    "fr": "Présentez le code en caisse : il est dans votre espace.",
    "en": "Show the code at the till: it is in your space.",
}

OFFERS = (
    OfferPlan(
        "shirt",
        {"fr": "−20 % sur le maillot", "en": "20% off the shirt"},
        {
            "fr": "Un maillot de la saison, hors flocage.",
            "en": "One shirt of the season, without printing.",
        },
        {"fr": "Retirer 20 % sur un maillot.", "en": "Take 20% off one shirt."},
        1800,
        2_000,
        -38,
        -5,
    ),
    OfferPlan(
        "ten",
        {"fr": "10 € offerts dès 50 €", "en": "€10 off from €50"},
        {
            "fr": "Dès 50 € d’achat, une fois par foyer.",
            "en": "From €50 of purchases, once per household.",
        },
        {
            "fr": "Retirer 10 € du panier (50 € minimum).",
            "en": "Take €10 off the basket (€50 at least).",
        },
        1000,
        3_000,
        -14,
        40,
        valid_days=30,
    ),
    OfferPlan(
        "drink",
        {"fr": "Une boisson chaude au stade", "en": "A hot drink at the stadium"},
        {
            "fr": "À la buvette du stade, les soirs de match.",
            "en": "At the stadium bar, on match nights.",
        },
        {"fr": "Servir une boisson chaude.", "en": "Serve one hot drink."},
        300,
        1_500,
        -14,
        40,
        stores=("STADE",),
    ),
)

SHIRT_PRIZE = PrizePlan(
    {"fr": "Maillot dédicacé", "en": "Signed shirt"}, 12, 12_000, "shirt", AT_THE_STORE
)
SEATS_PRIZE = PrizePlan(
    {"fr": "Deux places en tribune", "en": "Two stand seats"}, 40, 5_000, "ticket", BY_POST
)
SCARF_PRIZE = PrizePlan(
    {"fr": "Écharpe du club", "en": "Club scarf"}, 160, 1_800, "scarf", AT_THE_STORE
)
DRINK_PRIZE = PrizePlan(
    {"fr": "Une boisson chaude", "en": "A hot drink"}, 300, 300, "drink", WITH_THE_CODE, "drink"
)

CAMPAIGNS = (
    CampaignPlan(
        "season-2026-2027",
        {"fr": "Le Club des supporters", "en": "The fans’ club"},
        {
            "fr": "Toute la saison : vos points, vos niveaux et vos missions.",
            "en": "All season long: your points, your tiers and your missions.",
        },
        -60,
        300,
        "stadium",
        (
            GamePlan(
                "loyalty",
                "season-programme",
                "my-club",
                {"fr": "Mon club", "en": "My club"},
                appeal=0.25,
            ),
        ),
    ),
    CampaignPlan(
        "autumn-kick-off",
        {"fr": "Le coup d’envoi d’automne", "en": "Autumn kick-off"},
        {
            "fr": "Un quiz et un ticket à gratter pour la reprise.",
            "en": "A quiz and a scratch card for the new season.",
        },
        -60,
        -41,
        "stadium",
        (
            GamePlan(
                "quiz",
                "big-match-quiz",
                "quiz",
                {"fr": "Le grand quiz du match", "en": "The big match quiz"},
                {"per_day": 1},
                appeal=0.5,
            ),
            GamePlan(
                "instant_win",
                "match-day-card",
                "scratch",
                {"fr": "Le ticket à gratter", "en": "The scratch card"},
                {"per_day": 1},
                prizes=(SHIRT_PRIZE, SCARF_PRIZE),
                appeal=0.7,
            ),
        ),
    ),
    CampaignPlan(
        "derby",
        {"fr": "La semaine du derby", "en": "Derby week"},
        {
            "fr": "La roue du magasin, l’image mystère et −20 % sur le maillot.",
            "en": "The shop wheel, the mystery picture and 20% off the shirt.",
        },
        -38,
        -18,
        "derby",
        (
            GamePlan(
                "instant_win",
                "shop-wheel",
                "wheel",
                {"fr": "La roue du magasin", "en": "The shop wheel"},
                {"per_day": 1},
                prizes=(SEATS_PRIZE, SCARF_PRIZE),
                appeal=0.6,
            ),
            GamePlan(
                "reveal",
                "mystery-player",
                "mystery",
                {"fr": "Qui revient pour le derby ?", "en": "Who is back for the derby?"},
                {"per_day": 2},
                picture="player",
                prizes=(SEATS_PRIZE,),
                appeal=0.35,
            ),
            GamePlan(
                "coupon",
                "shirt-discount",
                "shirt",
                {"fr": "Le maillot à −20 %", "en": "20% off the shirt"},
                offer="shirt",
                appeal=0.2,
            ),
        ),
    ),
    CampaignPlan(
        "winter-at-the-stadium",
        {"fr": "L’hiver au stade", "en": "Winter at the stadium"},
        {
            "fr": "Un quiz, un siège en or, une image à découvrir et 10 € pour vos cadeaux.",
            "en": "A quiz, a golden seat, a picture to uncover and €10 for your presents.",
        },
        -14,
        32,
        "winter",
        (
            GamePlan(
                "instant_win",
                "golden-seat",
                "golden-seat",
                {"fr": "Le siège en or", "en": "The golden seat"},
                {"per_day": 2},
                prizes=(SHIRT_PRIZE, SEATS_PRIZE, SCARF_PRIZE, DRINK_PRIZE),
                appeal=0.6,
            ),
            GamePlan(
                "quiz",
                "true-or-false",
                "true-or-false",
                {"fr": "Vrai ou faux ?", "en": "True or false?"},
                {"per_day": 1},
                appeal=0.45,
            ),
            GamePlan(
                "quiz",
                "gear-expert",
                "gear-expert",
                {"fr": "L’expert du matériel", "en": "The gear expert"},
                {"per_campaign": 3},
                appeal=0.2,
            ),
            GamePlan(
                "reveal",
                "hidden-landmark",
                "landmark",
                {"fr": "Le lieu caché", "en": "The hidden place"},
                {"per_day": 2},
                picture="landmark",
                prizes=(SCARF_PRIZE,),
                appeal=0.3,
            ),
            GamePlan(
                "coupon",
                "ten-euros",
                "ten-euros",
                {"fr": "10 € pour vos cadeaux", "en": "€10 for your presents"},
                offer="ten",
                appeal=0.22,
            ),
        ),
    ),
)

FIRST_NAMES = [
    "Camille",
    "Léa",
    "Manon",
    "Chloé",
    "Inès",
    "Sarah",
    "Emma",
    "Jade",
    "Louise",
    "Alice",
    "Nadia",
    "Fatou",
    "Aïcha",
    "Yasmine",
    "Lina",
    "Clara",
    "Zoé",
    "Julie",
    "Anaïs",
    "Hugo",
    "Lucas",
    "Nathan",
    "Théo",
    "Enzo",
    "Louis",
    "Gabriel",
    "Arthur",
    "Jules",
    "Adam",
    "Mehdi",
    "Karim",
    "Yanis",
    "Bilal",
    "Rayan",
    "Noé",
    "Tom",
    "Sacha",
    "Antoine",
    "Maxime",
    "Quentin",
    "Romain",
    "Florian",
    "Kévin",
    "Thomas",
    "Nicolas",
    "Julien",
    "Marc",
    "Pierre",
    "Paul",
    "Henri",
    "Simone",
    "Odile",
    "Brigitte",
    "Michèle",
]
LAST_NAMES = [
    "Martin",
    "Bernard",
    "Dubois",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefebvre",
    "Michel",
    "Garcia",
    "David",
    "Bertrand",
    "Roux",
    "Vincent",
    "Fournier",
    "Morel",
    "Girard",
    "André",
    "Mercier",
    "Dupont",
    "Lambert",
    "Bonnet",
    "François",
    "Martinez",
    "Legrand",
    "Garnier",
    "Faure",
    "Rousseau",
    "Blanc",
    "Guérin",
    "Muller",
    "Henry",
    "Roussel",
    "Nicolas",
    "Perrin",
    "Morin",
    "Mathieu",
    "Clément",
    "Gauthier",
    "Dumont",
    "Lopez",
    "Fontaine",
    "Chevalier",
    "Robin",
    "Masson",
    "Sanchez",
    "Gérard",
    "Nguyen",
    "Boyer",
    "Denis",
    "Lemaire",
    "Duval",
    "Joly",
    "Roger",
    "Benali",
    "Diallo",
    "Traoré",
]
PLAYERS = ("Mathis Corbel", "Ilan Rossi", "Oumar Sy", "Jonas Weiler", "Dario Pinto")

#: Draws that were held, each when its campaign had ended.
PAST_DRAWS = (
    DrawPlan(
        "autumn-kick-off",
        {"fr": "Le tirage du coup d’envoi", "en": "The kick-off draw"},
        (
            {
                "label": {"fr": "Deux abonnements pour la saison", "en": "Two season tickets"},
                "qty": 1,
                "alternates": 2,
            },
            {
                "label": {"fr": "Maillot dédicacé", "en": "Signed shirt"},
                "qty": 5,
                "alternates": 3,
            },
        ),
        {"most": 20},
    ),
    DrawPlan(
        "derby",
        {"fr": "Le ballon du derby", "en": "The derby ball"},
        ({"label": {"fr": "Ballon du match", "en": "Match ball"}, "qty": 3, "alternates": 3},),
        {"most": 10, "excludes": False},
    ),
)
SECOND_CHANCE = {"fr": "La seconde chance d’automne", "en": "The autumn second chance"}

#: Draws that fans can enter now: by playing, by staking points, and three that the crowd unlocks.
OPEN_DRAWS = (
    DrawPlan(
        "winter-at-the-stadium",
        {"fr": "Une journée avec l’équipe", "en": "A day with the team"},
        (
            {
                "label": {
                    "fr": "Journée au centre d’entraînement",
                    "en": "A day at the training ground",
                },
                "qty": 1,
                "alternates": 3,
            },
            {
                "label": {"fr": "Écharpe de la saison", "en": "Scarf of the season"},
                "qty": 20,
                "alternates": 10,
            },
        ),
        {"most": 20},
    ),
    DrawPlan(
        "winter-at-the-stadium",
        {"fr": "Vos points pour la loge", "en": "Your points for the box"},
        (
            {
                "label": {"fr": "Soirée en loge pour deux", "en": "An evening in the box for two"},
                "qty": 2,
                "alternates": 4,
            },
        ),
        {"source": "stakes", "price": 20, "most": 50},
    ),
    *(
        DrawPlan(
            "winter-at-the-stadium",
            {
                "fr": f"Palier {number} : {french}",
                "en": f"Tier {number}: {english}",
            },
            ({"label": {"fr": french, "en": english}, "qty": units, "alternates": units},),
            {"source": "tier", "threshold": threshold, "most": 10},
        )
        for number, (threshold, units, french, english) in enumerate(
            (
                (5_000, 10, "bonnets du club", "club hats"),
                (20_000, 5, "maillots", "shirts"),
                (60_000, 1, "voyage en Coupe d’Europe", "trip to the European Cup"),
            ),
            1,
        )
    ),
)

#: How winners of past draws chose to be named.
WINNERS = ("Camille D., Rivemont", "", "Jules", "Inès B.", "Une supportrice de la tribune Est")
