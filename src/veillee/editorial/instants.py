"""Instant digests: where one stands, at an instant -> the steps to take, and what a new edition looks at. Pure.

An edition carries what was published since the digest began to be run, and that no edition has carried: also a post
that bears an earlier date than the last edition, because files come later than the dates in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from veillee.editorial.due import AwaitReview, Draft, GoOn, Missed, Nothing, Standing, Step
from veillee.editorial.periods import FIRST_LOOK, instant_name
from veillee.model.edition import Edition, Period


def decide_instant(standing: Standing, now: datetime) -> tuple[Step, ...]:
    """The steps of an instant digest, in the order in which they are taken; never empty.

    While an edition waits for review no other one is drafted: what comes meanwhile is in the next.
    One that has waited for too long is named until a later one goes out.
    """
    unsent = tuple(_unsent(standing))
    missed = [Missed(one.period, is_drafted=True) for one in unsent if _is_lost(one, standing, now)]
    steps: list[Step] = [GoOn(one.edition_id) for one in standing.unfinished(now)]
    released = [standing.released(one) for one in unsent if _is_due(one, standing, now)]
    steps.extend(released)
    period = instant_period(standing, now)
    if not any(isinstance(step, AwaitReview) for step in released) and _is_free(period, standing):
        steps.append(Draft(period))
    return (*missed, *(steps or [Nothing(f"{period.id} was made in this minute already")]))


def instant_period(standing: Standing, now: datetime) -> Period:
    """What an edition that is made now looks at.

    Never further back than `late_days`, and never behind an edition whose file is gone: what that one carried cannot
    be known, and nothing is mailed twice.
    """
    end = now.replace(second=0, microsecond=0)
    reach = max(timedelta(days=standing.digest.lateness_days), FIRST_LOOK)
    gone = [one.period_end for one in standing.mailed if standing.edition(one.edition_id) is None]
    start = max([watched_from(standing.editions, standing.watched_since, now), end - reach, *gone])
    return Period(instant_name(now), min(start, end), end)


def watched_from(editions: Iterable[Edition], watched_since: datetime | None, now: datetime) -> datetime:
    """From when on posts are this digest's to tell.

    Where nobody has written down when it began: since its first edition, or for an hour where there is none.
    """
    begin = now.replace(second=0, microsecond=0) - FIRST_LOOK
    return watched_since or min((one.period_start for one in editions), default=begin)


def _unsent(standing: Standing) -> Iterator[Edition]:
    """Editions that a run made, or found, and that are not in the ledger, oldest first.

    Where the digest begins, its files are of another machine's making, and count as sent.
    """
    since = standing.watched_since
    for edition in standing.editions:
        if since is not None and edition.period_end >= since and not standing.mailed_as(edition.id):
            yield edition


def _is_due(edition: Edition, standing: Standing, now: datetime) -> bool:
    return edition.period_end <= now and not standing.is_late(edition.period_end, now)


def _is_lost(edition: Edition, standing: Standing, now: datetime) -> bool:
    """Whether it is too late, and nothing went out after it."""
    is_newest = all(one.period_end < edition.period_end for one in standing.mailed if one.is_told)
    return is_newest and standing.is_late(edition.period_end, now)


def _is_free(period: Period, standing: Standing) -> bool:
    """Whether this minute has no edition yet, and anything to look at."""
    is_taken = standing.edition(period.id) is not None or standing.mailed_as(period.id) is not None
    return not is_taken and period.start < period.end
