"""Finishing a build: everything was asked for -> what is not right any more is rendered, the rest is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from veillee.site.outputs.book import Book
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.judging import Judge
from veillee.site.outputs.making import FileMaker
from veillee.site.outputs.signature import signature_of
from veillee.site.pages.noted import ANSWERS
from veillee.site.run import Run


def finish(writer: CollectingWriter, book: Book, contents: Iterable[Any], *, run: Run) -> None:
    """Every file that was asked for, in its place; the writer then holds the records for the next build.

    Raises what a template raises.
    """
    records, note = book.read(signature=signature_of(run.settings))
    if note:
        run.note(f"{note}; everything is rendered anew")
    maker = FileMaker(writer.output_path, Judge(writer.shared, Contents(contents), ANSWERS), records)
    writer.made = tuple(maker.make(writer.jobs))
    for one in writer.made:
        writer.count(one.path, is_changed=one.is_changed)
    writer.records = maker.records
