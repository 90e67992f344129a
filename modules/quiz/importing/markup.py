"""From the HTML or Markdown of a question bank to the plain text that the game shows."""

from __future__ import annotations

import html
import re

TAG_NAMES = (
    "a abbr article aside audio b big blockquote br center cite code col colgroup dd del dfn div dl dt em embed "
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label li mark nobr object ol "
    "p param picture pre q s samp script section small source span strike strong style sub sup svg table tbody td "
    "tfoot th thead tr track tt u ul var video"
).replace(" ", "|")
ATTRIBUTE = r"""\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=~{}]+))?"""
TAG = re.compile(rf"</?(?:{TAG_NAMES})(?:{ATTRIBUTE})*\s*/?>", re.I)
BREAK = re.compile(r"<br|</?(?:p|div|li|tr|h\d|ul|ol|blockquote|pre|dt|dd|hr)\b", re.I)
HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)", re.I | re.S)
MEDIA = re.compile(r"<(?:img|audio|video|iframe|object|embed|svg|source)\b", re.I)
MARKDOWN_PICTURE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
MARKDOWN_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)")
MARKDOWN_MARKS = re.compile(r"(\*\*|__|(?<!\w)[*_]|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
MARKDOWN_LINE = re.compile(r"^[ ]{0,3}(?:#{1,6} |> )", re.M)
#: A longer text is no question; it is left as it is and refused for its length.
LONGEST_CLEANED = 50_000
FORMULA = re.compile(r"\$\$|\\\(|\\\[|\\frac|\\sqrt")


def plain(text: str, markup: str) -> str:
    """Return the words of *text*, which is in ``html``, ``moodle``, ``markdown`` or ``plain``."""
    if len(text) > LONGEST_CLEANED:
        return text
    if markup != "plain":
        text = HIDDEN.sub("", text)
        text = TAG.sub(lambda tag: "\n" if BREAK.match(tag.group()) else "", text)
        text = html.unescape(text)
    if markup == "markdown":
        text = MARKDOWN_LINK.sub(r"\1", MARKDOWN_PICTURE.sub(r"\1", text))
        text = MARKDOWN_LINE.sub("", MARKDOWN_MARKS.sub(r"\2", MARKDOWN_MARKS.sub(r"\2", text)))
    lines = (" ".join(line.replace("\0", "").split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def has_media(text: str, markup: str) -> bool:
    """Say whether the text holds a picture, a sound or a film, which the plain text loses."""
    picture = markup == "markdown" and MARKDOWN_PICTURE.search(text)
    return bool(markup != "plain" and MEDIA.search(text)) or bool(picture)


def has_formula(text: str) -> bool:
    """Say whether the text holds a TeX formula, which the plain text shows as it is typed."""
    return bool(FORMULA.search(text))
