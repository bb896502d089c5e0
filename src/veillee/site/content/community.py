"""The one place where Pelican's articles become the Community that every later part works from.

Articles (with what our readers kept of them) -> Post -> Community
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from pelican.generators import ArticlesGenerator

from veillee.model import Answer, Author, Community, DigestChoice, Event, Kind, Post, Reaction, Status
from veillee.model.places import slug_of
from veillee.render.markdown import RenderedText
from veillee.render.sanitize import is_safe_url, plain_text, sanitize_html
from veillee.render.typography import typeset_text
from veillee.site.content.articles import with_translations
from veillee.site.content.images import image_of
from veillee.site.content.links import absolute_html
from veillee.site.content.metadata import kind_of
from veillee.site.content.records import Record
from veillee.site.content.texts import text_of
from veillee.site.run import Run
from veillee.sources.posts import RawPost

SUMMARY_WORDS = 40

_SPACES = re.compile(r"[ \t\r\n]+")  # not the spaces that do not break, which French needs


def community_from(generator: ArticlesGenerator, run: Run) -> Community:
    """The community as the articles of a finished reading tell it; each article gets its `post`.

    Hidden articles and drafts get a post too, for their own pages; they are in no list.
    """
    unlisted = [*generator.hidden_articles, *generator.hidden_translations]
    drafts = [*generator.drafts, *generator.drafts_translations]
    listed = [*generator.articles, *generator.translations]
    unshown = [one.article for one in run.unshown]
    translations = [*generator.translations, *with_translations(unshown)[1]]
    make_posts([*listed, *unlisted, *drafts, *unshown], run, translations=translations)
    current, later, expired = _by_the_clock([article.post for article in listed], run)
    later += [one.article.post for one in run.unshown if one.reason == "scheduled"]
    withdrawn = {one.post.id: "hidden" for one in unlisted} | {one.post.id: "draft" for one in drafts}
    withdrawn |= {one.article.post.id: one.reason for one in run.unshown if one.reason != "scheduled"}
    withdrawn |= {post.id: "expired" for post in expired}
    shown = {post.id for post in current}
    return Community(
        title=run.site.title,
        url=run.url,
        languages=run.site.languages,
        timezone=run.site.timezone,
        now=run.now,
        posts=_newest_first(current),
        members=run.members,
        scheduled=tuple(sorted(later, key=lambda post: (post.published_at, post.id, post.lang))),
        withdrawn=tuple(sorted(item for item in withdrawn.items() if item[0] not in shown)),
        tagline=dict(run.site.taglines).get(run.site.languages[0], ""),
    )


def make_posts(articles: Iterable[Any], run: Run, *, translations: Iterable[Any]) -> None:
    """Gives each article its `post`; the oldest first, so that an id once given stays."""
    everything = sorted(articles, key=lambda article: (article.date, str(article.source_path)))
    maker = _PostMaker(run, everything, {id(article) for article in translations})
    for article in everything:
        article.post = maker.post_of(article)


def post_anew(article: Any, run: Run) -> Post:
    """The post of an article whose words are others now; what hangs on all other posts is as it was."""
    was: Post = article.post
    made = _PostMaker(run, [article], set()).post_of(article)
    return replace(made, id=was.id, tags=was.tags, is_original=was.is_original)


def _newest_first(posts: Iterable[Post]) -> tuple[Post, ...]:
    return tuple(sorted(posts, key=lambda post: (-post.published_at.timestamp(), post.id, post.lang)))


def _by_the_clock(posts: list[Post], run: Run) -> tuple[list[Post], list[Post], list[Post]]:
    """Current, still to come, expired: on a site with another theme Pelican lists them all."""
    expired = [post for post in posts if post.is_expired(run.now)]
    later = [post for post in posts if post.published_at > run.now and not post.is_expired(run.now)]
    gone = {id(post) for post in chain(expired, later)}
    coming = [replace(post, status=Status.SCHEDULED) for post in later]
    return [post for post in posts if id(post) not in gone], coming, expired


class _PostMaker:
    """Makes posts of articles; remembers which form of a tag and which ids are taken."""

    def __init__(self, run: Run, articles: list[Any], translations: set[int]) -> None:
        self.run = run
        self.translations = translations
        self.member_of = {member.id: member for member in run.members}
        self.names = {member.name.casefold(): member for member in run.members}
        self.tag_forms = _usual_forms(articles)
        self.taken: dict[tuple[str, str], int] = {}

    def post_of(self, article: Any) -> Post:
        run = self.run
        record = getattr(article, "veillee", None)
        record = record if isinstance(record, Record) else None
        raw = record.raw if record else None
        source = run.source_file(article.source_path)
        kind = kind_of(raw, source, str(getattr(article, "category", "")))
        url = absolute_address(article.url, run)
        body = self._body(article, record, url)
        title = typeset_text(raw.title if raw else _plain(article.title), article.lang)
        text = body.text
        summary = self._summary(article, text)
        return Post(
            id=self._id_of(article, kind),
            kind=kind,
            stream=(raw.stream if raw else None) or kind.stream,
            title=title or summary or article.slug,
            url=url,
            lang=article.lang,
            slug=article.slug,
            source=source.relative,
            published_at=_utc(article.date),
            authors=self._authors(article, raw),
            summary=summary,
            html=body.html,
            text=text,
            status=_status_of(article, run),
            updated_at=_utc(article.modified) if hasattr(article, "modified") else None,
            tags=self._tags(article),
            translations=_translations_of(article, run),
            is_original=id(article) not in self.translations,
            word_count=len(text.split()),
            **(self._ours(article, record, url) if record else {}),
        )

    def _ours(self, article: Any, record: Record, url: str) -> dict[str, Any]:
        """What only our own keys say."""
        raw = record.raw
        return {
            "image": image_of(raw, article, self.run),
            "is_story_of_the_week": bool(raw.is_story_of_the_week),
            "digest": raw.digest or DigestChoice.AUTO,
            "teaser": typeset_text(raw.teaser, article.lang) if raw.teaser else None,
            "expires_at": _utc(raw.expires_at) if raw.expires_at else None,
            "review_by": _utc(raw.review_by) if raw.review_by else None,
            "answers": self._answers(article, record, url),
            "link": raw.link if raw.link and is_safe_url(raw.link) else None,
            "event": _event_of(raw),
            "question_id": question_id_of(raw.from_question) if raw.from_question else None,
            "reviewed_at": _utc(raw.reviewed_at) if raw.reviewed_at else None,
            "reactions": tuple(Reaction(word, count) for word, count in _pairs(raw.reactions)),
        }

    def _body(self, article: Any, record: Record | None, url: str) -> RenderedText:
        content = article._get_content() if hasattr(article, "_get_content") else text_of(article)
        html = self._absolute(article, content or "", url)
        if record and not record.is_pelicans:
            return replace(record.body, html=html)
        return RenderedText(sanitize_html(html))

    def _absolute(self, article: Any, html: str, url: str) -> str:
        """The HTML with Pelican's placeholders replaced and every URL absolute."""
        return absolute_html(article._update_content(html, self.run.url), url)

    def _summary(self, article: Any, text: str) -> str:
        """What its author wrote as a summary, else its first words."""
        written = article.metadata.get("summary")
        if written:
            return typeset_text(_plain(written), article.lang)
        words = _SPACES.split(text.strip())
        return " ".join(words[:SUMMARY_WORDS]).rstrip(" ,;:.") + "…" if len(words) > SUMMARY_WORDS else " ".join(words)

    def _authors(self, article: Any, raw: Any | None) -> tuple[Author, ...]:
        names = raw.author_names if raw and raw.author_names else [_plain(one.name) for one in _authors_of(article)]
        return tuple(dict.fromkeys(self.author(name) for name in names if name))

    def author(self, name: str) -> Author:
        """A member by id or by name; any other name plain."""
        member = self.member_of.get(name) or self.names.get(name.casefold())
        return Author(member.name, member.id) if member else Author(name)

    def _tags(self, article: Any) -> tuple[str, ...]:
        """Each tag once, in the form that the community uses most: `SQL` and `sql` are one."""
        return tuple(sorted({self.tag_forms[slug] for tag in _typed_tags(article) if (slug := slug_of(tag))}))

    def _answers(self, article: Any, record: Record, url: str) -> tuple[Answer, ...]:
        """Those given by now, accepted first."""
        pairs = zip(record.raw.answers, record.answers, strict=True)
        answers = [
            Answer(
                author=self.author(raw.author_name),
                answered_at=_utc(raw.answered_at),
                html=self._absolute(article, body.html, url),
                text=body.text,
                is_accepted=raw.is_accepted,
            )
            for raw, body in pairs
            if _utc(raw.answered_at) <= self.run.now
        ]
        return tuple(sorted(answers, key=lambda answer: (not answer.is_accepted, answer.answered_at)))

    def _id_of(self, article: Any, kind: Kind) -> str:
        """`folder/slug`; where two posts of a stock site would share one, the later made one gets its date."""
        plain = f"{kind.folder}/{article.slug}"
        if self._is_free(plain, article):
            return plain
        dated = f"{plain}-{article.date:%Y-%m-%d}"
        return dated if self._is_free(dated, article) else f"{plain}-{slug_of(str(article.save_as))}"

    def _is_free(self, post_id: str, article: Any) -> bool:
        return self.taken.setdefault((post_id, article.lang), id(article)) == id(article)


