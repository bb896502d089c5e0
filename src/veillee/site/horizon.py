"""The horizon of a build: until when what it wrote stays right by itself, though nothing changes but the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta

from veillee.editorial.periods import next_issue
from veillee.site.content.records import Record
from veillee.site.run import Run


def horizon_of(run: Run) -> datetime:
    """The next moment at which something appears, expires or is said in another way; at the latest, midnight.

    Where the clock of the site is set, time stands still, except for Pelican, which asks the real one.
    """
    now = run.now
    if run.site.now is not None:
        if run.is_ours:
            return datetime.max.replace(tzinfo=UTC)
        now = datetime.now(UTC)
    moments = [_midnight(now, run), *_of_contents(run), *_of_waiting(run), *_of_answers(run), *_of_digests(run)]
    return min(moment for moment in moments if moment > now)


def _midnight(now: datetime, run: Run) -> datetime:
    """When members come to be new, or have been for a month."""
    here = now.astimezone(run.site.timezone)
    return (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _of_contents(run: Run) -> Iterator[datetime]:
    for content in (*run.contents, *(one.article for one in run.unshown)):
        date = getattr(content, "date", None)
        if date is not None and date.tzinfo and date.year < MAXYEAR:
            yield date
        record = getattr(content, "veillee", None)
        if isinstance(record, Record) and record.raw.expires_at:
            yield record.raw.expires_at
        if isinstance(record, Record) and record.raw.review_by:
            yield record.raw.review_by
        if isinstance(record, Record) and record.raw.event:
            yield record.raw.event.ends_at


def _of_waiting(run: Run) -> Iterator[datetime]:
    """The next full hour, while a question waits that is told in hours: see `Community.waiting_time`."""
    posts = run.community.posts if run.community else ()
    if any(post.is_waiting and run.now - post.published_at < timedelta(hours=25) for post in posts):
        yield run.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _of_answers(run: Run) -> Iterator[datetime]:
    """When an answer that is dated ahead comes to be told by the live page."""
    for post in run.community.posts if run.community else ():
        for answer in post.answers:
            yield answer.answered_at


def _of_digests(run: Run) -> Iterator[datetime]:
    yield from (edition.period_end for edition in (run.archive.editions if run.archive else ()))
    for digest in run.archive.digests if run.archive else ():
        if not digest.schedule.is_instant:
            yield next_issue(digest.schedule, run.now)
