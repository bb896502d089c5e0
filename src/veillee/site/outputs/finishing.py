"""Finishing a build: everything was asked for -> what is not right any more is rendered, the rest is left alone."""

from __future__ import annotations

from collections.abc import Callable

from veillee.site.outputs.beforehand import Digests
from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.fragments.lasting import Lasting
from veillee.site.outputs.jobs import PageJob
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.making import FileMaker
from veillee.site.outputs.signature import signature_of
from veillee.site.pages.noted import ANSWERS
from veillee.site.run import Run


def finish(
    writer: CollectingWriter,
    book: Book,
    run: Run,
    *,
    digests_of_contents: Callable[[], Digests] = dict,
    lasting: Lasting | None = None,
) -> None:
    """Every file that was asked for, in its place; the writer then holds the records for the next build.

    `digests_of_contents` gives those that were worked out beforehand; `lasting` is given the fragments that were
    rendered. Raises what a template raises.
    """
    run.begin("Looking for changes")
    environments = [job.environment for job in writer.jobs.values() if isinstance(job, PageJob)]
    records, note = book.read(signature=signature_of(run.settings, environments))
    if note:
        run.note(f"{note}; everything is rendered anew")
    judge = Judge(run.shared, Contents(run.contents), ANSWERS, digests_of_contents())
    maker = FileMaker(writer.output_path, judge, records, lasting)
    writer.made = tuple(maker.make(writer.jobs, on_begin=lambda: run.begin("Writing"), on_done=run.tick))
    for one in writer.made:
        writer.count(one.path, is_changed=one.is_changed)
    writer.records = maker.records
