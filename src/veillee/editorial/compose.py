"""Composing: an edition as its file says, and the community -> the edition with its posts, in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from veillee.editorial.withdrawal import said_withdrawal
from veillee.errors import ContentError, Fault, nearest
from veillee.languages import language
from veillee.model.community import Community
from veillee.model.edition import ComposedEdition, ComposedSection, Digest, Edition, Section, SectionKind
from veillee.model.places import Place, page_path
from veillee.model.post import Post, Status

PLACEHOLDERS: dict[str, str] = {
    "title": "the digest's title",
    "story": "the title of the story of the week, or of the first item where there is none",
    "date": "the day on which the edition appears",
    "count": "how many items it carries",
}
"""What a subject may hold between braces."""

_NO_BREAK_SPACES = "\u00a0\u202f"

RenderText = Callable[[str, str], tuple[str, str]]
"""Markdown and a language -> sanitised HTML and plain text."""


@dataclass(frozen=True, slots=True)
class LostItem:
    """A post that an edition names and that cannot be shown; `is_gone` where nothing has this id any more."""

    post_id: str
    line: int
    reason: str
    is_gone: bool


def compose_edition(
    edition: Edition,
    digest: Digest,
    community: Community,
    *,
    lang: str,
    render_introduction: RenderText,
    for_sending: bool = True,
) -> ComposedEdition:
    """The edition in one language: each post in its best version, subject and title filled in.

    Raises ContentError, naming the edition's file and line, where an item is gone; `for_sending` also where one
    was withdrawn since (expired, hidden, a draft again). Without it, as for the archive, such items are left out.
    """
    faults = faults_of(edition, community, for_sending=for_sending)
    if faults:
        raise ContentError(faults=faults)
    sections = tuple(
        composed
        for section in edition.sections
        if (composed := _compose_section(section, community, lang)).posts or composed.lines
    )
    day = language(lang).format_date(edition.period_end, timezone=digest.schedule.timezone)
    moment = f"{day}, {_hour(edition, digest, lang)}" if digest.schedule.is_instant else day
    introduction = dict(edition.introductions).get(lang, "")
    html, text = render_introduction(introduction, lang) if introduction.strip() else ("", "")
    path = page_path(Place.EDITION, lang, default_lang=community.language, key=f"{edition.digest_id}/{edition.id}")
    return ComposedEdition(
        digest=digest,
        edition=edition,
        lang=lang,
        title=f"{digest.title_in(lang)} · {moment}",
        subject=_subject(edition, digest, sections, lang=lang, day=day),
        url=f"{community.url}/{path}",
        introduction_html=html,
        introduction_text=text,
        sections=sections,
    )


def faults_of(edition: Edition, community: Community, *, for_sending: bool) -> tuple[Fault, ...]:
    """What its author must mend before the edition can be shown, or sent."""
    known = sorted({post.id for post in community.posts})
    return tuple(
        _fault(edition, item, known) for item in find_lost_items(edition, community) if item.is_gone or for_sending
    )


def find_lost_items(edition: Edition, community: Community) -> tuple[LostItem, ...]:
    """The posts that the edition names and that cannot be shown at this instant, each once, with the reason."""
    reasons = _reasons(community)
    scheduled = {post.id for post in community.scheduled}
    lost: dict[str, LostItem] = {}
    for section in edition.sections:
        for post_id in section.post_ids:
            is_teased = section.kind is SectionKind.TEASER and post_id in scheduled
            if not is_teased and not _shown(community, post_id):
                reason = reasons.get(post_id, "there is no such post")
                item = LostItem(post_id, edition.line_of(post_id), reason, is_gone=post_id not in reasons)
                lost.setdefault(post_id, item)
    return tuple(lost.values())


def _reasons(community: Community) -> dict[str, str]:
    """Why posts that exist are not shown."""
    over = {post.id: "it has expired" for post in community.posts}
    coming = {
        post.id: f"it appears on {post.published_at.astimezone(community.timezone):%Y-%m-%d %H:%M}"
        for post in community.scheduled
    }
    withdrawn = {post_id: said_withdrawal(reason) for post_id, reason in community.withdrawn}
    return {**over, **coming, **withdrawn}


def _shown(community: Community, post_id: str, lang: str | None = None) -> Post | None:
    post = community.post(post_id, lang)
    return post if post and post.status is Status.PUBLISHED and not post.is_expired(community.now) else None


def _fault(edition: Edition, item: LostItem, known: list[str]) -> Fault:
    found = f'"{item.post_id}" cannot be shown: {item.reason}'
    near = _meant(item.post_id, known) if item.is_gone else None
    if near:
        todo = f'did you mean "{near}"?'
    else:
        todo = "take the line out, or correct the id" if item.is_gone else "take the line out"
    return Fault(edition.source, item.line, found, "ids of posts that are published", todo)


def _meant(typed: str, known: list[str]) -> str | None:
    """The id that `typed` is most likely a slip of; the folder says little, so the last part decides."""
    id_of_last_part = {post_id.rpartition("/")[2]: post_id for post_id in known}
    near = nearest(typed.rpartition("/")[2].removesuffix(".md").removesuffix(".yaml"), id_of_last_part)
    return id_of_last_part[near] if near else None


def _compose_section(section: Section, community: Community, lang: str) -> ComposedSection:
    if section.kind is SectionKind.TEASER:
        teasers = (_teaser(community, post_id, lang) for post_id in section.post_ids)
        return ComposedSection(section.kind, (), (*filter(None, teasers), *_lines(section, lang)))
    posts = (_shown(community, post_id, lang) for post_id in section.post_ids)
    return ComposedSection(section.kind, tuple(filter(None, posts)), _lines(section, lang))


def _teaser(community: Community, post_id: str, lang: str) -> str:
    """The teaser of a post that is still to come, or that has come since; empty where it has none."""
    versions = [post for post in community.scheduled if post.id == post_id and post.teaser]
    if versions:
        return min(versions, key=lambda post: (post.lang != lang, not post.is_original, post.lang)).teaser or ""
    post = _shown(community, post_id, lang)
    return (post.teaser or post.title) if post else ""


def _lines(section: Section, lang: str) -> tuple[str, ...]:
    """The lines in `lang`, else in the language in which they were first written."""
    return tuple(dict(line).get(lang) or line[0][1] for line in section.lines if line)


def _hour(edition: Edition, digest: Digest, lang: str) -> str:
    """When an edition was made: several of an instant digest may share a day."""
    return language(lang).format_time(edition.period_end.astimezone(digest.schedule.timezone).time())


def _subject(edition: Edition, digest: Digest, sections: tuple[ComposedSection, ...], *, lang: str, day: str) -> str:
    title = digest.title_in(lang)
    news = [post for section in sections if section.kind.carries_news for post in section.posts]
    stories = [post for section in sections if section.kind is SectionKind.STORY for post in section.posts]
    first = next(iter([*stories, *news]), None)
    values = {"title": title, "story": first.title if first else title, "date": day, "count": str(len(news))}
    template = dict(edition.subjects).get(lang) or dict(digest.subjects).get(lang) or _usual_subject(digest)
    return filled_in(template, values)


def _usual_subject(digest: Digest) -> str:
    """The subject where nobody chose one; an instant mail says at once what has happened."""
    return "{story}" if digest.schedule.is_instant else "{title} · {date}"


def filled_in(template: str, values: Mapping[str, str]) -> str:
    """The template on one line, each known placeholder replaced once: braces in a post's title stay text."""
    text = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), template)
    line = "".join(char if char.isprintable() or char in _NO_BREAK_SPACES else " " for char in text)
    return " ".join(filter(None, line.split(" ")))
