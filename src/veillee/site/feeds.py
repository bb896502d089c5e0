"""The feeds of a built site: the run's community and editions -> files below `feeds/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pelican.generators import Generator

from veillee.model.places import feed_path
from veillee.render.syndication import OPML_PATH, FeedForm, compose_feeds, render_feed, render_opml
from veillee.site.editions import editions_of_run
from veillee.site.outputs.collecting import put_file
from veillee.site.run import run_of


class FeedsGenerator(Generator):  # type: ignore[misc]
    """Writes every feed in each form, and the list of them all; a file that would be the same is left alone."""

    def generate_output(self, writer: Any) -> None:
        run = run_of(self.settings)
        if run is None or run.community is None:
            return
        archive = editions_of_run(run, run.community)
        feeds = tuple(compose_feeds(run.community, archive.digests, archive.composed))
        for feed in feeds:
            for form in FeedForm:
                self._write(feed_path(feed.scope, form), (feed, form), partial(render_feed, feed, form), writer)
        self._write(OPML_PATH, feeds, partial(render_opml, feeds), writer)

    def _write(self, path: str, source: object, make: Callable[[], bytes], writer: Any) -> None:
        put_file(writer, path, source, make, output=Path(self.output_path))
