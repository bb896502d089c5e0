"""Whether the newsletters of a site can be rendered: templates, tried out on every kind of section -> faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from veillee.errors import ContentError, Fault
from veillee.model.community import Community
from veillee.model.edition import ComposedEdition, ComposedSection, Digest, Edition, SectionKind
from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter import find_template_faults, render_variant
from veillee.site.archive import Archive
from veillee.sources.newsletters import read_templates

_SAMPLE_POSTS = 3


def find_newsletter_faults(editions: Archive, community: Community) -> tuple[Fault, ...]:
    """What keeps a digest's mails from being rendered, each digest tried with samples and with its newest edition."""
    return tuple(sorted({fault for digest in editions.digests for fault in _faults_of(digest, editions, community)}))


def _faults_of(digest: Digest, editions: Archive, community: Community) -> Iterator[Fault]:
    try:
        templates = read_templates(Path(digest.folder))
    except ContentError as error:
        yield from error.faults
        return
    faults = find_template_faults(templates)
    yield from faults
    if faults or not community.url:  # a site without an address builds, and cannot mail
        return
    for composed in (*_samples(digest, community), *_newest(digest, editions)):
        yield from _faults_in(composed, community, templates)


def _faults_in(composed: ComposedEdition, community: Community, templates: NewsletterTemplates) -> tuple[Fault, ...]:
    try:
        render_variant(composed, community=community, templates=templates)
    except ContentError as error:
        return error.faults
    return ()


def _newest(digest: Digest, editions: Archive) -> tuple[ComposedEdition, ...]:
    """The digest's newest edition that is shown, in each language."""
    own = [composed for composed in editions.composed if composed.digest.id == digest.id]
    return tuple(composed for composed in own if composed.edition.id == own[0].edition.id)


def _samples(digest: Digest, community: Community) -> Iterator[ComposedEdition]:
    """An edition that nobody will send, with every kind of section, so that every part of a template is run once."""
    edition = Edition(digest.id, "sample", community.now - timedelta(days=7), community.now, (), source=digest.folder)
    for lang in digest.languages:
        posts = community.posts_in(lang)[:_SAMPLE_POSTS]
        yield ComposedEdition(
            digest=digest,
            edition=edition,
            lang=lang,
            title=digest.title_in(lang),
            subject=digest.title_in(lang),
            url=f"{community.url}/",
            introduction_html="<p>…</p>",
            introduction_text="…",
            sections=tuple(ComposedSection(kind, posts, ("…",)) for kind in SectionKind),
        )
