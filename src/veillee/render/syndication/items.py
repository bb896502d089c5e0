"""What a feed's entries say: Post or ComposedEdition -> FeedItem, in the language of the thing itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from veillee.languages import Language, language
from veillee.model import Answer, Author, Community, ComposedEdition, ComposedSection, Image, Post, SectionKind
from veillee.model.urls import is_safe_url
from veillee.render.syndication.content import absolute
from veillee.render.syndication.feed import FeedAuthor, FeedItem, as_uri, clean, clean_line, plausible


def stable_id(community: Community, name: str, lang: str, published_at: datetime) -> str:
    """A tag URI (RFC 4151) of host, year, name and language: it outlives a move to https or to another path.

    The year alone stands for the time: a corrected day must not show everybody an old post as a new one.
    """
    host = as_uri(f"https://{urlsplit(community.url).hostname or 'localhost'}").removeprefix("https://")
    year = plausible(published_at.astimezone(community.timezone)).year
    return as_uri(f"tag:{host},{year}:{name}/{lang}")


def item_of_post(post: Post, community: Community) -> FeedItem:
    """A post with its whole content; a question with its answers."""
    url = as_uri(post.url)
    return FeedItem(
        id=stable_id(community, post.id, post.lang, post.published_at),
        url=url,
        title=clean_line(post.title) or post.id,
        lang=post.lang,
        published_at=plausible(post.published_at),
        updated_at=plausible(changed_at(post, community.now)),
        html=clean("\n".join(_parts_of_post(post, community))),
        summary=clean_line(post.summary),
        authors=authors_of(post, community),
        tags=tuple(filter(None, map(clean_line, post.tags))),
        image=_picture(post.image),
        link=link_of(post),
    )


def link_of(post: Post) -> str | None:
    """What a post points to elsewhere, where one may link there: a path is one of the site."""
    if not post.link or not is_safe_url(post.link):
        return None
    return absolute(post.link, as_uri(post.url))


def changed_at(post: Post, now: datetime) -> datetime:
    """The last thing that happened to a post; what is dated later than `now` has not happened."""
    moments = [post.updated_at, *(answer.answered_at for answer in post.answers)]
    return max([post.published_at, *(moment for moment in moments if moment and moment <= now)])


def authors_of(post: Post, community: Community) -> tuple[FeedAuthor, ...]:
    """Everybody who is named, members with their page."""
    return tuple(filter(None, (_author(author, community) for author in post.authors)))


def _author(author: Author, community: Community) -> FeedAuthor | None:
    name = clean_line(author.name)
    member = community.member(author.member_id) if author.member_id else None
    if not name or member is None:
        return FeedAuthor(name) if name else None
    avatar = as_uri(member.avatar.url) if member.avatar else None
    return FeedAuthor(name, as_uri(member.url), avatar)


def _picture(image: Image | None) -> Image | None:
    if image is None:
        return None
    return Image(as_uri(image.url), clean_line(image.alt), image.width, image.height)


def _parts_of_post(post: Post, community: Community) -> Iterator[str]:
    if post.image:
        yield _image_html(post.image)
    yield post.html
    if link := link_of(post):
        shown = urlsplit(post.link or "").hostname or link
        yield f'<p><a href="{escape(link)}">{escape(shown)}</a></p>'
    for answer in post.answers:
        yield f"<h2>{_heading_of(answer, language(post.lang), community)}</h2>"
        yield answer.html


def _image_html(image: Image) -> str:
    size = f' width="{image.width}" height="{image.height}"' if image.width and image.height else ""
    return f'<p><img src="{escape(image.url)}" alt="{escape(image.alt)}"{size}></p>'


def _heading_of(answer: Answer, tongue: Language, community: Community) -> str:
    if answer.is_accepted:
        pattern = tongue.gettext("Accepted answer by %(name)s, %(date)s")
    else:
        pattern = tongue.gettext("Answer by %(name)s, %(date)s")
    day = tongue.format_date(answer.answered_at, timezone=community.timezone)
    return escape(pattern % {"name": answer.author.name, "date": day})


def item_of_edition(composed: ComposedEdition, community: Community) -> FeedItem:
    """An edition of a digest, with what it carries; it appeared when its period ended."""
    edition, url = composed.edition, as_uri(composed.url)
    name = f"digests/{edition.digest_id}/{edition.id}"
    title = clean_line(composed.subject) or clean_line(composed.title) or name
    return FeedItem(
        id=stable_id(community, name, composed.lang, edition.period_end),
        url=url,
        title=title,
        lang=composed.lang,
        published_at=plausible(edition.period_end),
        updated_at=plausible(edition.period_end),
        html=clean("\n".join(_parts_of_edition(composed))),
        summary=clean_line(composed.introduction_text),
        image=next((_picture(post.image) for post in composed.posts if post.image), None),
    )


def _parts_of_edition(composed: ComposedEdition) -> Iterator[str]:
    tongue = language(composed.lang)
    if composed.introduction_html:
        yield composed.introduction_html
    for section in composed.sections:
        if section.posts or section.lines:
            yield f"<h2>{escape(_section_name(section.kind, tongue))}</h2>"
            yield from _parts_of_section(section, composed.lang, tongue)


def _parts_of_section(section: ComposedSection, lang: str, tongue: Language) -> Iterator[str]:
    if section.kind.carries_news:
        for post in section.posts:
            yield from _parts_of_news(post, lang, tongue)
    else:
        yield from _list_html([_link_html(post, lang) for post in section.posts])
    yield from _list_html([escape(line) for line in section.lines])


def _parts_of_news(post: Post, lang: str, tongue: Language) -> Iterator[str]:
    yield f"<h3>{_link_html(post, lang)}</h3>"
    names = tongue.join(author.name for author in post.authors if clean(author.name).strip())
    if names:
        yield f"<p>{escape(tongue.gettext('by %(names)s') % {'names': names})}</p>"
    if post.summary:
        yield f"<p{_lang_of(post, lang)}>{escape(post.summary)}</p>"


def _link_html(post: Post, lang: str) -> str:
    return f'<a href="{escape(post.url)}"{_lang_of(post, lang)}>{escape(post.title)}</a>'


def _lang_of(post: Post, lang: str) -> str:
    return "" if post.lang == lang else f' lang="{escape(post.lang)}"'


def _list_html(items: list[str]) -> Iterator[str]:
    if items:
        yield f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _section_name(kind: SectionKind, tongue: Language) -> str:
    _ = tongue.gettext
    return {
        SectionKind.ANNOUNCEMENTS: _("Announcements"),
        SectionKind.QUESTIONS: _("Questions"),
        SectionKind.BUZZ: _("Buzz"),
        SectionKind.STORY: _("The story of the week"),
        SectionKind.HELP: _("Can you help?"),
        SectionKind.ZAPPING: _("Zapping"),
        SectionKind.TEASER: _("Coming next"),
        SectionKind.NEW_QUESTIONS: _("New questions"),
        SectionKind.ANSWERED_QUESTIONS: _("Answered"),
        SectionKind.WAITING_QUESTIONS: _("Waiting for an answer"),
    }[kind]
