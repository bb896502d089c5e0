"""Dates as people and programs write them -> instants.

Read here: what Jekyll, Hugo, MkDocs and Pelican write (ISO 8601 and its looser forms), the form of mail
(RFC 5322), and days with the name of their month in English or French. Forms in which day and month could be
mistaken for each other (11/12/2026) are no dates.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1600, 2999

_MONTH_NAMES = (
    "jan january janvier janv", "feb february fevrier fevr fev", "mar march mars", "apr april avril avr", "may mai",
    "jun june juin", "jul july juillet juil", "aug august aout", "sep sept september septembre",
    "oct october octobre", "nov november novembre", "dec december decembre",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_ZONE_HOURS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "jst": 9,
}  # fmt: skip
_ACCENTS = str.maketrans("éèûôàù", "eeuoau")

_HALF = r"(?:\s*(?P<half>[ap]\.?m\.?)(?![a-z]))?"
_TIME = rf"(?P<hour>\d{{1,2}})(?::|h)(?P<minute>\d{{2}})?(?::(?P<second>\d{{2}})(?:[.,]\d{{1,9}})?)?{_HALF}"
_ZONE = r"(?P<zone>z|[+-]\d{2}(?::?\d{2})?|[a-z][a-z0-9_+-]*(?:/[a-z0-9_+-]+){0,2})"
_NAME_AFTER_OFFSET = r"(?:(?<=\d)\s*[(\[]?[a-z][a-z0-9_/+-]{1,30}[)\]]?)?"  # +0000 UTC, +01:00[Europe/Paris]
_CLOCK = rf"(?:(?:\s*,)?(?:\s+(?:at|a)\s+|t|\s+){_TIME})?(?:\s*\(?{_ZONE}\)?)?{_NAME_AFTER_OFFSET}"
_WEEKDAY = r"(?:[a-z]{2,9}\.?,?\s+)?"
_DAYS = (
    r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?[\s-]+(?:of\s+)?(?P<month>[a-z]+)\.?,?[\s-]+(?P<year>\d{{4}})",
    rf"{_WEEKDAY}(?P<month>[a-z]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(?P<year>\d{{4}})",
)
_LIKE_GIT = rf"{_WEEKDAY}(?P<month>[a-z]+)\s+(?P<day>\d{{1,2}})\s+{_TIME}\s+(?P<year>\d{{4}})(?:\s+{_ZONE})?"
_FORMS = (*(re.compile(rf"{day}{_CLOCK}\Z") for day in _DAYS), re.compile(rf"{_LIKE_GIT}\Z"))


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and whether its author named an hour; without one it is the first moment of the day."""

    instant: datetime
    has_hour: bool

    @property
    def end(self) -> datetime:
        """The instant itself, or the end of its day where no hour was named."""
        if self.has_hour:
            return self.instant
        day_after = self.instant.date() + timedelta(days=1)
        return datetime.combine(day_after, time(), tzinfo=self.instant.tzinfo)


class NotADateError(ValueError):
    """The text is no date; the message says why where that can be said."""


def parse_moment(text: str, *, timezone: tzinfo) -> Moment:
    """The instant that a text means; without a zone it is local time in `timezone`.

    Raises NotADateError.
    """
    plain = " ".join(text.lower().translate(_ACCENTS).split())
    for form in _FORMS:
        match = form.match(plain)
        if match:
            return _moment(match.groupdict(), timezone, original=text)
    raise NotADateError("")


def _moment(parts: dict[str, str | None], local: tzinfo, *, original: str) -> Moment:
    year, month, day = int(parts["year"] or 0), _month(parts["month"] or ""), int(parts["day"] or 0)
    _check_day(year, month, day)
    zone = _zone(parts["zone"], original) if parts["zone"] else local
    if parts["hour"] is None:
        return Moment(datetime(year, month, day, tzinfo=zone), has_hour=False)
    hour, minute, second = _hour(parts), int(parts["minute"] or 0), int(parts["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise NotADateError("hours go from 0 to 23, minutes and seconds to 59")
    return Moment(datetime(year, month, day, hour, minute, second, tzinfo=zone), has_hour=True)


def _month(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word not in _MONTHS:
        raise NotADateError(f'"{word}" is no month')
    return _MONTHS[word]


def _check_day(year: int, month: int, day: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotADateError(f"years go from {FIRST_YEAR} to {LAST_YEAR}")
    if not 1 <= month <= 12:
        raise NotADateError("months go from 1 to 12")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise NotADateError(f"{calendar.month_name[month]} {year} has {last} days")


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "")[:1]
    if half and not 1 <= hour <= 12:
        raise NotADateError("with am or pm, hours go from 1 to 12")
    return hour % 12 + (12 if half == "p" else 0) if half else hour


def _zone(name: str, original: str) -> tzinfo:
    if name in _ZONE_HOURS:
        hours = _ZONE_HOURS[name]
        return timezone(timedelta(hours=hours)) if hours else UTC
    if name[0] in "+-":
        return _offset(name)
    start = original.lower().rfind(name)
    return _named_zone(original[start : start + len(name)])


def _offset(name: str) -> tzinfo:
    digits = name[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if offset > timedelta(hours=14):
        raise NotADateError(f'"{name}" is no time zone')
    return timezone(-offset if name[0] == "-" else offset) if offset else UTC


@lru_cache(maxsize=64)
def _named_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise NotADateError(f'"{name}" is no time zone that we know') from error
