"""What a newsletter template may see: an edition in one language as small frozen objects, all texts ready to print.

ComposedEdition + Community -> MailView. Texts are plain (the template escapes them); the introduction alone is HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from markupsafe import Markup

from veillee.languages import Language, language
from veillee.model.community import Community
from veillee.model.edition import ComposedEdition, ComposedSection, SectionKind, Token
from veillee.model.post import Answer, Kind, Post, Stream
from veillee.model.urls import host_of
from veillee.render.newsletter import words
from veillee.render.newsletter.entities import without_controls
from veillee.render.newsletter.html_text import mail_html
from veillee.render.newsletter.validation import is_mail_link, is_mail_resource
from veillee.render.typography import typeset_text

SUMMARY_CHARS = 260
BUZZ_CHARS = 420
PREHEADER_CHARS = 140
_BLANKS = re.compile("[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")  # not the spaces that hold words together
_HREF = re.compile(r'<a [^>]*?href="([^"]+)"')
_LISTED = re.compile(r"[-*•]\s|\d+[.)]\s")
PICTURE_TYPES = (".png", ".jpg", ".jpeg", ".gif")
_STREAMS = {SectionKind.ANNOUNCEMENTS, SectionKind.QUESTIONS, SectionKind.BUZZ}


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture that every mail program shows. `width` and `height` in pixels as it is shown in a column of 536."""

    url: str
    alt: str
    width: int
    height: int | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer that a question's entry shows."""

    who: str
    text: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class PostView:
    """One item. `lang` and `dir` are empty where the item speaks the language of the mail."""

    id: str
    kind: str
    stream: str
    title: str
    url: str
    lang: str
    dir: str
    who: str
    day: str
    state: str
    is_waiting: bool
    reading_time: str
    text: str
    picture: PictureView | None
    link: str
    link_host: str
    reactions: str
    answer: AnswerView | None


