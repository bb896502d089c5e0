"""The languages of the interface: messages by gettext catalogues, dates and numbers by Babel.

English is written in the code and templates; `<code>.po` beside this file holds another language, and so does one in
a site's folder `languages`. Adding a language is adding its file.
"""

from __future__ import annotations

import gettext as gettext_module
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError, dates, lists, numbers
from babel.core import get_global

from veillee.languages.catalogues import FOLDER, CatalogueError, Catalogues

__all__ = [
    "FOLDER",
    "CatalogueError",
    "Language",
    "catalogue_codes",
    "is_known",
    "language",
    "use_catalogues",
    "wordings",
]

_LOCALES = {"en": "en_GB"}  # the day before the month, as in every other language that we speak
_SAMPLED = 120


_in_use = Catalogues()
"""Those of the program and of the one site that this process works on."""


def use_catalogues(folder: Path) -> bytes:
    """From now on a site's own catalogues count, too; gives what tells their state from another.

    Raises CatalogueError where one of them is broken: the program's own are in use then.
    """
    global _in_use
    found = Catalogues(folder)
    if found.stamp != _in_use.stamp:
        _in_use = found
        language.cache_clear()
        try:
            for code in found.codes:
                language(code)
        except CatalogueError:
            _in_use = Catalogues()
            language.cache_clear()
            raise
    return found.stamp


@dataclass(frozen=True)
class Language:
    """Says things in one language. `code` is as in content (`fr`), `locale` Babel's."""

    code: str
    locale: Locale
    messages: gettext_module.NullTranslations

    def gettext(self, message: str) -> str:
        return self.messages.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self.messages.ngettext(singular, plural, count)

    @property
    def plural_samples(self) -> Mapping[str, int]:
        """For each name that CLDR gives to a form of the plural, the least number that takes it."""
        counts = {self.locale.plural_form(count): count for count in reversed(range(_SAMPLED))}
        return {name: counts[name] for name in sorted(counts)}

    def format_date(self, day: date, form: str = "long", *, timezone: tzinfo | None = None) -> str:
        """A day as people write it: `long` (20 November 2026), `full` (with the weekday), `short` (20 Nov)."""
        if isinstance(day, datetime):
            day = day.astimezone(timezone).date() if timezone else day.date()
        if form == "short":
            return str(dates.format_skeleton("MMMd", day, locale=self.locale))
        if form == "month":
            return str(dates.format_skeleton("yMMMM", day, locale=self.locale))
        return str(dates.format_date(day, form, locale=self.locale))

    def format_time(self, moment: time) -> str:
        """An hour of the day: `08:00`."""
        return str(dates.format_time(moment, "short", locale=self.locale))

    def format_span(self, start: datetime, end: datetime) -> str:
        """Local times from one to another: `Saturday 21 November 2026, 06:00–08:00`."""
        if start.date() == end.date():
            hours = dates.format_interval(start, end, "Hm", locale=self.locale).replace("\u2009", "\u202f")
            return f"{self.format_date(start, 'full')}, {hours}"
        return " – ".join(f"{self.format_date(one, 'full')}, {self.format_time(one.time())}" for one in (start, end))

    def format_days(self, first: date, last: date) -> str:
        """Whole days from one to another: `23–27 November 2026`."""
        if first == last:
            return self.format_date(first, "full")
        return str(dates.format_interval(first, last, "yMMMMd", locale=self.locale))

    def format_duration(self, duration: timedelta) -> str:
        """A span in whole days, below one day in hours: `3 days`; never less than an hour."""
        span = max(duration, timedelta(hours=1))
        if span >= timedelta(days=1):
            span = timedelta(days=span.days)  # eleven days are eleven days, not a week and a half
            return str(dates.format_timedelta(span, granularity="day", threshold=1e9, locale=self.locale))
        return str(dates.format_timedelta(span, granularity="hour", threshold=1, locale=self.locale))

    def weekday_name(self, number: int) -> str:
        """The name of a weekday, as ISO 8601 numbers them: Monday is 1."""
        return str(dates.get_day_names("wide", locale=self.locale)[number - 1])

    def format_number(self, number: float) -> str:
        return str(numbers.format_decimal(number, locale=self.locale))

    def join(self, words: Iterable[str]) -> str:
        """Words as a list in a sentence: `Amina, Paul and Sofia`."""
        return str(lists.format_list(list(words), locale=self.locale))

    @property
    def territorial(self) -> str:
        """The locale with the territory where most speak the language: `fr_FR`, as Open Graph wants it."""
        if self.locale.territory:
            return f"{self.locale.language}_{self.locale.territory}"
        likely = get_global("likely_subtags").get(self.locale.language, "")
        territory = likely.rpartition("_")[2]
        return f"{self.locale.language}_{territory}" if territory else self.locale.language

    @property
    def own_name(self) -> str:
        """What the language calls itself, capitalised: `Français`."""
        name = self.locale.get_language_name(self.locale.language) or self.code
        return name[:1].upper() + name[1:]


@cache
def language(code: str) -> Language:
    """The language with this code; where no catalogue exists its dates are right and its messages English."""
    try:
        locale = Locale.parse(_LOCALES.get(code, code.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    return Language(code=code, locale=locale, messages=_in_use.messages(code))


def catalogue_codes() -> tuple[str, ...]:
    """The languages that something can be said in."""
    return _in_use.codes


def is_known(code: str) -> bool:
    """Whether a code such as `fr` names a language; what follows a hyphen is not looked at."""
    return code.partition("-")[0] in Locale.parse("en").languages


def wordings(message: str) -> frozenset[str]:
    """What a message says in English, and in each language that has a catalogue."""
    return frozenset(language(code).gettext(message) for code in _in_use.codes)
