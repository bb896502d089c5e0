"""Rendering: jobs -> files, in as many processes as there are cores where that pays.

A worker gives back only what became of its files, and what each page has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain

from jinja2 import Environment

from veillee.site.content.once import settled_addresses
from veillee.site.logs import Listener
from veillee.site.outputs.fragments.compiling import keep_fragments
from veillee.site.outputs.fragments.keeping import Fragments
from veillee.site.outputs.fragments.lasting import Lasting, Noted
from veillee.site.outputs.hops import follow_hops
from veillee.site.outputs.items import repeated_items
from veillee.site.outputs.jobs import Job, PageJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.lookups import track_templates
from veillee.site.outputs.reach import Reach
from veillee.site.outputs.records import GONE, FactSet, Stamp, stamp_of
from veillee.site.outputs.tracking import TEMPLATE, WORKED_OUT, Fact, tracked, tracked_bodies
from veillee.site.outputs.writing import write_whole
from veillee.site.packing import packed_as_call
from veillee.site.workers import in_workers, turns, worker_count

LEAST_JOBS = 60
"""Below so many for each process, a fork costs more than it brings."""
MOST_PARTS = 1_000
"""A page may take as long as hundreds of others, so that nobody knows in advance what half of the work is."""


@packed_as_call
@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a job. `is_changed` where the file on the disk was another one, or none.

    `own` are the digests of those facts that are the page's own; a feed has no facts, but the digest of what it is made
    of. `is_loud` where something was
    said meanwhile that the next build must say too.
    """

    is_changed: bool
    stamp: Stamp
    facts: FactSet = ((), (), ())
    own: tuple[bytes, ...] = ()
    is_loud: bool = False


@contextmanager
def _settled(environments: Iterable[Environment]) -> Iterator[None]:
    """No template becomes another one while pages are rendered: nobody asks its file for each page."""
    asking = [one for one in environments if one.auto_reload]
    for one in asking:
        one.auto_reload = False
    try:
        yield
    finally:
        for one in asking:
            one.auto_reload = True


class Renderer:
    """Renders jobs into an output folder, and notes what each page reads; tells `on_done` how many files were done.

    Without `is_judging`, it is left open what a page's own facts come to. `lasting` gives the texts of fragments that
    are known from builds before, and is given the new ones.
    """

    def __init__(
        self,
        output: str,
        judge: Judge,
        on_done: Callable[[int], None],
        *,
        is_judging: bool = True,
        lasting: Lasting | None = None,
    ) -> None:
        self._lasting = lasting
        self._fragments: list[Fragments] = []
        self._is_judging = is_judging
        self._output = output
        self._on_done = on_done
        self._judge = judge
        self._listener = Listener()
        self._reach = Reach()
        self._shared: dict[tuple[int, frozenset[Fact]], tuple[Fact, ...]] = {}
        self._names: dict[frozenset[str], tuple[str, ...]] = {}
        self._sets: dict[FactSet, FactSet] = {}

    def render_all(self, jobs: Sequence[Job]) -> list[Rendered]:
        """Renders and writes every job; in their order. Raises what the first job that fails raises."""
        environments = {id(job.environment): job.environment for job in jobs if isinstance(job, PageJob)}
        for one in environments.values():
            track_templates(one)
            follow_hops(one)
        count = worker_count(len(jobs), least=LEAST_JOBS)
        with ExitStack() as stack:
            self._fragments = [keep_fragments(one) for one in environments.values()]
            for fragments in self._fragments:
                stack.enter_context(fragments.kept(self._lasting, lambda: self._listener.count))
            stack.enter_context(_settled(environments.values()))
            for context in (tracked_bodies(), settled_addresses(), repeated_items(), self._listener.listening()):
                stack.enter_context(context)
            self._compile(jobs)
            found = self._in_workers(jobs, count) if count > 1 else {}
            done = [found.get(place) or self._rendered(job) for place, job in enumerate(jobs)]
            if self._lasting is not None:
                self._lasting.note(self._noted())
            return done

    def _compile(self, jobs: Sequence[Job]) -> None:
        """Compiles what templates name, once for all processes; what cannot be is told by the page that needs it."""
        asked = {(id(job.environment), job.template.name): job for job in jobs if isinstance(job, PageJob)}
        for (_, name), job in asked.items():
            for reached in self._reach.of(job.environment, [name])[0] if name is not None else ():
                with suppress(Exception):
                    job.environment.get_template(reached)

    def _noted(self) -> list[Noted]:
        """The fragments that this process has rendered."""
        return [one for fragments in self._fragments for one in fragments.noted()]

    def _rendered(self, job: Job) -> Rendered:
        said = self._listener.count
        done = self._render(job)
        self._on_done(1)
        return done if self._listener.count == said else replace(done, is_loud=True)

    def _render(self, job: Job) -> Rendered:
        path = f"{self._output}/{job.path}"
        if not isinstance(job, PageJob):
            is_changed = write_whole(path, job.render())
            made_of = (self._judge.of_feed(job),) if self._is_judging else ()
            return Rendered(is_changed, stamp_of(path) or GONE, own=made_of)
        keep_fragments(job.environment).begin(job.site_url)
        context = job.context.whole()
        with tracked(context) as reads:
            reads.add((TEMPLATE, job.template.name))
            content = job.render(context)
        is_changed = write_whole(path, content)
        facts = self._sorted(reads.facts(), job)
        own = tuple(self._judge.digest(one, job) for one in facts[1]) if self._is_judging else ()
        return Rendered(is_changed, stamp_of(path) or GONE, facts, own)

    def _sorted(self, facts: frozenset[Fact], job: PageJob) -> FactSet:
        own = [fact for fact in facts if self._judge.is_local(fact, job)]
        others = facts.difference(own)
        key = id(job.environment), others
        shared = self._shared.get(key)
        if shared is None:
            names = [fact[1] for fact in others if fact[0] == TEMPLATE]
            reached, is_all = self._reach.of(job.environment, names)
            others = others | {(TEMPLATE, name) for name in reached} | (set() if is_all else {WORKED_OUT})
            shared = self._shared[key] = tuple(sorted(others, key=repr))
        found = shared, tuple(sorted(own, key=repr)), self._names_of(job)
        return self._sets.setdefault(found, found)  # one for all pages with the same

    def _names_of(self, job: PageJob) -> tuple[str, ...]:
        known = self._names.get(job.local)
        if known is None:
            known = self._names[job.local] = tuple(sorted(job.local))
        return known

    def _in_workers(self, jobs: Sequence[Job], count: int) -> dict[int, Rendered]:
        """What was rendered, by place; a job that failed is missing: who renders it again hears why."""
        found: dict[int, Rendered] = {}
        with turns(len(jobs), most=MOST_PARTS) as parts:
            for number, answer in enumerate(in_workers(count, lambda number: self._share(jobs, number, parts))):
                done, noted = answer or ({}, ())
                if number:
                    self._on_done(len(done))
                found.update(done)
                if self._lasting is not None:
                    self._lasting.note(noted)
        return found

    def _share(
        self, jobs: Sequence[Job], number: int, parts: Iterable[range]
    ) -> tuple[dict[int, Rendered], list[Noted]]:
        """What one worker rendered, with its fragments; number 0 is this process, which tells how far it is."""
        found: dict[int, Rendered] = {}
        for place in chain.from_iterable(parts):
            said = self._listener.count
            try:
                done = self._render(jobs[place])
            except Exception:  # noqa: BLE001 it is rendered once more where its error can be told
                break
            if self._listener.count == said:
                found[place] = done
                if number == 0:
                    self._on_done(1)
        return found, self._noted() if number else []
