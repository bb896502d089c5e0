"""A member: somebody who writes, asks and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from veillee.model.post import Image


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled link; the URL's scheme is on the allow-list."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the community; `id` is the file's name, `html` the sanitised bio, `url` the member's page.

    `roles` and `bios` may differ by language: (language, text) pairs, the first being the default.
    """

    id: str
    name: str
    url: str
    roles: tuple[tuple[str, str], ...] = ()
    bios: tuple[tuple[str, str], ...] = ()  # (language, sanitised HTML)
    joined: date | None = None
    links: tuple[Link, ...] = ()
    avatar: Image | None = None
    languages: tuple[str, ...] = ()
    feed: str | None = None
    source: str = ""

    def role_in(self, lang: str) -> str:
        return _in_language(self.roles, lang)

    def bio_in(self, lang: str) -> str:
        return _in_language(self.bios, lang)

    @property
    def initials(self) -> str:
        """One or two capital letters, for a member without a picture."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def _in_language(texts: tuple[tuple[str, str], ...], lang: str) -> str:
    by_lang = dict(texts)
    return by_lang.get(lang) or (texts[0][1] if texts else "")
