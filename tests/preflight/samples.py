"""A mail as small as it can be, and what a check says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tests.render.newsletter.samples import END, SITE, a_digest, a_post, composed
from veillee.model import ComposedEdition, ComposedSection, Edition, Kind, Parts, Post, SectionKind, Token, Variant
from veillee.preflight.finding import Finding
from veillee.preflight.links import SitePages
from veillee.preflight.mail import Mail, Sources
from veillee.preflight.page import LEAVING

EDITION = "digests/weekly/editions/2026-W47.md"
TEMPLATE, TEXT_TEMPLATE = "digests/weekly/newsletter.mjml", "digests/weekly/newsletter.txt"
POST = a_post("salle", kind=Kind.ANNOUNCEMENT, title="Nouvelle salle", summary="Dix postes dès lundi.")


def a_mail(
    html: str = "<p>Bonjour</p>",
    text: str = "Bonjour",
    *,
    lang: str = "fr",
    subject: str = "Une nuit",
    posts: tuple[Post, ...] = (),
    texts: dict[str, str] | None = None,
    has_way_out: bool = True,
    **changes: object,
) -> Mail:
    """A mail with a way out, unless it is to have none; `texts` are its sources by path."""
    out: Parts = ('<p><a href="', Token.UNSUBSCRIBE_URL, '">Partir</a></p>') if has_way_out else ()
    text_out: Parts = ("\nPartir\n", Token.UNSUBSCRIBE_URL) if has_way_out else ()
    variant = Variant("2026-W47", "weekly", lang, subject, (html, *out), (text, *text_out))
    sources = Sources(texts or {}, (TEMPLATE, "digests/shared/head.mjml"), TEXT_TEMPLATE, "content")
    return Mail(variant, an_edition(*posts, lang=lang, **changes), sources)


def an_edition(*posts: Post, lang: str = "fr", **changes: object) -> ComposedEdition:
    """An edition whose file names each post on a line of its own, from line 10 on."""
    lines = tuple((post.id, number) for number, post in enumerate(posts, start=10))
    edition = Edition("weekly", "2026-W47", END, END, (), source=EDITION, item_lines=lines)
    given = {"introduction_html": "", "introduction_text": "", **changes}
    whole = composed(ComposedSection(SectionKind.ANNOUNCEMENTS, posts), lang=lang, edition=edition, **given)
    return replace(whole, digest=a_digest(folder="digests/weekly"))


def some_pages(*known: str, files: Iterable[str] = (), is_built: bool = True, anchors: Iterable[str] = ()) -> SitePages:
    """The pages of a site, by their paths."""
    return SitePages(
        url=SITE,
        known=frozenset(f"{SITE}/{path}" for path in known),
        is_built=is_built,
        has_file=lambda path: path in set(files),
        anchors=lambda path: frozenset(anchors) or None,
    )


def said(findings: Iterable[Finding]) -> list[str]:
    """`severity where: what`, as people see it."""
    return [f"{one.severity} {one}" for one in findings]


def png(folder: Path, name: str, size: tuple[int, int]) -> Path:
    from PIL import Image

    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "#335577").save(path)
    return path


__all__ = ["EDITION", "LEAVING", "POST", "SITE", "TEMPLATE", "TEXT_TEMPLATE", "a_mail", "png", "said", "some_pages"]
