"""What a community invites to, for people's calendars: posts with an event -> iCalendar (RFC 5545).

Equal posts give equal bytes: stamps come from the posts, not from the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from veillee.model import Community, Event, Post

_REFRESH = "PT12H"


def render_calendar(posts: Iterable[Post], community: Community, *, title: str) -> bytes:
    """A calendar with an entry for each post that has an event."""
    calendar = Calendar()
    calendar.add("prodid", "-//Veillee//Veillee//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)  # what Apple and Google call it
    calendar.add("name", title)  # RFC 7986 section 5.1
    calendar.add("x-published-ttl", _REFRESH)
    for post in posts:
        if post.event:
            calendar.add_component(_entry(post, post.event, community))
    return bytes(calendar.to_ical())


def _entry(post: Post, event: Event, community: Community) -> CalendarEvent:
    host = urlsplit(community.url).hostname or "localhost"
    zone = community.timezone
    entry = CalendarEvent()
    entry.add("uid", f"{post.id}@{host}")
    entry.add("dtstamp", post.updated_at or post.published_at)
    entry.add("dtstart", event.first_day(zone) if event.is_whole_day else event.starts_at)
    entry.add("dtend", event.ends_at.astimezone(zone).date() if event.is_whole_day else event.ends_at)
    entry.add("summary", post.title)
    if post.summary:
        entry.add("description", f"{post.summary}\n\n{post.url}")
    if event.place:
        entry.add("location", event.place)
    entry.add("url", event.url or post.url)
    if post.tags:
        entry.add("categories", list(post.tags))
    return entry
