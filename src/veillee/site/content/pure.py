"""Pure: functions of Pelican's that hang on what they are given alone, quicker, and the same to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from pelican import contents, readers, utils
from pelican.utils import SafeDatetime

_MOST_LINKS = 20_000
_DIRECTIVES = frozenset("aAbBcdfGHIjmMpSUuVwWxXyYzZ%")
"""What Pelican fills in (`pelican.utils.strftime`); anything else stays as it is written."""
_PLAIN_DATE = re.compile(r"([12][0-9]{3})-([0-9]{2})-([0-9]{2})(?: ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
_OPTION = re.compile("%[-]?.")


def hasten_functions() -> None:
    """Puts them in the place of Pelican's own; a second call changes nothing."""
    if utils.strftime is not formatted:
        utils.strftime = formatted
        contents.urlparse = _remembered(contents.urlparse)  # a link is worked out for its page, for feeds, for records
        contents.urljoin = _remembered(contents.urljoin)
        readers.get_date = _where_dates_are_plain(readers.get_date)
        readers.find_empty_alt = _where_pictures_are(readers.find_empty_alt)


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    return lru_cache(maxsize=_MOST_LINKS, typed=True)(function)


def _where_dates_are_plain(original: Callable[[str], datetime]) -> Callable[[str], datetime]:
    """A date in the form of ISO 8601, without a zone, is no guess."""

    def get_date(string: str) -> datetime:
        found = _PLAIN_DATE.fullmatch(string)
        try:
            return SafeDatetime(*(int(part) for part in found.groups("0"))) if found else original(string)
        except ValueError:
            return original(string)

    return get_date


def _where_pictures_are(original: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def find_empty_alt(content: str, path: str) -> None:
        if "<img" in content:
            original(content, path)

    return find_empty_alt


def formatted(date: datetime, date_format: str) -> str:
    """A date in a format of Pelican's, where `%-d` is a day without its zero."""
    template, together, options = _parts_of(date_format)
    found = _said(date, together).split(_BETWEEN) if together and type(date) in _USUAL else []
    if len(found) != len(options):
        found = [_said(date, option) if option[0] == "%" else option[1:] for option, _ in options]
    return template % tuple(
        [
            said.lstrip("0") or "0" if is_stripped else said
            for said, (_, is_stripped) in zip(found, options, strict=True)
        ]
    )


def _said(date: datetime, options: str) -> str:
    if type(date) is SafeDatetime:
        return datetime.strftime(date, options)
    return str(date.strftime(options, safe=False)) if isinstance(date, SafeDatetime) else date.strftime(options)


_BETWEEN = "\x1f"
_USUAL = (SafeDatetime, datetime)


@lru_cache(maxsize=200, typed=True)
def _parts_of(date_format: str) -> tuple[str, str, tuple[tuple[str, bool], ...]]:
    """The format with `%s` in the place of each option; all of these in one question, where each means something; each.

    Of each, what is asked, and whether its zeros are stripped. One that means nothing is said as it is, with a mark
    before it.
    """
    found = _OPTION.findall(date_format)
    options = tuple((f"%{one[-1]}", len(one) == 3) if one[-1] in _DIRECTIVES else (f"={one}", False) for one in found)
    are_known = all(option[0] == "%" for option, _ in options)
    return _OPTION.sub("%s", date_format), _BETWEEN.join(option for option, _ in options) if are_known else "", options
