"""The language of a page: which one its interface speaks, and what must be marked as speaking another.

A list stands in each language of the site; a post's page speaks the post's language where the site has it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from veillee.languages import Language, language
from veillee.model import Community, Event, Post
from veillee.site.pages.noted import ANSWERS, find_post, key_of_post

OFFER = "This page exists in English."
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@pass_context
def page_language(context: Context) -> str:
    """The code of the language that the page's interface speaks."""
    chosen = context.get("lang")
    if chosen:
        return str(chosen)
    community: Community = context["community"]
    own = content_language(context.get("article") or context.get("page"))  # Pelican's names for what it writes
    return own if own in community.languages else community.language


def content_language(content: Any) -> str:
    """The language of Pelican's article or page, empty where there is none."""
    post = getattr(content, "post", None)
    return str(post.lang if post else getattr(content, "lang", "") or "")


@pass_context
def gettext(context: Context, message: str) -> str:
    return _speaker(context).gettext(message)


def speaker() -> Callable[..., Markup]:
    """What templates call `_`: Jinja's own goes through three functions for each of a page's hundred messages."""
    known: dict[tuple[str, str], tuple[Markup, Markup | None]] = {}

    @pass_context
    def say(context: Context, message: str, **values: Any) -> Markup:
        key = page_language(context), message
        if key not in known:
            words = Markup(language(key[0]).gettext(message))  # noqa: S704 a message of a catalogue
            known[key] = words, None if "%(" in words else words % {}
        words, whole = known[key]
        return words % values if whole is None or values else whole

    return say


@pass_context
def ngettext(context: Context, singular: str, plural: str, count: int) -> str:
    return _speaker(context).ngettext(singular, plural, count)


@pass_context
def plural_forms(context: Context, singular: str, plural: str) -> str:
    """A message in each form that the page's language counts with, as JSON by CLDR's names: the script chooses."""
    speaker = _speaker(context)
    return json.dumps(
        {name: speaker.ngettext(singular, plural, count) for name, count in speaker.plural_samples.items()},
        ensure_ascii=False,
    )


def said_in(lang: str, message: str) -> str:
    """A message in another language than the page's."""
    return language(lang).gettext(message)


def offer_in(lang: str) -> str:
    """That a page exists in a language, in that language: each catalogue says it of its own."""
    said = language(lang).gettext(OFFER)
    return said if said != OFFER or lang.partition("-")[0] == "en" else language(lang).own_name


@pass_context
def tongue(context: Context, lang: str) -> dict[str, str]:
    """The attributes of an element whose text speaks `lang`, for `xmlattr`: none where the page speaks it too."""
    return {} if not lang or lang == page_language(context) else spoken(lang)


def spoken(lang: str) -> dict[str, str]:
    """`lang`, and `dir` where the language is written from right to left."""
    return {"lang": lang, "dir": "rtl"} if lang.partition("-")[0] in RIGHT_TO_LEFT else {"lang": lang}


@pass_context
def time_tag(context: Context, moment: date, form: str = "long") -> Markup:
    """A day as the page's language writes it, in a `time` element that says it exactly."""
    community: Community = context["community"]
    exact = moment.astimezone(community.timezone) if isinstance(moment, datetime) else moment
    shown = _speaker(context).format_date(exact, form)
    stamp = exact.isoformat(timespec="minutes") if isinstance(exact, datetime) else exact.isoformat()
    return Markup('<time datetime="{}">{}</time>').format(stamp, shown)


@pass_context
def written_date(context: Context, moment: date, form: str = "long") -> str:
    """A day as the page's language writes it, as plain text."""
    community: Community = context["community"]
    return _speaker(context).format_date(moment, form, timezone=community.timezone)


@pass_context
def written_span(context: Context, event: Event) -> str:
    """When something takes place, in the community's time."""
    community: Community = context["community"]
    zone = community.timezone
    if event.is_whole_day:
        return _speaker(context).format_days(event.first_day(zone), event.last_day(zone))
    return _speaker(context).format_span(event.starts_at.astimezone(zone), event.ends_at.astimezone(zone))


@pass_context
def written_time(context: Context, moment: time | datetime) -> str:
    """An hour of the day; of an instant, the community's local one."""
    community: Community = context["community"]
    local = moment.astimezone(community.timezone).time() if isinstance(moment, datetime) else moment
    return _speaker(context).format_time(local)


@pass_context
def weekday_name(context: Context, number: int) -> str:
    """The name of a weekday; Monday is 1."""
    return _speaker(context).weekday_name(number)


@ANSWERS.noted(key_of_post, find_post)
def waiting_time(context: Context, post: Post) -> str:
    """How long a post has stood there, in words: `3 days`."""
    community: Community = context["community"]
    return _speaker(context).format_duration(community.waiting_time(post))


@pass_context
def language_name(context: Context, lang: str = "") -> str:
    """What a language calls itself; the page's own where none is named."""
    return language(lang or page_language(context)).own_name


@pass_context
def joined(context: Context, words: tuple[str, ...]) -> str:
    """Words as a list in a sentence."""
    return _speaker(context).join(words)


@pass_context
def number(context: Context, value: float) -> str:
    """A number with the thousands of the page's language."""
    return _speaker(context).format_number(value)


def _speaker(context: Context) -> Language:
    return language(page_language(context))
