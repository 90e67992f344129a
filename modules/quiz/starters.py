"""Ready-made quizzes for the gallery, complete enough to publish after a change of words."""

from __future__ import annotations

from typing import Any

from masterapp.sdk import Starter, _l


def _option(fr: str, en: str, right: bool = False) -> dict[str, Any]:
    return {"text": {"fr": fr, "en": en}, "right": right}


def _statement(fr: str, en: str, truth: bool, why_fr: str, why_en: str) -> dict[str, Any]:
    return {
        "kind": "true_false",
        "text": {"fr": fr, "en": en},
        "truth": truth,
        "explanation": {"fr": why_fr, "en": why_en},
    }


CLUB = Starter(
    slug="big-match-quiz",
    title=_l("The big match quiz"),
    summary=_l("Six questions for the fans of a football club, twenty seconds each."),
    config={
        "intro": {
            "fr": "Six questions pour savoir qui connaît vraiment le football. Prêt pour le coup d’envoi ?",
            "en": "Six questions to find out who really knows football. Ready for kick-off?",
        },
        "question_seconds": 20,
        "bonus": 20,
        "won": {"fr": "Le vestiaire est fier de vous.", "en": "The dressing room is proud of you."},
        "lost": {
            "fr": "Un peu d’entraînement, et la revanche est à vous.",
            "en": "A little training, and revenge is yours.",
        },
        "questions": [
            {
                "kind": "choose_one",
                "text": {
                    "fr": "À quelle distance de la ligne de but se trouve le point de penalty ?",
                    "en": "How far from the goal line is the penalty spot?",
                },
                "options": [
                    _option("9 mètres", "9 metres"),
                    _option("11 mètres", "11 metres", right=True),
                    _option("13 mètres", "13 metres"),
                    _option("16 mètres", "16 metres"),
                ],
                "explanation": {
                    "fr": "Onze mètres, soit douze yards depuis 1891.",
                    "en": "Eleven metres: twelve yards since 1891.",
                },
            },
            {
                "kind": "typed",
                "text": {
                    "fr": "Quel pays a remporté la Coupe du monde 1998 ?",
                    "en": "Which country won the 1998 World Cup?",
                },
                "answers": [{"text": "France"}],
                "explanation": {
                    "fr": "3–0 contre le Brésil, au Stade de France.",
                    "en": "3–0 against Brazil, at the Stade de France.",
                },
            },
            {
                "kind": "choose_many",
                "text": {
                    "fr": "Le ballon est sorti. Comment le jeu peut-il reprendre ?",
                    "en": "The ball went out of play. How may the match restart?",
                },
                "options": [
                    _option("Par une touche", "With a throw-in", right=True),
                    _option("Par un corner", "With a corner kick", right=True),
                    _option("Par un coup de pied de but", "With a goal kick", right=True),
                    _option("Par un penalty", "With a penalty kick"),
                ],
                "explanation": {
                    "fr": "Un penalty sanctionne une faute, jamais une sortie de balle.",
                    "en": "A penalty punishes a foul, never a ball out of play.",
                },
            },
            {
                "kind": "number",
                "text": {
                    "fr": "Combien de minutes dure un match, sans les arrêts de jeu ni la prolongation ?",
                    "en": "How many minutes does a match last, without stoppage and extra time?",
                },
                "answers": [{"text": "90"}],
                "explanation": {
                    "fr": "Deux mi-temps de 45 minutes.",
                    "en": "Two halves of 45 minutes.",
                },
            },
            _statement(
                "Un but marqué directement sur une touche est accordé.",
                "A goal scored straight from a throw-in counts.",
                False,
                "Il faut qu’un autre joueur touche le ballon d’abord.",
                "Another player must touch the ball first.",
            ),
            {
                "kind": "choose_one",
                "text": {
                    "fr": "Où s’est jouée la finale de la première Coupe du monde, en 1930 ?",
                    "en": "Where was the final of the first World Cup played, in 1930?",
                },
                "options": [
                    _option("Montevideo", "Montevideo", right=True),
                    _option("Rome", "Rome"),
                    _option("Paris", "Paris"),
                    _option("Rio de Janeiro", "Rio de Janeiro"),
                ],
                "explanation": {
                    "fr": "L’Uruguay l’a emporté chez lui, 4–2 contre l’Argentine.",
                    "en": "Uruguay won it at home, 4–2 against Argentina.",
                },
            },
        ],
    },
)

