"""Making the files of a site: jobs, and the records of the last build -> what is rendered, and why -> new records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from veillee.site.outputs.fragments.lasting import Lasting
from veillee.site.outputs.jobs import FeedJob, Job, PageJob
from veillee.site.outputs.judging import UNKNOWN, Judge, in_words
from veillee.site.outputs.records import FactSet, FeedRecord, PageRecord, Records, stamp_of
from veillee.site.outputs.rendering import Rendered, Renderer
from veillee.site.outputs.tracking import Fact
from veillee.site.workers import in_workers, turns, worker_count

NEW = "it is new, or nothing is known of it"
LEAST_FILES = 1_000
"""Below so many for each process, a fork costs more than it brings."""
MOST_PARTS = 200
"""So often a process asks what it looks at next."""
TOUCHED = "its file is not there any more, or another one"


@dataclass(frozen=True, slots=True)
class Made:
    """One file of the site. `reason` says why it was rendered; empty where it was right as it stood."""

    path: str
    reason: str = ""
    is_changed: bool = False


class FileMaker:
    """Makes what is not right any more, and knows afterwards what everything was made from."""

    def __init__(self, output: str, judge: Judge, records: Records, lasting: Lasting | None = None) -> None:
        self._lasting = lasting
        self._output = output
        self._judge = judge
        self._old = records
        self._verdicts: dict[int, str] = {}  # by the facts that pages share
        self._kept: dict[int, FactSet] = {}
        self._sets: dict[FactSet, FactSet] = {}
        self._shared: dict[tuple[Fact, ...], tuple[Fact, ...]] = {}
        self.records = Records(records.signature)

    def make(
        self, jobs: Mapping[str, Job], *, on_begin: Callable[[], None], on_done: Callable[[int], None]
    ) -> list[Made]:
        """`on_begin` is called when it is known what is rendered, `on_done` with the number of files just done.

        Raises what a template raises.
        """
        reasons = self._reasons(list(jobs.values()))
        waiting = [job for job in jobs.values() if reasons[job.path]]
        on_begin()
        rendered = Renderer(self._output, self._judge, on_done, lasting=self._lasting).render_all(waiting)
        done = dict(zip((job.path for job in waiting), rendered, strict=True))
        return [self._made(job, reasons[path], done.get(path)) for path, job in jobs.items()]

    def _reasons(self, jobs: Sequence[Job]) -> dict[str, str]:
        """Why each file is rendered, by path: found out by as many processes as pay, where anything is known of files.

        What a process failed at is looked at once more, where its error can be told.
        """
        count = worker_count(len(jobs), least=LEAST_FILES) if self._old.pages or self._old.feeds else 1
        found: dict[str, str] = {}
        if count > 1:
            with turns(len(jobs), most=MOST_PARTS) as parts:
                places = chain.from_iterable(parts)
                for answer in in_workers(count, lambda _: {jobs[at].path: self._reason(jobs[at]) for at in places}):
                    found.update(answer or {})
        return found | {job.path: self._reason(job) for job in jobs if job.path not in found}

    def _made(self, job: Job, reason: str, rendered: Rendered | None) -> Made:
        if rendered is not None and rendered.is_loud:
            return Made(job.path, reason, rendered.is_changed)  # nothing is known of it: the next build says it too
        if isinstance(job, PageJob):
            known = self._old.pages[job.path] if rendered is None else rendered
            self.records.pages[job.path] = PageRecord(self._kept_set(known.facts, job), known.own, known.stamp)
        else:
            feed = self._old.feeds[job.path] if rendered is None else FeedRecord(rendered.own[0], rendered.stamp)
            self.records.feeds[job.path] = feed
        return Made(job.path, reason, rendered is not None and rendered.is_changed)

    def _kept_set(self, facts: FactSet, job: PageJob) -> FactSet:
        """One object for equal sets; what their facts come to is known from here on."""
        known = self._kept.get(id(facts))
        if known is None:
            shared = self._shared.setdefault(facts[0], facts[0])
            known = self._kept[id(facts)] = self._sets.setdefault(facts, (shared, *facts[1:]))
            for fact in facts[0]:
                if fact not in self.records.shared:
                    self.records.shared[fact] = self._judge.digest(fact, job)
        return known

    def _reason(self, job: Job) -> str:
        if isinstance(job, FeedJob):
            return self._reason_of_feed(job)
        known = self._old.pages.get(job.path)
        if known is None:
            return NEW
        return self._reason_of_facts(job, known) or self._reason_of_file(job.path, known)

    def _reason_of_feed(self, job: FeedJob) -> str:
        known = self._old.feeds.get(job.path)
        if known is None:
            return NEW
        source = self._judge.of_feed(job)
        if source == UNKNOWN or source != known.source:
            return "what it carries has changed"
        return self._reason_of_file(job.path, known)

    def _reason_of_facts(self, job: PageJob, known: PageRecord) -> str:
        if known.facts[2] != tuple(sorted(job.local)):
            return "what it is made from has changed"
        shared = known.facts[0]
        verdict = self._verdicts.get(id(shared))
        if verdict is None:
            verdict = self._verdicts[id(shared)] = self._first_change(shared, job)
        if verdict:
            return verdict
        for fact, was in zip(known.facts[1], known.own, strict=True):
            now = self._judge.digest(fact, job)
            if now == UNKNOWN or now != was:
                return in_words(fact)
        return ""

    def _first_change(self, facts: Iterable[Fact], job: PageJob) -> str:
        for fact in facts:
            now = self._judge.digest(fact, job)
            if now == UNKNOWN or now != self._old.shared.get(fact):
                return in_words(fact)
        return ""

    def _reason_of_file(self, path: str, known: PageRecord | FeedRecord) -> str:
        return "" if stamp_of(f"{self._output}/{path}") == known.stamp else TOUCHED
