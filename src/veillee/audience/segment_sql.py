"""A segment's tree -> a condition of the database; every value is a bound parameter."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import and_, exists, func, not_, or_

from veillee.database.tables import choices, subscribers
from veillee.model.segments import (
    DATE_FIELDS,
    LIST_FIELDS,
    Both,
    Comparison,
    Either,
    Not,
    Operator,
    Segment,
    folded,
)

_WHAT = {"digest": "digests", "topic": "topics", "stream": "streams", "left": "left"}
_DATES = {"subscribed": subscribers.c.subscribed_at, "consent": subscribers.c.consent_at}


def condition_of(segment: Segment) -> Any:
    """The condition on the table of subscribers."""
    if isinstance(segment, Not):
        return not_(condition_of(segment.part))
    if isinstance(segment, Both):
        return and_(condition_of(segment.left), condition_of(segment.right))
    if isinstance(segment, Either):
        return or_(condition_of(segment.left), condition_of(segment.right))
    return _compared(segment)


def _compared(asked: Comparison) -> Any:
    if asked.field in DATE_FIELDS:
        return _dated(asked)
    found: Any
    if asked.field in LIST_FIELDS:
        found = exists().where(
            choices.c.subscriber_id == subscribers.c.id,
            choices.c.what == _WHAT[asked.field],
            func.lower(choices.c.name) == folded(asked.value),
        )
    elif asked.field == "domain":
        found = subscribers.c.address_key.endswith(f"@{folded(asked.value)}", autoescape=True)
    else:
        column = subscribers.c.address_key if asked.field == "address" else subscribers.c[asked.field]
        found = func.lower(column) == folded(asked.value)
    return not_(found) if asked.operator is Operator.DIFFERENT else found


def _dated(asked: Comparison) -> Any:
    """Never unknown: a date that is not there is neither before nor after."""
    assert asked.day is not None
    column, day = _DATES[asked.field], asked.day
    end = datetime.combine(day.date(), time.max, tzinfo=UTC)
    compared: dict[Operator, Any] = {
        Operator.BEFORE: column < day,
        Operator.UNTIL: column <= end,
        Operator.AFTER: column > end,
        Operator.FROM: column >= day,
        Operator.EQUAL: column.between(day, end),
        Operator.DIFFERENT: not_(column.between(day, end)),
    }
    return and_(column.is_not(None), compared[asked.operator])
