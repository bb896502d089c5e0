"""What a mail says in its own words: names of sections, who and when, the state of a question, in one language."""

from __future__ import annotations

from datetime import datetime

from veillee.languages import Language
from veillee.model.edition import Digest, Every, SectionKind
from veillee.model.post import Author, Kind, Post, Reaction, Stream


def section_name(kind: SectionKind, digest: Digest, speaker: Language) -> str:
    """The heading of a section."""
    names = {
        SectionKind.ANNOUNCEMENTS: speaker.gettext("Announcements"),
        SectionKind.QUESTIONS: speaker.gettext("Questions"),
        SectionKind.BUZZ: speaker.gettext("Buzz"),
        SectionKind.STORY: _story_name(digest, speaker),
        SectionKind.HELP: speaker.gettext("Can you help?"),
        SectionKind.ZAPPING: speaker.gettext("Zapping"),
        SectionKind.TEASER: _next_name(digest.schedule.every, speaker),
        SectionKind.NEW_QUESTIONS: speaker.gettext("New questions"),
        SectionKind.ANSWERED_QUESTIONS: speaker.gettext("Answers have come"),
        SectionKind.WAITING_QUESTIONS: speaker.gettext("Waiting for an answer"),
    }
    return names[kind]


def section_lead(kind: SectionKind, speaker: Language) -> str:
    """A sentence under the heading, empty where the heading says it all."""
    if kind is SectionKind.HELP:
        return speaker.gettext("Nobody has answered these questions yet. If you know, two sentences are enough.")
    if kind is SectionKind.WAITING_QUESTIONS:
        return speaker.gettext("If you know the answer to one of these, two sentences are enough.")
    return ""


def section_stream(kind: SectionKind) -> Stream | None:
    """The stream whose colour a section wears; None for those that have none."""
    match kind:
        case SectionKind.ANNOUNCEMENTS:
            return Stream.ANNOUNCEMENTS
        case SectionKind.BUZZ:
            return Stream.BUZZ
        case SectionKind.STORY | SectionKind.ZAPPING | SectionKind.TEASER | SectionKind.HELP:
            return None
        case _:
            return Stream.QUESTIONS


def stream_count(stream: Stream, count: int, speaker: Language) -> str:
    """How many items of a stream: `4 questions`."""
    match stream:
        case Stream.ANNOUNCEMENTS:
            text = speaker.ngettext("%(count)s announcement", "%(count)s announcements", count)
        case Stream.QUESTIONS:
            text = speaker.ngettext("%(count)s question", "%(count)s questions", count)
        case Stream.BUZZ:
            text = speaker.ngettext("%(count)s from the buzz", "%(count)s from the buzz", count)
    return _with_count(text, count, speaker)


def authors(names: tuple[Author, ...], speaker: Language) -> str:
    """Who wrote it, as a list in a sentence; empty where nobody is named."""
    return speaker.join(author.name for author in names)


def question_state(post: Post, speaker: Language, *, now: datetime) -> str:
    """Where a question stands, in words; empty for what is no question."""
    if post.kind is not Kind.QUESTION:
        return ""
    if post.is_waiting:
        span = speaker.format_duration(now - post.published_at)
        return speaker.gettext("Waiting for an answer for %(span)s").replace("%(span)s", span)
    count = len(post.answers)
    answers = _with_count(speaker.ngettext("%(count)s answer", "%(count)s answers", count), count, speaker)
    return f"{speaker.gettext('Accepted answer')} · {answers}" if post.accepted_answer else answers


def reading_time(post: Post, speaker: Language) -> str:
    """How long a story takes to read; empty for short posts."""
    if post.kind is not Kind.STORY or not post.word_count:
        return ""
    return speaker.gettext("%(minutes)s min read").replace("%(minutes)s", speaker.format_number(post.reading_minutes))


def reactions(given: tuple[Reaction, ...], speaker: Language) -> str:
    """How members reacted: `12 bravo, 5 merci`."""
    return ", ".join(f"{speaker.format_number(one.count)}\u00a0{one.word}" for one in given if one.count)


def _story_name(digest: Digest, speaker: Language) -> str:
    """The story's kicker; another one where the digest itself is called so."""
    match digest.schedule.every:
        case Every.INSTANT:
            name = speaker.gettext("To read by the fire")
        case Every.DAY:
            name = speaker.gettext("The story of the day")
        case Every.WEEK:
            name = speaker.gettext("The story of the week")
        case Every.MONTH:
            name = speaker.gettext("The story of the month")
    is_title = _letters(name) == _letters(digest.title_in(speaker.code))
    return speaker.gettext("To read by the fire") if is_title else name


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _next_name(every: Every, speaker: Language) -> str:
    match every:
        case Every.INSTANT:
            return speaker.gettext("Soon")
        case Every.DAY:
            return speaker.gettext("Tomorrow")
        case Every.WEEK:
            return speaker.gettext("Next week")
        case Every.MONTH:
            return speaker.gettext("Next month")


def _with_count(text: str, count: int, speaker: Language) -> str:
    return text.replace("%(count)s", speaker.format_number(count))
