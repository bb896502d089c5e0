"""The digests of a site: settings and a community -> definitions, editions, and editions ready to be shown.

The one place where the pages, the feeds, the checks and the digest commands get their editions from. A site
without definitions of its own uses those that come with Veillée; its editions are in its own folder all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from veillee.config import SiteSettings
from veillee.editorial.compose import compose_edition, faults_of, find_lost_items
from veillee.editorial.periods import period_named
from veillee.errors import ContentError, Fault, UsageError, nearest
from veillee.model.address import AddressError, parse_address
from veillee.model.community import Community
from veillee.model.edition import ComposedEdition, Digest, Edition, Mailbox
from veillee.render.markdown import render_markdown
from veillee.shipped import digests_folder
from veillee.shown import shown_path
from veillee.site.archive import Archive
from veillee.site.run import Run
from veillee.sources.digests import FILE_NAME, DigestRules, DigestsRead, read_digests
from veillee.sources.editions import FOLDER, read_editions

NO_SENDER = "veillee@site.example"
"""Stands in for a sender where neither the digest nor the site's address names one. No mail reaches it."""

_LINK_MARKS = ("{filename}", "|filename|", "{static}", "|static|")


@dataclass(frozen=True, slots=True)
class EditionsRead:
    """What stands in the digests folder: `editions` are all that have a file, shown or not, oldest first.

    `faults` are those of the files themselves; whether the posts are there is asked when an edition is composed.
    """

    digests: tuple[Digest, ...] = ()
    editions: tuple[Edition, ...] = ()
    faults: tuple[Fault, ...] = ()
    are_shipped: bool = False  # the site has no definitions, these are Veillée's own

    def digest(self, digest_id: str) -> Digest:
        """The digest with this id; raises what is wrong with the definitions, or UsageError where there is none."""
        found = next((digest for digest in self.digests if digest.id == digest_id), None)
        if found is not None:
            return found
        broken = [fault for fault in self.faults if Path(fault.path).parent.name == digest_id]
        if broken:
            raise ContentError(faults=broken)
        known = self.digest_ids
        near = nearest(digest_id, known)
        hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(known) or 'none'}"
        raise UsageError(f'there is no digest "{digest_id}"; {hint}')

    @property
    def digest_ids(self) -> tuple[str, ...]:
        """Every digest that has a folder with something in it, also where its definition cannot be used."""
        broken = (Path(fault.path).parent.name for fault in self.faults if Path(fault.path).name == FILE_NAME)
        return tuple(sorted({*(digest.id for digest in self.digests), *broken}))

    def editions_of(self, digest_id: str) -> tuple[Edition, ...]:
        """Oldest first."""
        return tuple(one for one in self.editions if one.digest_id == digest_id)

    def faults_of(self, digest_id: str) -> tuple[Fault, ...]:
        """What is wrong with a digest's definition, and with its editions' files."""
        folders = ((Path(fault.path).parent, fault) for fault in self.faults)
        return tuple(fault for folder, fault in folders if digest_id in (folder.name, folder.parent.name))

    def edition(self, digest_id: str, edition_id: str | None = None) -> Edition:
        """An edition by its name, or the newest one; raises ContentError or UsageError where there is none."""
        editions = self.editions_of(self.digest(digest_id).id)
        found = [one for one in editions if edition_id in (one.id, None)]
        if found:
            return found[-1]
        broken = [one for one in self.faults if Path(one.path).stem == edition_id or edition_id is None]
        if broken:
            raise ContentError(faults=broken)
        what = f'no edition "{edition_id}" of {digest_id}' if edition_id else f"no edition of {digest_id} yet"
        raise UsageError(f"there is {what}; make it with: veillee digest draft {digest_id}")


def read_editions_for_site(settings: SiteSettings, community: Community) -> Archive:
    """Definitions, and editions composed for the archive; never raises for content.

    An item that is gone is a fault, and its edition is shown without it.
    """
    read = read_digests_and_editions(settings, community)
    faults = list(read.faults)
    notes: list[str] = []
    composed: list[ComposedEdition] = []
    digests = {digest.id: digest for digest in read.digests}
    for edition in sorted(read.editions, key=lambda one: (one.period_end, one.digest_id), reverse=True):
        faults.extend(faults_of(edition, community, for_sending=False))
        if edition.period_end <= community.now:
            notes.extend(_notes(edition, community))
            whole = _without_gone(edition, community)
            composed.extend(compose_languages(whole, digests[edition.digest_id], community, for_sending=False))
    return Archive(read.digests, read.editions, tuple(composed), tuple(faults), tuple(notes))


