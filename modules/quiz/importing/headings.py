"""Understanding the headings of a question table, in French or English and in the layouts of well-known quiz tools."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: What a column holds ← the words its heading may use, once accents, signs and numbers are gone.
NAMES: Mapping[str, tuple[str, ...]] = {
    "question": (
        "question",
        "questions",
        "question text",
        "texte de la question",
        "texte question",
        "intitule",
        "intitule de la question",
        "enonce",
        "libelle",
        "prompt",
        "question title",
        "titre de la question",
        "question stem",
        "stem",
        "q",
        "la question",
        "title text",
    ),
    "kind": ("type", "question type", "type de question", "kind", "qtype", "format"),
    "right": (
        "correct",
        "correct answer",
        "correct answers",
        "right",
        "right answer",
        "right answers",
        "bonne reponse",
        "bonnes reponses",
        "reponse correcte",
        "reponses correctes",
        "reponse juste",
        "bonne",
        "juste",
        "vrai",
        "solution",
        "solutions",
        "correct option",
        "correct options",
        "correct choice",
        "correct index",
        "correctanswer",
        "correct letter",
        "reponse exacte",
        "answer key",
        "key",
        "cle",
        "correct answer index",
        "right option",
        "lettre de la bonne reponse",
        "numero de la bonne reponse",
        "correct answer number",
        "bonne s reponse s",
        "correct answer s",
        "correctanswer index",
        "index de la bonne reponse",
        "reponse s correcte s",
        "bonne lettre",
        "lettre correcte",
        "correct number",
    ),
    "wrong": (
        "wrong",
        "wrong answer",
        "wrong answers",
        "incorrect",
        "incorrect answer",
        "incorrect answers",
        "false",
        "faux",
        "fausse",
        "mauvaise",
        "mauvaise reponse",
        "mauvaises reponses",
        "reponse fausse",
        "fausse reponse",
        "distractor",
        "distractors",
        "distracteur",
        "reponse incorrecte",
        "incorrecte",
        "mauvaise proposition",
        "leurre",
    ),
    "option": (
        "answer",
        "reponse",
        "option",
        "choice",
        "choix",
        "proposition",
        "answers",
        "reponses",
        "options",
        "choices",
        "propositions",
        "answer option",
        "option text",
        "possible answer",
        "alternative",
        "reponse possible",
        "answer choice",
        "texte de la reponse",
    ),
    "explanation": (
        "explanation",
        "explication",
        "explications",
        "explanations",
        "feedback",
        "rationale",
        "answer explanation",
        "justification",
        "commentaire",
        "comment",
        "general feedback",
        "le saviez vous",
        "did you know",
        "explanation text",
        "retour",
        "remarque",
        "note",
    ),
    "points": ("points", "point", "score", "bareme", "marks", "mark", "point value", "nb points"),
    "seconds": (
        "time limit",
        "time",
        "time in seconds",
        "time limit sec",
        "seconds",
        "secondes",
        "temps",
        "duree",
        "timer",
        "chrono",
        "temps limite",
        "temps en secondes",
        "limite de temps",
        "duree en secondes",
        "time limit seconds",
        "time sec",
        "duree s",
        "temps s",
        "temps sec",
    ),
    "picture": (
        "image",
        "picture",
        "photo",
        "image link",
        "media",
        "image url",
        "illustration",
        "visuel",
        "question image",
        "lien image",
        "url image",
        "question media",
        "image link url",
        "lien de l image",
        "title image",
    ),
}
ROLES = {name: role for role, names in NAMES.items() for name in names}
LANGUAGE = re.compile(r"(?:^|[ _\-(/])(fr|en|francais|french|anglais|english)\)?$")
LANGUAGES = {
    "fr": "fr",
    "francais": "fr",
    "french": "fr",
    "en": "en",
    "anglais": "en",
    "english": "en",
}
#: Instructions that templates put after the name of a column.
INSTRUCTION = re.compile(r"\s+[-–—:]\s.*$|\s*[(\[].*[)\]]\s*$|[*:?]+\s*$", re.S)
#: The number or letter at the end of “answer 2”, “answer_b”, “answerB”.
PLACE = re.compile(r"(?:^|[ _.\-])?(\d{1,2}|[a-j])$")
LONGEST_HEADING = 200


@dataclass(frozen=True)
class Column:
    """What one column holds: its role, its place among columns of that role, its language if said."""

    number: int
    role: str
    place: int
    language: str | None
    heading: str


def columns(cells: Sequence[str]) -> list[Column]:
    """The columns that a row of headings names; columns nobody knows have the role ``other``."""
    found = [
        _column(number, cell[:LONGEST_HEADING]) for number, cell in enumerate(cells) if cell.strip()
    ]
    return _with_single_answer(found)


def are_headings(found: Sequence[Column]) -> bool:
    """Say whether these columns make a table of questions."""
    roles = {column.role for column in found}
    return "question" in roles and bool(roles & {"right", "wrong", "option"})


def _column(number: int, heading: str) -> Column:
    text = _folded(INSTRUCTION.sub("", heading.strip()) or heading)
    language = LANGUAGE.search(_folded(heading))
    spoken = LANGUAGES[language.group(1)] if language else None
    if language and text.endswith(language.group(1)):
        text = text[: -len(language.group(1))]
    name, place = _words(text), 0
    if name not in ROLES:
        ending = PLACE.search(text.strip(" _-.("))
        if ending:
            name = _words(text.strip(" _-.(")[: ending.start()])
            place = int(ending[1]) if ending[1].isdigit() else ord(ending[1]) - ord("a") + 1
            if not name:
                return Column(number, _bare(ending[1]), place, spoken, heading)
    if name not in ROLES:
        inner = re.sub(r"\d+", " ", name)
        place = int((re.findall(r"\d+", name) or ["0"])[0])
        name = _words(inner)
    return Column(number, ROLES.get(name, "other"), place, spoken, heading)


def _bare(sign: str) -> str:
    """A column headed by a letter alone is an answer to choose; by ``q`` alone, the question."""
    if sign == "q":
        return "question"
    return "option" if sign in "abcdefghij" else "other"


def _with_single_answer(found: list[Column]) -> list[Column]:
    """A lone “answer” column is the right answer, unless another column says which one is right."""
    options = [column for column in found if column.role == "option"]
    has_right = any(column.role == "right" for column in found)
    languages = {column.language for column in options}
    if has_right or not options:
        return found
    unnumbered = [column for column in options if column.place == 0]
    if len(options) == len(languages) or (unnumbered and len(unnumbered) < len(options)):
        alone = options if len(options) == len(languages) else unnumbered
        return [
            Column(c.number, "right", 0, c.language, c.heading) if c in alone else c for c in found
        ]
    return found


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'")


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
