"""A mail as the checks see it: a variant, read once, and where each thing in it was written."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from veillee.model import ComposedEdition, Post, Variant
from veillee.preflight.addresses import parts_of
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.page import Page, joined, read_page

Place = tuple[str, int]
"""A path as its owner knows it, and a line; 0 where none can be named."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts that a mail is made from, by path, so that a finding can name the line.

    `templates` are the paths of the templates, the first one that of the HTML; `content` is the folder of the posts.
    """

    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    templates: tuple[str, ...] = ("newsletter.mjml",)
    text_template: str = "newsletter.txt"
    content: str = "content"

    def place_of(self, needle: str, paths: tuple[str, ...]) -> Place | None:
        """The first line in these files that holds a text; None where none does."""
        for path in paths:
            at = self.texts.get(path, "").find(needle) if needle else -1
            if at >= 0:
                return path, self.texts[path].count("\n", 0, at) + 1
        return None

    def in_templates(self, *needles: str) -> Place:
        """The line of a template that holds one of the texts, else the template itself."""
        for needle in needles:
            if found := self.place_of(needle, self.templates):
                return found
        return self.templates[0], 0


@dataclass(frozen=True)
class Mail:
    """One variant under examination."""

    variant: Variant
    composed: ComposedEdition
    sources: Sources = field(default_factory=Sources)

    @property
    def lang(self) -> str:
        return self.variant.lang

    @property
    def edition_path(self) -> str:
        return self.composed.edition.source or f"{self.variant.digest_id}/{self.variant.edition_id}"

    @cached_property
    def html(self) -> str:
        return joined(self.variant.html)

    @cached_property
    def text(self) -> str:
        return joined(self.variant.text)

    @cached_property
    def page(self) -> Page:
        return read_page(self.html)

    def finding(
        self, severity: Severity, check: Check, place: Place, found: str, allowed: str = "", todo: str = ""
    ) -> Finding:
        """A finding that concerns this variant."""
        path, line = place
        return Finding(severity, check, path, found, allowed, todo, line, (self.lang,))

    def place_of_post(self, post: Post) -> Place:
        """The line of the edition that names a post."""
        return self.edition_path, self.composed.edition.line_of(post.id)

    def file_of_post(self, post: Post) -> str:
        return f"{self.sources.content}/{post.source}"

    def post_with_url(self, url: str) -> Post | None:
        """The post that stands at an address, or whose picture or link it is."""
        return next((post for post in self.composed.posts if url in _addresses(post)), None)

    def post_saying(self, words: str) -> Post | None:
        """The post in whose own words a text stands."""
        return next((post for post in self.composed.posts if any(words in text for text in _texts(post))), None)

    def place_of_url(self, url: str) -> Place:
        """Where an address was written: by a post, in the edition's own text, else in a template."""
        if post := self.post_with_url(url):
            return self.place_of_post(post)
        if html.escape(url) in self.composed.introduction_html or url in self.composed.introduction_html:
            typed = (url, parts_of(url).path.lstrip("/"))  # a path of the site was made whole
            found = (self.sources.place_of(one, (self.edition_path,)) for one in typed)
            return next(filter(None, found), (self.edition_path, 0))
        return self.sources.in_templates(url)

    def place_of_words(self, words: str) -> Place:
        """Where a text was written."""
        if post := self.post_saying(words):
            return self.place_of_post(post)
        return self.sources.place_of(
            words, (self.edition_path, *self.sources.templates, self.sources.text_template)
        ) or (
            self.edition_path,
            0,
        )


def _addresses(post: Post) -> tuple[str, ...]:
    others = tuple(url for _, url in post.translations)
    return (post.url, *others, post.image.url if post.image else "", post.link or "")


def _texts(post: Post) -> tuple[str, ...]:
    answers = tuple(answer.text for answer in post.answers)
    return (post.title, post.summary, post.text, post.teaser or "", *answers)
