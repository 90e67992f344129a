"""Texts in French and English: English sentences in the code, French in flat ``texts/fr.po`` files loaded at boot.

No compile step and no binary file: every package that speaks keeps its own ``texts/fr.po`` beside its code.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.pofile import read_po
from babel.support import LazyProxy, Translations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LOCALES = ("fr", "en")
DEFAULT_LOCALE = "fr"
#: Parsed once: Flask-Babel would look each language up on the disk at every request.
_LOCALES = {code: Locale.parse(code) for code in LOCALES}


class _PackageTexts(Domain):
    """A Flask-Babel domain whose catalogue is merged from the packages' ``texts/fr.po`` files."""

    def get_translations(self) -> Translations:
        return catalogue(language())


domain = _PackageTexts()


@lru_cache
def catalogue(locale: str) -> Translations:
    """Return the merged catalogue of a language; English is the source language and has an empty one."""
    translations = Translations()
    translations._catalog = {}
    translations.plural = lambda n: int(n > 1)
    for file in po_files(locale):
        with file.open("rb") as source:
            for message in read_po(source, locale=locale):
                if not message.id or not message.string:
                    continue
                if isinstance(message.id, tuple | list):
                    for number, form in enumerate(message.string):
                        translations._catalog[(message.id[0], number)] = form
                else:
                    translations._catalog[message.id] = str(message.string)
    return translations


def po_files(locale: str) -> list[Path]:
    """Return the catalogue files of a language: the core's packages, then the modules'."""
    core = Path(__file__).parent.parent
    modules = core.parent / "modules"
    return sorted(core.rglob(f"texts/{locale}.po")) + sorted(modules.glob(f"*/texts/{locale}.po"))


def translate(message: str, **facts: Any) -> str:
    """Return *message* in the language of the request (or of the enclosing ``force_locale``)."""
    return str(domain.gettext(message, **facts))


def translate_plural(one: str, many: str, number: int, **facts: Any) -> str:
    """Return the singular or plural sentence for *number*, in the language of the request."""
    return str(domain.ngettext(one, many, number, **facts))


def lazy_text(message: str) -> LazyProxy:
    """Mark a sentence of a declaration; it is translated when it is shown."""
    return LazyProxy(_translate_anywhere, message, enable_cache=False)


def _translate_anywhere(message: str) -> str:
    """Translate where an application is at hand; elsewhere (imports, schemas, docs) declarations stay in English."""
    return domain.gettext(message) if has_app_context() else message


def language() -> str:
    """Return the language of this request, ``fr`` or ``en``."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT_LOCALE


def choose_locale() -> Locale:
    """The language of this request: ``?lang=``, then the remembered one, then the browser's, then French."""
    return _LOCALES[_chosen()]


def _chosen() -> str:
    if not has_request_context():
        return DEFAULT_LOCALE
    asked = (request.query_string and request.args.get("lang")) or g.get("locale")
    headers = request.environ
    if not asked and "HTTP_COOKIE" in headers:
        asked = request.cookies.get("lang")
    return (
        str(asked)
        if asked in LOCALES
        else _preferred(headers.get("HTTP_ACCEPT_LANGUAGE", "")[:200])
    )


@lru_cache(maxsize=512)
def _preferred(accepted: str) -> str:
    """The one of our languages that an ``Accept-Language`` header likes best; browsers send only a few such headers."""
    return parse_accept_header(accepted, LanguageAccept).best_match(LOCALES) or DEFAULT_LOCALE


def init_app(app: Flask) -> None:
    """Install Flask-Babel with our catalogues, and the Jinja functions ``_``, ``gettext`` and ``ngettext``."""
    Babel(app, locale_selector=choose_locale, default_locale=DEFAULT_LOCALE, configure_jinja=False)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message, **facts: translate(message, **facts),
        ngettext=lambda one, many, n, **facts: translate_plural(one, many, n, **facts),
        newstyle=True,
    )