def absolute_address(url: str, run: Run) -> str:
    """One of Pelican's URLs, absolute and percent-encoded."""
    return f"{run.url}/{quote(url.lstrip('/'), safe='/#?=&%')}"


def question_id_of(typed: str) -> str:
    """The id of a question from its path below the content folder, its id, or the last part of either."""
    name = slug_of(PurePosixPath(typed).name.split(".")[0])
    return f"{Kind.QUESTION.folder}/{name}"


def _event_of(raw: RawPost) -> Event | None:
    event = raw.event
    return replace(event, starts_at=_utc(event.starts_at), ends_at=_utc(event.ends_at)) if event else None


def _status_of(article: Any, run: Run) -> Status:
    if article.status in ("hidden", "draft"):
        return Status(article.status)
    return Status.SCHEDULED if _utc(article.date) > run.now else Status.PUBLISHED


def _translations_of(article: Any, run: Run) -> tuple[tuple[str, str], ...]:
    others = getattr(article, "translations", ())
    return tuple(sorted((one.lang, absolute_address(one.url, run)) for one in others))


def _usual_forms(articles: Iterable[Any]) -> dict[str, str]:
    """How each tag is written: the form used most, of those used equally the first in the alphabet."""
    counts: dict[str, Counter[str]] = {}
    for article in articles:
        for tag in _typed_tags(article):
            counts.setdefault(slug_of(tag), Counter())[tag] += 1
    return {slug: min(forms, key=lambda form: (-forms[form], form)) for slug, forms in counts.items()}


def _typed_tags(article: Any) -> list[str]:
    record = getattr(article, "veillee", None)
    return (
        list(record.raw.tags)
        if isinstance(record, Record)
        else [_plain(tag.name) for tag in getattr(article, "tags", ())]
    )


def _authors_of(article: Any) -> list[Any]:
    return list(getattr(article, "authors", ()))


def _pairs(reactions: Any) -> list[tuple[str, int]]:
    return list(reactions.items()) if hasattr(reactions, "items") else [tuple(pair) for pair in reactions or ()]


def _plain(text: Any) -> str:
    """A title or name as Pelican keeps it, without markup."""
    return _SPACES.sub(" ", plain_text(str(text))).strip()


def _utc(moment: datetime) -> datetime:
    """A plain datetime in UTC, whatever class Pelican made of it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    there = aware.astimezone(UTC)
    return datetime(there.year, there.month, there.day, there.hour, there.minute, there.second, tzinfo=UTC)
