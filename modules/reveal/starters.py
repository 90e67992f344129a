"""Ready-made reveals for the gallery; the picture is chosen when the game is made."""

from __future__ import annotations

from typing import Any

from masterapp.sdk import Starter, _l


def _levels(*steps: tuple[int, int, int], **special: dict[str, Any]) -> list[dict[str, Any]]:
    """Levels as (blocks, plays of the crowd, points); ``level_3={…}`` adds to the third."""
    return [
        {"blocks": blocks, "crowd": crowd, "points": points, **special.get(f"level_{number}", {})}
        for number, (blocks, crowd, points) in enumerate(steps, 1)
    ]


PLAYER = Starter(
    slug="mystery-player",
    title=_l("The mystery player"),
    summary=_l("A player of the club behind the pixels: the sooner recognised, the more points."),
    config={
        "question": {"fr": "Qui se cache derrière les pixels ?", "en": "Who is behind the pixels?"},
        "intro": {
            "fr": "Chaque participation précise l’image pour tout le monde.",
            "en": "Every play sharpens the picture for everybody.",
        },
        "answers": [
            {"text": {"fr": "Camille Durand", "en": "Camille Durand"}},
            {"text": {"fr": "Durand"}},
        ],
        "found": {
            "fr": "Notre numéro 10 vous donne rendez-vous samedi au stade.",
            "en": "Our number 10 will see you at the stadium on Saturday.",
        },
        "levels": _levels(
            (7, 0, 100),
            (11, 100, 80),
            (17, 300, 60),
            (26, 700, 40),
            (42, 1_500, 25),
            (80, 3_000, 10),
            level_1={"prize": True},
            level_2={"prize": True},
            level_3={
                "reward": 10,
                "hint": {
                    "fr": "Son numéro a deux chiffres.",
                    "en": "The shirt number has two digits.",
                },
            },
            level_5={
                "reward": 20,
                "hint": {
                    "fr": "Au club depuis trois saisons.",
                    "en": "With the club for three seasons.",
                },
            },
        ),
        "own": [{"plays": 3}, {"plays": 7}],
    },
)

SHIRT = Starter(
    slug="hidden-landmark",
    title=_l("Hidden in the new shirt"),
    summary=_l("A detail of the season's shirt to find; a crowd that comes together is rewarded."),
    config={
        "question": {
            "fr": "Quel monument de la ville est caché dans le nouveau maillot ?",
            "en": "Which landmark of the city is hidden in the new shirt?",
        },
        "intro": {
            "fr": "Ensemble, vous ferez apparaître le maillot avant sa sortie.",
            "en": "Together you will uncover the shirt before its release.",
        },
        "answers": [
            {"text": {"fr": "Le phare", "en": "The lighthouse"}},
            {"text": {"fr": "Le phare du port", "en": "The harbour lighthouse"}},
        ],
        "found": {
            "fr": "Le phare veille sur le col du maillot. Il sort vendredi en boutique.",
            "en": "The lighthouse watches over the collar. In the shop on Friday.",
        },
        "guesses": 2,
        "levels": _levels(
            (8, 0, 60),
            (14, 250, 50),
            (24, 750, 40),
            (40, 1_500, 30),
            (0, 3_000, 5),
            level_2={"reward": 5},
            level_3={
                "reward": 10,
                "hint": {"fr": "On le voit de la mer.", "en": "It can be seen from the sea."},
            },
            level_4={"reward": 15},
            level_5={"reward": 30},
        ),
    },
)

PRODUCT = Starter(
    slug="saturday-arrival",
    title=_l("What arrives on Saturday?"),
    summary=_l("A sports shop teases a product; the first to name it may win it."),
    config={
        "question": {
            "fr": "Quelle nouveauté arrive samedi en magasin ?",
            "en": "What is arriving in store on Saturday?",
        },
        "intro": {
            "fr": "Reconnaissez-la avant tout le monde et tentez de la gagner.",
            "en": "Recognise it before everyone else and you may win it.",
        },
        "answers": [
            {"text": {"fr": "Un vélo électrique", "en": "An electric bike"}},
            {"text": {"fr": "Vélo à assistance électrique", "en": "E-bike"}},
            {"text": {"fr": "VAE", "en": "Electric bicycle"}},
        ],
        "found": {
            "fr": "Venez l’essayer samedi : nos vendeurs vous attendent.",
            "en": "Come and try it on Saturday: our staff are waiting for you.",
        },
        "levels": _levels(
            (6, 0, 50),
            (10, 50, 40),
            (18, 150, 30),
            (32, 400, 20),
            (60, 1_000, 10),
            level_1={"prize": True},
            level_2={
                "prize": True,
                "hint": {
                    "fr": "Elle a besoin de vos jambes… un peu.",
                    "en": "It needs your legs… a little.",
                },
            },
            level_4={"hint": {"fr": "Elle se recharge la nuit.", "en": "It charges overnight."}},
        ),
        "own": [{"plays": 4}],
    },
)

STARTERS = (PLAYER, SHIRT, PRODUCT)