FLASH = Starter(
    slug="true-or-false",
    title=_l("True or false, against the clock"),
    summary=_l("Forty seconds for six statements about sport; a prize from five right answers."),
    config={
        "intro": {
            "fr": "Six affirmations, quarante secondes en tout. Fiez-vous à votre premier réflexe !",
            "en": "Six statements, forty seconds in all. Trust your first instinct!",
        },
        "question_seconds": 0,
        "quiz_seconds": 40,
        "feedback": "end",
        "win_percent": 80,
        "won": {"fr": "De vrais réflexes de gardien.", "en": "A goalkeeper's reflexes."},
        "lost": {
            "fr": "Le chrono était rude. Vous ferez mieux.",
            "en": "The clock was tough. You will do better.",
        },
        "questions": [
            _statement(
                "Un marathon mesure 42,195 kilomètres.",
                "A marathon is 42.195 kilometres long.",
                True,
                "Cette distance est officielle depuis 1921.",
                "The distance has been official since 1921.",
            ),
            _statement(
                "Un bassin olympique mesure 25 mètres de long.",
                "An Olympic pool is 25 metres long.",
                False,
                "Cinquante mètres ; 25, c’est le petit bassin.",
                "Fifty metres; 25 is the short course.",
            ),
            _statement(
                "Un ballon de basket est plus lourd qu’un ballon de football.",
                "A basketball is heavier than a football.",
                True,
                "Près de 600 grammes contre 430 environ.",
                "Nearly 600 grams against about 430.",
            ),
            _statement(
                "Au rugby à XV, un essai vaut cinq points.",
                "In rugby union, a try is worth five points.",
                True,
                "Et la transformation en rapporte deux de plus.",
                "And the conversion adds two more.",
            ),
            _statement(
                "Une équipe de volley compte sept joueurs sur le terrain.",
                "A volleyball team has seven players on court.",
                False,
                "Six en salle, deux sur le sable.",
                "Six indoors, two on the beach.",
            ),
            _statement(
                "Au badminton, on frappe un volant.",
                "In badminton, players hit a shuttlecock.",
                True,
                "Il peut dépasser 400 km/h.",
                "It can go faster than 400 km/h.",
            ),
        ],
    },
)

SHOP = Starter(
    slug="gear-expert",
    title=_l("Are you a gear expert?"),
    summary=_l("A calm quiz of a sports shop: no clock, pairs to find, an explanation each time."),
    config={
        "intro": {
            "fr": "Quatre questions sur le bon équipement, sans chronomètre. Nos vendeurs connaissent les réponses…",
            "en": "Four questions about the right gear, with no clock. Our staff know the answers…",
        },
        "question_seconds": 0,
        "win_percent": 75,
        "won": {
            "fr": "Vous pourriez conseiller nos clients !",
            "en": "You could advise our customers!",
        },
        "lost": {
            "fr": "Passez nous voir : nos conseils sont gratuits.",
            "en": "Come and see us: our advice is free.",
        },
        "questions": [
            {
                "kind": "match",
                "text": {
                    "fr": "Rendez à chaque sport son équipement.",
                    "en": "Give each sport its gear.",
                },
                "pairs": [
                    {
                        "left": {"fr": "Escalade", "en": "Climbing"},
                        "right": {"fr": "Baudrier", "en": "Harness"},
                    },
                    {
                        "left": {"fr": "Escrime", "en": "Fencing"},
                        "right": {"fr": "Fleuret", "en": "Foil"},
                    },
                    {
                        "left": {"fr": "Tennis", "en": "Tennis"},
                        "right": {"fr": "Raquette", "en": "Racket"},
                    },
                    {"left": {}, "right": {"fr": "Pagaie", "en": "Paddle"}},
                ],
                "explanation": {
                    "fr": "La pagaie, elle, attend le kayak.",
                    "en": "The paddle is waiting for the kayak.",
                },
            },
            {
                "kind": "choose_one",
                "text": {
                    "fr": "Quelle matière tient chaud même humide ?",
                    "en": "Which fabric keeps you warm even when damp?",
                },
                "options": [
                    _option("La laine mérinos", "Merino wool", right=True),
                    _option("Le coton", "Cotton"),
                    _option("Le lin", "Linen"),
                ],
                "explanation": {
                    "fr": "Ses fibres gardent l’air chaud et absorbent l’humidité sans coller à la peau.",
                    "en": "Its fibres hold warm air and take in moisture without clinging to the skin.",
                },
            },
            {
                "kind": "choose_one",
                "text": {
                    "fr": "Qu’appelle-t-on un tissu « respirant » ?",
                    "en": "What makes a fabric “breathable”?",
                },
                "options": [
                    _option(
                        "Il laisse passer la vapeur d’eau",
                        "It lets water vapour through",
                        right=True,
                    ),
                    _option("Il est percé de trous visibles", "It has visible holes"),
                    _option("Il produit de l’oxygène", "It produces oxygen"),
                ],
                "explanation": {
                    "fr": "La transpiration s’évapore vers l’extérieur, et vous restez au sec.",
                    "en": "Sweat evaporates outwards, and you stay dry.",
                },
            },
            {
                "kind": "number",
                "text": {
                    "fr": "Combien d’anneaux compte le drapeau olympique ?",
                    "en": "How many rings are on the Olympic flag?",
                },
                "answers": [{"text": "5"}],
                "explanation": {
                    "fr": "Cinq anneaux entrelacés, dessinés en 1913.",
                    "en": "Five linked rings, drawn in 1913.",
                },
            },
        ],
    },
)

STARTERS = (CLUB, FLASH, SHOP)
