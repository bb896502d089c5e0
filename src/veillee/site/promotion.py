"""Promotion: a question and its answers -> a knowledge page, as a file for a manager to edit.

The words of members move as they were typed: Markdown stays Markdown, and links keep leading where they led.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from veillee.errors import SourceError, UsageError, nearest
from veillee.languages import language
from veillee.model import Kind, Post, Status
from veillee.model.places import slug_of
from veillee.shown import shown_path
from veillee.site.moved_text import moved_text
from veillee.site.reading import Session
from veillee.site.run import Run
from veillee.sources.posts import RawAnswer, RawPost

REVIEW_AFTER = timedelta(days=183)
"""Until a new page is to be read again: half a year."""

MOST_NAMED = 6
_SWITCHES = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


Moved = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands on the site and as it was typed; `relative` is its file below the content folder."""

    post: Post
    raw: RawPost
    relative: str


@dataclass(frozen=True, slots=True)
class Promoted:
    """A page that was written."""

    path: Path
    question_id: str
    review_by: date


def write_page(typed: str, session: Session, *, number: int | None = None) -> Promoted:
    """Writes the page of the question that is meant; raises UsageError where that cannot be, with what to do."""
    site, now = session.run.site, session.run.now.astimezone(session.run.site.timezone)
    question = find_question(typed, session)
    best, others = chosen_answers(question, number=number)
    path = site.content / Kind.KNOWLEDGE.folder / name_of_page(question, site.languages[0])
    folder = posixpath.dirname(question.relative)

    def moved(text: str, name: str) -> str:
        return moved_text(text, folder=folder, name=name, is_file=lambda path: (site.content / path).is_file())

    text = text_of_page(question, best, others, moved, now=now, default_lang=site.languages[0])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{shown_path(path)} is there already; open it, or take it away first") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}; look at the folder's rights") from error
    return Promoted(path, question.post.id, (now + REVIEW_AFTER).date())


def find_question(typed: str, session: Session) -> Question:
    """The question that somebody means by its file, id, address, title, or words of its title.

    Raises UsageError where none or several could be meant; it says what to type.
    """
    questions = list(_questions(session))
    wanted = typed.strip()
    exact = [one for one in questions if wanted.casefold() in _names_of(one, session.run)]
    found = exact or [one for one in questions if wanted and wanted.casefold() in one.post.title.casefold()]
    originals = [one for one in found if one.post.is_original] or found
    if len(originals) == 1:
        return _published(originals[0])
    if originals:
        raise UsageError(f'several questions are meant by "{wanted}"; {_choice(originals)}')
    slugs = {name.casefold(): one.post.slug for one in questions for name in (one.post.title, one.post.slug)}
    near = nearest(wanted.casefold(), slugs)
    hint = f'did you mean "{slugs[near]}"?' if near else _choice([one for one in questions if one.post.answers])
    raise UsageError(f'no question is called "{wanted}"; {hint}')


def _published(question: Question) -> Question:
    """What is kept from readers stays so."""
    status = question.post.status
    if status is not Status.PUBLISHED:
        raise UsageError(f'"{question.post.title}" is not for everybody ({status}); publish it first')
    return question


def _questions(session: Session) -> Iterator[Question]:
    for content in session.run.contents:
        post, record = getattr(content, "post", None), getattr(content, "veillee", None)
        if post is not None and record is not None and post.kind is Kind.QUESTION:
            yield Question(post, record.raw, session.run.source_file(content.source_path).relative)


def _names_of(question: Question, run: Run) -> frozenset[str]:
    post = question.post
    path = unquote(urlsplit(post.url).path).lstrip("/")
    files = (question.relative, f"{run.site.content.name}/{question.relative}", posixpath.basename(question.relative))
    return frozenset(name.casefold() for name in (post.id, post.slug, post.url, path, post.title, *files))


def _choice(questions: Sequence[Question]) -> str:
    shown = ", ".join(sorted(one.post.slug for one in questions)[:MOST_NAMED])
    return f"write one of: {shown}" if shown else "no question has an answer yet"


def chosen_answers(question: Question, *, number: int | None) -> tuple[RawAnswer, tuple[RawAnswer, ...]]:
    """The answer that the page is made from, and the others, oldest first. `number` counts them as the page shows them.

    Raises UsageError where none was accepted and none is named.
    """
    answers = tuple(sorted(question.raw.answers, key=lambda answer: answer.answered_at))
    if not answers:
        raise UsageError(f'"{question.post.title}" has no answer yet; there is nothing to promote')
    if number is not None and not 1 <= number <= len(answers):
        raise UsageError(f"there is no answer {number}; write --answer with a number from 1 to {len(answers)}")
    best = next((one for one in answers if one.is_accepted), None) if number is None else answers[number - 1]
    if best is None:
        todo = f"write accepted: true below one in {question.relative}, or name one with --answer 1"
        raise UsageError(f'no answer to "{question.post.title}" was accepted; {todo}')
    return best, tuple(one for one in answers if one is not best)


def name_of_page(question: Question, default_lang: str) -> str:
    """The file's name: the question's, with the language where it is not the site's first."""
    slug = slug_of(question.post.slug) or "page"
    return f"{slug}.md" if question.post.lang == default_lang else f"{slug}.{question.post.lang}.md"


def text_of_page(
    question: Question,
    best: RawAnswer,
    others: Sequence[RawAnswer],
    moved: Moved,
    *,
    now: datetime,
    default_lang: str,
) -> str:
    """The whole file; `moved` gives a text of the question as a part of it, with a name to tell it apart."""
    head, body = _head(question, best, others, now, default_lang), _body(question, best, others, moved)
    return "\n".join([*head, *body]) + "\n"


def _head(
    question: Question, best: RawAnswer, others: Sequence[RawAnswer], now: datetime, default_lang: str
) -> Iterator[str]:
    post, raw = question.post, question.raw
    people = dict.fromkeys([best.author_name, *(one.author_name for one in others), *raw.author_names])
    yield "---"
    yield f"title: {_quoted(post.title)}"
    yield f"date: {now:%Y-%m-%d %H:%M}"
    yield f"author: [{', '.join(map(_plain, people))}]"
    yield f"tags: [{', '.join(map(_plain, raw.tags))}]"
    if post.lang != default_lang:
        yield f"lang: {post.lang}"
    yield f"slug: {slug_of(post.slug)}"
    yield f"from_question: {_plain(_reference(question))}"
    yield f"review_by: {now + REVIEW_AFTER:%Y-%m-%d}"
    yield "---"


def _reference(question: Question) -> str:
    """The question's file where that gives its id, else the id."""
    stem = slug_of(posixpath.basename(question.relative).split(".")[0])
    return question.relative if f"{Kind.QUESTION.folder}/{stem}" == question.post.id else question.post.id


def _body(question: Question, best: RawAnswer, others: Sequence[RawAnswer], moved: Moved) -> Iterator[str]:
    tongue = language(question.post.lang)
    yield ""
    yield moved(best.body, "answer")
    if question.raw.body.strip():
        yield f"\n## {tongue.gettext('The question')}\n"
        yield moved(question.raw.body, "question")
    if others:
        yield f"\n## {tongue.gettext('What others added')}\n"
        yield "\n\n".join(moved(one.body, f"other-{number}") for number, one in enumerate(others, start=1))


def _plain(text: str) -> str:
    """A word as YAML may have it without quotes."""
    is_plain = re.fullmatch(r"[^\W\d_][\w./-]*", text) and text.lower() not in _SWITCHES
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    """The text between double quotes: what JSON writes, YAML reads."""
    return json.dumps(text, ensure_ascii=False)