@dataclass(frozen=True, slots=True)
class SectionView:
    """A part of the mail: `kind` and `stream` choose the form, `name` and `lead` stand above it."""

    kind: str
    stream: str
    name: str
    lead: str
    posts: tuple[PostView, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareView:
    """One stream's part of the mix; `percent` of the items, all shares together 100."""

    stream: str
    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class MailView:
    """The whole mail. `start` and `end` are `left` and `right` as the language is written.

    `introduction_links` are the addresses that the introduction links to, for the text part, whose words have none.
    """

    lang: str
    dir: str
    start: str
    end: str
    title: str
    digest_title: str
    description: str
    subject: str
    preheader: str
    day: str
    community: str
    home_url: str
    web_url: str
    unsubscribe_url: str
    recipient_name: str
    sender: str
    reply_to: str
    introduction: Markup
    introduction_text: str
    introduction_links: tuple[str, ...]
    sections: tuple[SectionView, ...]
    mix: tuple[ShareView, ...]
    is_web_page: bool
    is_part: bool


NAMES = frozenset(
    field.name
    for view in (MailView, SectionView, PostView, PictureView, AnswerView, ShareView)
    for field in fields(view)
) | {"mail", "number", "wrap", "underline"}
"""Every name that a template may ask for."""


def mail_view(
    composed: ComposedEdition, *, community: Community, placeholders: dict[Token, str], is_web_page: bool = False
) -> MailView:
    """The edition as a template sees it; `placeholders` are the words that the mail is cut at afterwards."""
    speaker = language(composed.lang)
    digest, timezone = composed.digest, composed.digest.schedule.timezone
    direction = _direction(composed.lang)
    introduction = mail_html(composed.introduction_html)
    return MailView(
        lang=composed.lang,
        dir=direction,
        start="right" if direction == "rtl" else "left",
        end="left" if direction == "rtl" else "right",
        title=_line(composed.title, composed.lang),
        digest_title=_line(digest.title_in(composed.lang), composed.lang),
        description=_line(digest.description_in(composed.lang), composed.lang),
        subject=_line(composed.subject, composed.lang),
        preheader=_preheader(composed),
        day=speaker.format_date(composed.edition.period_end, "full", timezone=timezone),
        community=_line(community.title, composed.lang),
        home_url=f"{community.url}/",
        web_url=composed.url,
        unsubscribe_url=placeholders[Token.UNSUBSCRIBE_URL],
        recipient_name=placeholders[Token.RECIPIENT_NAME],
        sender=_line(digest.sender.name or digest.sender.address, composed.lang),
        reply_to=digest.reply_to or "",
        introduction=Markup(introduction),  # noqa: S704  sanitised before it came here
        introduction_text=without_controls(composed.introduction_text).strip(),
        introduction_links=tuple(dict.fromkeys(unescape(link) for link in _HREF.findall(introduction))),
        sections=tuple(_section(section, composed, community) for section in composed.sections),
        mix=_mix(composed, speaker),
        is_web_page=is_web_page,
        is_part=composed.is_part,
    )


def _section(section: ComposedSection, composed: ComposedEdition, community: Community) -> SectionView:
    speaker = language(composed.lang)
    stream = words.section_stream(section.kind)
    return SectionView(
        kind=section.kind.value,
        stream=stream.value if stream else "",
        name=words.section_name(section.kind, composed.digest, speaker),
        lead=words.section_lead(section.kind, speaker),
        posts=tuple(_post(post, composed, now=_instant(composed, community)) for post in section.posts),
        lines=tuple(_line(line, composed.lang) for line in section.lines),
    )


def _instant(composed: ComposedEdition, community: Community) -> datetime:
    """When the mail speaks: the end of its period once that has come, so that it says the same whenever it is made."""
    return min(community.now, composed.edition.period_end)


def _post(post: Post, composed: ComposedEdition, *, now: datetime) -> PostView:
    speaker = language(composed.lang)
    is_foreign = post.lang != composed.lang
    link = _safe_link(post.link or "")
    return PostView(
        id=post.id,
        kind=post.kind.value,
        stream=post.stream.value,
        title=_line(post.title, post.lang),
        url=post.url,
        lang=post.lang if is_foreign else "",
        dir=_direction(post.lang) if is_foreign else "",
        who=_line(words.authors(post.authors, speaker), composed.lang),
        day=speaker.format_date(post.published_at, "short", timezone=composed.digest.schedule.timezone),
        state=words.question_state(post, speaker, now=now),
        is_waiting=post.is_waiting,
        reading_time=words.reading_time(post, speaker),
        text=_text(post),
        picture=picture_view(post),
        link=link,
        link_host=host_of(link),
        reactions=_line(words.reactions(post.reactions, speaker), composed.lang),
        answer=_answer(post.answers, post.lang),
    )


def picture_view(post: Post, *, width: int = 536) -> PictureView | None:
    """The post's picture at the width of the column; None where it has none that every mail program shows."""
    image = post.image
    if image is None or not is_mail_resource(image.url):
        return None
    if not urlsplit(image.url).path.lower().endswith(PICTURE_TYPES):
        return None
    shown = min(width, image.width or width)
    height = round(shown * image.height / image.width) if image.width and image.height else None
    return PictureView(image.url, _line(image.alt, post.lang), shown, height)


def _text(post: Post) -> str:
    """What the item says: the whole of a short buzz post, else its summary."""
    if post.kind is Kind.BUZZ:
        return shortened(_line(post.text or post.summary, post.lang), BUZZ_CHARS)
    return shortened(_line(post.summary, post.lang), SUMMARY_CHARS)


def _answer(answers: tuple[Answer, ...], lang: str) -> AnswerView | None:
    if not answers:
        return None
    first = answers[0]
    text = shortened(_line(opening(first.text), lang), SUMMARY_CHARS)
    return AnswerView(_line(first.author.name, lang), text, first.is_accepted)


def _mix(composed: ComposedEdition, speaker: Language) -> tuple[ShareView, ...]:
    """The three streams by how many items they have in this edition; empty where it is not composed of all three."""
    counts = {Stream(s.kind.value): len(s.posts) for s in composed.sections if s.kind in _STREAMS and s.posts}
    total = sum(counts.values())
    if len(counts) < len(Stream):
        return ()
    percents = [round(100 * count / total) for count in counts.values()]
    percents[-1] = 100 - sum(percents[:-1])
    texts = [words.stream_count(stream, count, speaker) for stream, count in counts.items()]
    return tuple(
        ShareView(stream.value, text, percent) for stream, text, percent in zip(counts, texts, percents, strict=True)
    )


def _preheader(composed: ComposedEdition) -> str:
    """What a list of mails shows after the subject: the introduction's beginning, else the titles that come first."""
    said = composed.introduction_text or " · ".join(post.title for post in islice(composed.posts, 4))
    return shortened(_line(said, composed.lang), PREHEADER_CHARS)


def opening(text: str, *, enough: int = 60) -> str:
    """The first paragraphs that say `enough` characters, with a mark where more follows; no list is begun."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    kept = paragraphs[:1]
    while len(kept) < len(paragraphs) and sum(map(len, kept)) < enough and not _LISTED.match(paragraphs[len(kept)]):
        kept.append(paragraphs[len(kept)])
    return " ".join(kept) + (" […]" if len(kept) < len(paragraphs) else "")


def shortened(text: str, limit: int) -> str:
    """A text cut between words, with an ellipsis, where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    head, blank, _ = kept.rpartition(" ")
    return (head if blank and len(head) > limit // 2 else kept).rstrip(" ,;:.·–—-\u00a0\u202f") + "…"


def _line(text: str, lang: str) -> str:
    """A text on one line with the typography of its language."""
    return typeset_text(_BLANKS.sub(" ", without_controls(text)).strip(" "), lang)


def _direction(lang: str) -> str:
    return str(language(lang).locale.text_direction)


def _safe_link(url: str) -> str:
    """The address, empty where a mail may not link to it."""
    whole = url.replace(" ", "%20")
    return whole if is_mail_link(whole) and not whole.startswith("#") else ""
