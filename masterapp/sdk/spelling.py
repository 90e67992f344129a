"""Comparing what a fan typed with what is right: accents, case, articles, slips do not matter."""

from __future__ import annotations

import unicodedata

#: Words that may open an answer in French or English without being part of it.
ARTICLES = frozenset({"l", "le", "la", "les", "un", "une", "des", "du", "d", "the", "a", "an"})
#: Letters that Unicode does not take apart, and their usual spelling.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
#: A shorter answer must be right to the letter; a longer one is forgiven one slip per so many.
LETTERS_PER_SLIP = 4


def plain_text(text: str) -> str:
    """Return *text* without case, accents, punctuation and opening article."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    letters = (c for c in folded if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in letters).split()
    while len(words) > 1 and words[0] in ARTICLES:
        del words[0]
    return " ".join(words)


def same_text(given: str, accepted: str, slips: int = 0) -> bool:
    """Say whether *given* means *accepted*, forgiving up to *slips* typing slips.

    A slip is a letter missing, added or changed, or two swapped. Short answers are forgiven less:
    one slip needs four letters, two need eight. Digits are never forgiven, because 1998 is not a
    slip of 1999. An answer made of signs alone is compared as it is.
    """
    ours, theirs = plain_text(accepted), plain_text(given)
    if not ours:
        return accepted.strip() == given.strip() != ""
    if ours == theirs:
        return True
    if _digits(ours) != _digits(theirs):
        return False
    ours, theirs = ours.replace(" ", ""), theirs.replace(" ", "")
    return _within(ours, theirs, min(slips, len(ours) // LETTERS_PER_SLIP))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _within(ours: str, theirs: str, most: int) -> bool:
    """Say whether the two texts are at most *most* slips apart (optimal string alignment)."""
    if abs(len(ours) - len(theirs)) > most:
        return False
    before: list[int] = []
    above = list(range(len(theirs) + 1))
    for i, our_letter in enumerate(ours, 1):
        row = [i]
        for j, letter in enumerate(theirs, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (our_letter != letter))
            if i > 1 and j > 1 and our_letter == theirs[j - 2] and ours[i - 2] == letter:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, above = above, row
    return above[-1] <= most
