"""What an announcement invites to: `event:` with start, end and place -> a raw event, or faults."""

from __future__ import annotations

from datetime import datetime, timedelta

from veillee.model.post import Event
from veillee.sources.dates import Moment
from veillee.sources.fields import Fields
from veillee.sources.marked import Mapping, Scalar, described
from veillee.sources.naming import Names
from veillee.sources.post_keys import EVENT_KEYS

_NAMES = Names(EVENT_KEYS)
_EXAMPLE = "write event: {start: 2026-12-04 14:00, end: 2026-12-04 16:00, place: ...}"


def parse_event(post: Fields, *, is_strict: bool) -> Event | None:
    """The event as typed; faults go where those of the post go. Without hours it lasts whole days."""
    entry = post.entries.get("event")
    if entry is None or (isinstance(entry.value, Scalar) and not entry.value.text.strip()):
        return None
    if not isinstance(entry.value, Mapping):
        post.fault(entry.line, f"event is {described(entry.value)}", "start, end and place", _EXAMPLE)
        return None
    named = _NAMES.sort_out(entry.value, shown=post.shown, is_strict=is_strict)
    fields = Fields(named.entries, post.shown, post.timezone, list(named.faults))
    start, end = fields.moment("start"), fields.moment("end")
    if start is None and not fields.faults:
        fields.fault(entry.line, "the event has no start", "start: YYYY-MM-DD HH:MM", _EXAMPLE)
    if start and end:
        _check_order(start, end, fields)
    place, url = fields.line_text("place"), fields.url("url", may_be_relative=False)
    post.faults.extend(fields.faults)
    if start is None or fields.faults:
        return None
    is_whole_day = not start.has_hour
    return Event(
        starts_at=start.instant,
        ends_at=_end(start, end),
        is_whole_day=is_whole_day,
        place=place,
        url=url,
    )


def _end(start: Moment, end: Moment | None) -> datetime:
    """The moment at which it is over: after its last day where no hours are given, else an hour after it began."""
    if end is not None:
        return end.end
    return start.end if not start.has_hour else start.instant + timedelta(hours=1)


def _check_order(start: Moment, end: Moment, fields: Fields) -> None:
    entry = fields.entries["end"]
    if start.has_hour != end.has_hour:
        fields.fault(entry.line, "one of start and end has an hour", "an hour for both, or for neither", _EXAMPLE)
    elif end.end <= start.instant:
        fields.fault(entry.line, "the event ends before it begins", "an end after the start", "mend one of the two")
