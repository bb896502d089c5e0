"""Replaying: a plan, and files of the content that have changed -> the pages and feeds that show them.

Texts that have become others, or posts that are new and newer than all others; whatever else has changed, nothing is
done, and the site is built as ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from veillee.site.content.rereading import TEXT, ChangedOtherwiseError, reread
from veillee.site.outputs.book import Book
from veillee.site.outputs.fragments.lasting import forget_fragments
from veillee.site.outputs.jobs import Job
from veillee.site.outputs.making import Made
from veillee.site.outputs.rendering import Rendered
from veillee.site.outputs.tracking import BODY, SUMMARY
from veillee.site.reading import open_session, without_collector
from veillee.site.replay.growing import grow
from veillee.site.replay.stage import Stage
from veillee.site.report import BuildReport
from veillee.site.settings import FILE_KEY

REASON = "a text that it shows has changed"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A build that was done over, and the mark of the plan by which it can be done over once more."""

    report: BuildReport
    mark: bytes


def replay(settings: dict[str, Any], mark: bytes, changed: Iterable[Path], *, since_ns: int) -> Replayed | None:
    """Renders what shows these files of the content; None, with nothing written, where that is not enough.

    `mark` is that of the plan of the last build, of which nothing but these files had changed at a moment in
    nanoseconds, `since_ns`; a build by other settings may have written there meanwhile.
    """
    began_s = time.monotonic()
    with open_session(settings) as session, without_collector():
        session.run.is_replayed = True
        book = Book(session.run.site.var, session.run.site.output, str(settings[FILE_KEY]))
        with book.held(lambda: None):
            if not book.is_untouched_since(since_ns):
                return None
            try:
                stage = Stage(session, book, mark)
                paths = tuple(changed)
                new = [path for path in paths if stage.name_of(path) not in stage.contents]
                if not new:
                    made = _made(stage, [_patched(stage, path) for path in paths])
                elif len(new) == len(paths):
                    made, mark = grow(stage, mark, new)
                else:
                    return None
            except Exception:  # noqa: BLE001 whatever it is, a build of everything says it where it belongs
                return None
    written, said = sum(one.is_changed for one in made), stage.plan.said
    counts = {**said, "files_written": written, "files_unchanged": said["files_unchanged"] - written}
    return Replayed(BuildReport(**counts, made=made, seconds=round(time.monotonic() - began_s, 2)), mark)


def _patched(stage: Stage, path: Path) -> str:
    """The name of a file of the content, which has its new text from now on."""
    name = stage.name_of(path)
    content = stage.contents.get(name)
    if content is None or content.__class__.__name__ not in ("Article", "Page"):
        raise ChangedOtherwiseError
    if name in stage.plan.context["static_content"]:
        raise ChangedOtherwiseError
    now = reread(path, stage.run, stage.session.articles.readers.readers, TEXT)
    content._content = now.html
    return name


def _made(stage: Stage, names: Iterable[str]) -> tuple[Made, ...]:
    """Every file that shows one of these texts, in its place.

    Where one of them shows other texts than it did, the plan is good for no further build.
    """
    memory = stage.run.memory
    if memory is None:
        raise ChangedOtherwiseError
    names = tuple(names)
    numbers = stage.thawing.numbers
    forget_fragments(stage.book.fragments, [numbers[id(stage.contents[name])] for name in names])
    paths = dict.fromkeys(path for name in names for path in stage.plan.uses.readers.get(name, ()))
    jobs = [stage.job(path) for path in paths]
    done = stage.rendered(jobs)
    if not all(_is_as_planned(stage, job, one) for job, one in zip(jobs, done, strict=True)):
        stage.book.plan.unlink(missing_ok=True)
        raise ChangedOtherwiseError
    memory.save(is_all=False)
    return tuple(Made(job.path, REASON, one.is_changed) for job, one in zip(jobs, done, strict=True))


def _is_as_planned(stage: Stage, job: Job, rendered: Rendered) -> bool:
    """Whether a file shows no text that it did not show before, and said nothing."""
    shown = {fact[1] for fact in rendered.facts[1] if fact[0] in (BODY, SUMMARY)}
    known = stage.plan.uses.texts.get(job.path, ())
    return not rendered.is_loud and b"" not in rendered.own and shown <= set(known)
