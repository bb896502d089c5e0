"""Where things stand on the site: the path of every page that is ours, in each language.

The default language has no prefix; the others stand below their code (`en/questions/index.html`).
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Place(StrEnum):
    """A page of the site that is not a post; the value is its path, `{key}` what it is about."""

    HOME = "index.html"
    STORIES = "stories/index.html"
    ANNOUNCEMENTS = "announcements/index.html"
    QUESTIONS = "questions/index.html"
    QUESTIONS_OPEN = "questions/open.html"
    QUESTIONS_ANSWERED = "questions/answered.html"
    BUZZ = "buzz/index.html"
    KNOWLEDGE = "knowledge/index.html"
    MEMBERS = "members/index.html"
    MEMBER = "members/{key}.html"
    TAGS = "tags/index.html"
    TAG = "tags/{key}.html"
    ARCHIVES = "archives/index.html"
    PERIOD = "archives/{key}.html"  # `2026` or `2026/11`
    DIGESTS = "digests/index.html"
    DIGEST = "digests/{key}/index.html"  # `weekly`
    EDITION = "digests/{key}.html"  # `weekly/2026-W47`
    FEEDS = "feeds/index.html"
    STYLE = "style/index.html"
    SEARCH = "search/index.html"
    LIVE = "live/index.html"
    NOT_FOUND = "404.html"


def page_path(place: Place, lang: str, *, default_lang: str, key: str = "", page_number: int = 1) -> str:
    """The output path of a place in a language, with `/`, no slash in front.

    The second page of a list ends in `-2.html` instead (`questions/index-2.html`).
    """
    path = place.value.format(key=key)
    if page_number > 1:
        path = path.removesuffix(".html") + f"-{page_number}.html"
    return path if lang == default_lang else f"{lang}/{path}"


def activity_path(lang: str, *, default_lang: str) -> str:
    """The output path of what the live page asks for again and again; it stands beside that page."""
    folder = page_path(Place.LIVE, lang, default_lang=default_lang).rpartition("/")[0]
    return f"{folder}/activity.json"


def feed_path(scope: str, form: str) -> str:
    """The output path of a feed: scope `all`, `streams/buzz`, `tags/sql`, ...; form `rss.xml`, `atom.xml`, `json`."""
    return f"feeds/{scope}.{form}"


def calendar_path(lang: str, *, default_lang: str) -> str:
    """The output path of the calendar of everything that the community invites to, in a language."""
    return feed_path("events" if lang == default_lang else f"events/{lang}", "ics")


def calendar_url(url: str) -> str:
    """The address of the calendar file beside a post's page."""
    return f"{url.removesuffix('.html').removesuffix('/')}.ics"


_NO_WORD = re.compile(r"[^a-z0-9]+")
_SPELLED_OUT = {"+": " plus ", "#": " sharp ", "&": " and ", "@": " at ", "œ": "oe", "æ": "ae", "ß": "ss"}
_LETTERS = str.maketrans(_SPELLED_OUT)


@lru_cache(maxsize=10_000)
def slug_of(text: str) -> str:
    """A name as a part of a URL: lower case, Latin accents dropped, other scripts kept, words joined by `-`.

    Empty where the text has neither letters nor digits.
    """
    spelled = text.lower().translate(_LETTERS)
    if spelled.isascii():
        return _NO_WORD.sub("-", spelled).strip("-")
    plain = (char for char in unicodedata.normalize("NFKD", spelled) if not _is_latin_accent(char))
    words = "".join(char if _belongs_to_a_word(char) else " " for char in plain).split()
    return unicodedata.normalize("NFC", "-".join(words))


def _is_latin_accent(char: str) -> bool:
    return "\u0300" <= char <= "\u036f"


def _belongs_to_a_word(char: str) -> bool:
    """Letters, digits, and the marks without which Hindi or Arabic words fall apart."""
    return char.isalnum() or unicodedata.category(char).startswith("M")
