"""Small communities made of plain values, for the tests of everything editorial."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from veillee.model import (
    Answer,
    Author,
    Community,
    Digest,
    Every,
    Kind,
    Mailbox,
    Post,
    Reaction,
    Schedule,
    SectionKind,
    Stream,
    Weekday,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, tzinfo=PARIS)
FRIDAY = Schedule(Every.WEEK, time(8), PARIS, weekday=Weekday.FRIDAY)
EVENING = Schedule(Every.DAY, time(18), PARIS)

WEEKLY_SECTIONS = tuple(
    SectionKind(name) for name in ("story", "announcements", "questions", "buzz", "help", "zapping", "teaser")
)
QUESTION_SECTIONS = (
    SectionKind.NEW_QUESTIONS,
    SectionKind.ANSWERED_QUESTIONS,
    SectionKind.WAITING_QUESTIONS,
)


def weekly(**changes: object) -> Digest:
    values: dict[str, object] = {
        "id": "weekly",
        "folder": "digests/weekly",
        "titles": (("fr", "L’histoire de la semaine"), ("en", "The story of the week")),
        "languages": ("fr", "en"),
        "schedule": FRIDAY,
        "sections": WEEKLY_SECTIONS,
        "mix": tuple((stream, 1) for stream in Stream),
        "item_count": 9,
        "minimum_items": 3,
        "sender": Mailbox("La Veillée", "veillee@veillee.example"),
    }
    return Digest(**{**values, **changes})  # type: ignore[arg-type]


def questions(**changes: object) -> Digest:
    return weekly(
        **{
            "id": "questions",
            "folder": "digests/questions",
            "schedule": EVENING,
            "sections": QUESTION_SECTIONS,
            "minimum_items": 1,
            **changes,
        }
    )


def days_ago(days: float) -> datetime:
    return (NOW - timedelta(days=days)).astimezone(UTC)


def post(slug: str, kind: Kind = Kind.ANNOUNCEMENT, *, days: float = 2, author: str = "", **changes: object) -> Post:
    values: dict[str, object] = {
        "id": f"{kind.folder}/{slug}",
        "kind": kind,
        "stream": kind.stream,
        "title": f"About {slug}",
        "url": f"https://veillee.example/{kind.folder}/{slug}.html",
        "lang": "fr",
        "slug": slug,
        "source": f"{kind.folder}/{slug}.md",
        "published_at": days_ago(days),
        "authors": (Author(author or f"Author of {slug}"),),
        "summary": "",
        "html": "<p>Text</p>",
        "text": "Text",
        "word_count": 300,
    }
    return Post(**{**values, **changes})  # type: ignore[arg-type]


def story(slug: str, **changes: object) -> Post:
    return post(slug, Kind.STORY, **changes)  # type: ignore[arg-type]


def question(slug: str, *, answered: float | None = None, accepted: bool = False, **changes: object) -> Post:
    """A question; `answered` is how many days ago its one answer came."""
    answers = () if answered is None else (answer(days=answered, accepted=accepted),)
    return post(slug, Kind.QUESTION, **{"answers": answers, **changes})  # type: ignore[arg-type]


def answer(*, days: float, accepted: bool = False, author: str = "Paul") -> Answer:
    return Answer(Author(author), days_ago(days), "<p>So.</p>", "So.", is_accepted=accepted)


def buzz(slug: str, *, reactions: int = 0, **changes: object) -> Post:
    counted = (Reaction("bravo", reactions),) if reactions else ()
    return post(slug, Kind.BUZZ, **{"reactions": counted, **changes})  # type: ignore[arg-type]


def community(*posts: Post, now: datetime = NOW, **changes: object) -> Community:
    values: dict[str, object] = {
        "title": "La Veillée",
        "url": "https://veillee.example",
        "languages": ("fr", "en"),
        "timezone": PARIS,
        "now": now.astimezone(UTC),
        "posts": tuple(sorted(posts, key=lambda one: (-one.published_at.timestamp(), one.id))),
    }
    return Community(**{**values, **changes})  # type: ignore[arg-type]
