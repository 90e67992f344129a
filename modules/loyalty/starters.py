"""Ready-made loyalty pages for the gallery."""

from __future__ import annotations

from masterapp.sdk import Starter, _l

CLUB = Starter(
    slug="season-programme",
    title=_l("The season's programme"),
    summary=_l("A club's year: four tiers from Supporter to Legend, and missions across games."),
    config={
        "title": {"fr": "Le club des supporters", "en": "The supporters' club"},
        "intro": {
            "fr": "Chaque partie compte, toute la saison. Vos points ne sont jamais remis à zéro.",
            "en": "Every game counts, all season long. Your points are never reset.",
        },
        "tiers": [
            {
                "name": {"fr": "Supporter", "en": "Supporter"},
                "threshold": 0,
                "metal": "bronze",
                "perks": {
                    "fr": "Jeux et bons plans du club.",
                    "en": "The club's games and offers.",
                },
            },
            {
                "name": {"fr": "Titulaire", "en": "First eleven"},
                "threshold": 250,
                "metal": "silver",
                "perks": {
                    "fr": "Billetterie ouverte 24 h avant tout le monde.",
                    "en": "Tickets 24 hours before everyone else.",
                },
            },
            {
                "name": {"fr": "Capitaine", "en": "Captain"},
                "threshold": 1000,
                "metal": "gold",
                "perks": {
                    "fr": "Visite des vestiaires, une fois par saison.",
                    "en": "A dressing-room tour, once a season.",
                },
            },
            {
                "name": {"fr": "Légende", "en": "Legend"},
                "threshold": 3000,
                "metal": "brand",
                "perks": {
                    "fr": "Votre nom au mur des légendes.",
                    "en": "Your name on the wall of legends.",
                },
            },
        ],
        "missions": [
            {
                "title": {"fr": "Trois quiz", "en": "Three quizzes"},
                "description": {
                    "fr": "Terminez trois quiz, toutes opérations confondues.",
                    "en": "Finish three quizzes, in any campaign.",
                },
                "kind": "plays",
                "mechanic": "quiz",
                "goal": 3,
                "points": 60,
            },
            {
                "title": {"fr": "Fidèle au poste", "en": "Always there"},
                "description": {
                    "fr": "Jouez cinq jours différents.",
                    "en": "Play on five different days.",
                },
                "kind": "days",
                "goal": 5,
                "points": 100,
            },
            {
                "title": {"fr": "Passage en boutique", "en": "A visit to the shop"},
                "description": {
                    "fr": "Utilisez un bon dans un magasin.",
                    "en": "Use a coupon in a store.",
                },
                "kind": "redemptions",
                "goal": 1,
                "points": 80,
            },
            {
                "title": {"fr": "Touche-à-tout", "en": "All-rounder"},
                "description": {
                    "fr": "Essayez trois sortes de jeux.",
                    "en": "Try three kinds of games.",
                },
                "kind": "variety",
                "goal": 3,
                "points": 50,
            },
        ],
        "ways": [
            {"label": {"fr": "Répondre à un quiz", "en": "Answer a quiz"}, "points": 20},
            {"label": {"fr": "Gratter un ticket", "en": "Scratch a card"}, "points": 5},
            {
                "label": {"fr": "Deviner le joueur mystère", "en": "Guess the mystery player"},
                "points": 50,
            },
        ],
    },
)

SHOP = Starter(
    slug="shop-card",
    title=_l("The sports shop's card"),
    summary=_l("Three tiers and missions that lead from the games to the till."),
    config={
        "title": {"fr": "Ma carte sport", "en": "My sports card"},
        "intro": {
            "fr": "Jouez, passez en magasin, montez d’un palier.",
            "en": "Play, visit a store, climb a tier.",
        },
        "tiers": [
            {
                "name": {"fr": "Bronze", "en": "Bronze"},
                "threshold": 0,
                "metal": "bronze",
                "perks": {"fr": "Un bon de bienvenue.", "en": "A welcome coupon."},
            },
            {
                "name": {"fr": "Argent", "en": "Silver"},
                "threshold": 300,
                "metal": "silver",
                "perks": {
                    "fr": "Retours gratuits pendant 60 jours.",
                    "en": "Free returns for 60 days.",
                },
            },
            {
                "name": {"fr": "Or", "en": "Gold"},
                "threshold": 1200,
                "metal": "gold",
                "perks": {
                    "fr": "Ventes privées et cordage offert.",
                    "en": "Private sales and free racket stringing.",
                },
            },
        ],
        "missions": [
            {
                "title": {"fr": "Premier passage en caisse", "en": "First time at the till"},
                "description": {
                    "fr": "Utilisez votre premier bon.",
                    "en": "Use your first coupon.",
                },
                "kind": "redemptions",
                "goal": 1,
                "points": 50,
            },
            {
                "title": {"fr": "Client régulier", "en": "A regular"},
                "description": {"fr": "Utilisez cinq bons.", "en": "Use five coupons."},
                "kind": "redemptions",
                "goal": 5,
                "points": 200,
            },
            {
                "title": {"fr": "Dix parties", "en": "Ten games"},
                "description": {"fr": "Jouez dix fois.", "en": "Play ten times."},
                "kind": "plays",
                "goal": 10,
                "points": 100,
            },
        ],
        "ways": [
            {"label": {"fr": "Lancer la roue", "en": "Spin the wheel"}, "points": 10},
            {
                "label": {"fr": "Jouer au quiz du mois", "en": "Play the quiz of the month"},
                "points": 30,
            },
        ],
    },
)

MONTH = Starter(
    slug="derby-month",
    title=_l("The month of the derby"),
    summary=_l("Missions for one campaign only, without tiers: short, intense, rewarded."),
    config={
        "title": {"fr": "Le mois du derby", "en": "The month of the derby"},
        "intro": {
            "fr": "Quatre missions avant le coup d’envoi. Les relèverez-vous toutes ?",
            "en": "Four missions before kick-off. Can you do them all?",
        },
        "tiers": [],
        "missions": [
            {
                "title": {"fr": "Échauffement", "en": "Warm-up"},
                "description": {
                    "fr": "Jouez une fois pendant le mois du derby.",
                    "en": "Play once during the month.",
                },
                "kind": "plays",
                "this_campaign": True,
                "goal": 1,
                "points": 10,
            },
            {
                "title": {"fr": "Dans le rythme", "en": "In the rhythm"},
                "description": {
                    "fr": "Jouez dix fois pendant le mois du derby.",
                    "en": "Play ten times during the month.",
                },
                "kind": "plays",
                "this_campaign": True,
                "goal": 10,
                "points": 80,
            },
            {
                "title": {"fr": "Œil de lynx", "en": "Eagle eye"},
                "description": {
                    "fr": "Cherchez le joueur mystère trois fois.",
                    "en": "Look for the mystery player three times.",
                },
                "kind": "plays",
                "mechanic": "reveal",
                "this_campaign": True,
                "goal": 3,
                "points": 40,
            },
            {
                "title": {"fr": "Tour complet", "en": "Full circle"},
                "description": {
                    "fr": "Essayez trois sortes de jeux du derby.",
                    "en": "Try three kinds of derby games.",
                },
                "kind": "variety",
                "this_campaign": True,
                "goal": 3,
                "points": 60,
            },
        ],
        "ways": [],
    },
)

STARTERS = (CLUB, SHOP, MONTH)