def editions_of_run(run: Run, community: Community) -> Archive:
    """The same for one run, read once for all who ask: pages, feeds; its faults and notes go to the run."""
    if run.archive is None:
        run.archive = read_editions_for_site(run.site, community)
        run.record(run.archive.faults)
        for note in run.archive.notes:
            run.note(note)
    return run.archive


def read_digests_and_editions(settings: SiteSettings, community: Community) -> EditionsRead:
    """What the digests folder holds, as the digest commands need it; never raises for content."""
    definitions, are_shipped = _read_definitions(settings, community)
    editions: list[Edition] = []
    faults = list(definitions.faults)
    for digest in definitions.digests:
        folder = editions_folder(settings, digest.id)
        read = read_editions(digest, folder, shown=shown_path(folder), period_named=period_named)
        editions.extend(read.editions)
        faults.extend(read.faults)
    editions.sort(key=lambda one: (one.period_end, one.digest_id, one.id))
    return EditionsRead(definitions.digests, tuple(editions), tuple(faults), are_shipped)


def compose_languages(
    edition: Edition, digest: Digest, community: Community, *, for_sending: bool = True
) -> tuple[ComposedEdition, ...]:
    """The edition in each language of its digest, in that order; raises ContentError as `compose_edition` does."""
    return tuple(
        compose_language(edition, digest, community, lang=lang, for_sending=for_sending) for lang in digest.languages
    )


def compose_language(
    edition: Edition, digest: Digest, community: Community, *, lang: str, for_sending: bool = True
) -> ComposedEdition:
    """The edition in one language; raises ContentError as `compose_edition` does."""

    def render_introduction(text: str, lang: str) -> tuple[str, str]:
        rendered = render_markdown(text, lang=lang, rewrite_url=lambda url: link_target(url, lang, community))
        return rendered.html, rendered.text

    return compose_edition(
        edition, digest, community, lang=lang, render_introduction=render_introduction, for_sending=for_sending
    )


def editions_folder(settings: SiteSettings, digest_id: str) -> Path:
    """Where the editions of a digest lie, also of one that came with Veillée."""
    return settings.digests / digest_id / FOLDER


def link_target(url: str, lang: str, community: Community) -> str:
    """Where a link of an introduction leads, absolute: mail has no page to be relative to."""
    mark = next((mark for mark in _LINK_MARKS if url.startswith(mark)), None)
    if mark is None:
        return urljoin(f"{community.url}/", url) if community.url else url
    path = url.removeprefix(mark).lstrip("/")
    post_id = next((post.id for post in community.posts if post.source == path), None)
    post = community.post(post_id, lang) if post_id else None
    return post.url if post else f"{community.url}/{path}"


def _read_definitions(settings: SiteSettings, community: Community) -> tuple[DigestsRead, bool]:
    """The site's definitions, or those that come with Veillée where the site has none at all."""
    folder = settings.digests
    are_shipped = not any(folder.glob(f"*/{FILE_NAME}"))
    if are_shipped:
        folder = digests_folder()
    rules = DigestRules(languages=community.languages, timezone=community.timezone, sender=_usual_sender(community))
    return read_digests(folder, shown=shown_path(folder), rules=rules), are_shipped


def _usual_sender(community: Community) -> Mailbox:
    """The site's name at the site's host, where that may stand in an address: `localhost` may not."""
    address = f"veillee@{urlsplit(community.url).hostname or ''}"
    try:
        parse_address(address)
    except AddressError:
        address = NO_SENDER
    return Mailbox(community.title or "Veillée", address)


def _without_gone(edition: Edition, community: Community) -> Edition:
    gone = {item.post_id for item in find_lost_items(edition, community) if item.is_gone}
    if not gone:
        return edition
    sections = (
        replace(section, post_ids=tuple(post_id for post_id in section.post_ids if post_id not in gone))
        for section in edition.sections
    )
    return replace(edition, sections=tuple(sections))


def _notes(edition: Edition, community: Community) -> Iterator[str]:
    for item in find_lost_items(edition, community):
        if not item.is_gone:
            place = f"{edition.source}:{item.line}" if item.line else edition.source
            yield f'{place}: "{item.post_id}" is left out of the archive: {item.reason}'
