"""The archive: what a site shows of its digests, read once in a run for pages, feeds and checks."""

from __future__ import annotations

from dataclasses import dataclass

from veillee.errors import Fault
from veillee.model.edition import ComposedEdition, Digest, Edition


@dataclass(frozen=True, slots=True)
class Archive:
    """`composed` holds every edition that is shown by now, newest first, in each of its languages.

    `editions` are all that have a file, shown or not, oldest first. `notes` say what was left out of the archive
    without being a fault (an item that has expired since).
    """

    digests: tuple[Digest, ...] = ()
    editions: tuple[Edition, ...] = ()
    composed: tuple[ComposedEdition, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
