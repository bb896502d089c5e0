"""The questions that knowledge pages say they came from, and pages that somebody was to look at again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from veillee.errors import Fault, nearest
from veillee.model import Community, Kind
from veillee.shown import shortened
from veillee.site.content.lines import line_of_key
from veillee.site.content.records import Record
from veillee.site.run import Run


def missing_questions(run: Run, community: Community) -> Iterator[Fault]:
    """A fault for each page that names a question which is not there."""
    known = {post.id for post in community.posts} | {one for one, _ in community.withdrawn}
    questions = [name.removeprefix("questions/") for name in known if name.startswith(f"{Kind.QUESTION.folder}/")]
    for content in run.contents:
        post = getattr(content, "post", None)
        if post is None or post.question_id is None or post.question_id in known:
            continue
        typed = content.veillee.raw.from_question
        near = nearest(post.question_id.removeprefix("questions/"), questions)
        todo = f"did you mean questions/{near}?" if near else "write the path of the question, or remove the line"
        source = run.source_file(content.source_path)
        line = line_of_key(source.path, ("from_question",), start=content.veillee.raw.line)
        found = f'from_question "{shortened(typed)}" is not there'
        yield Fault(source.shown, line or content.veillee.raw.line, found, "a question of the content", todo)


def notes_on_reviews(run: Run, contents: list[Any]) -> Iterator[str]:
    """A note for each post that is to be reviewed by now."""
    for content in contents:
        record, post = getattr(content, "veillee", None), getattr(content, "post", None)
        if isinstance(record, Record) and post is not None and post.is_due(run.now):
            source = run.source_file(content.source_path)
            line = line_of_key(source.path, ("review_by",), start=record.raw.line) or record.raw.line
            day = post.review_by.astimezone(run.site.timezone).date()
            yield f"{source.shown}:{line}: to be reviewed since {day}; read it again, then write reviewed: and the day"
