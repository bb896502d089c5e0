"""The feeds of a built site: the run's community and editions -> files below `feeds/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pelican.generators import Generator

from veillee.model import Community
from veillee.model.places import feed_path
from veillee.render.syndication import OPML_PATH, FeedForm, Items, compose_feeds, render_feed, render_opml
from veillee.site.editions import editions_of_run
from veillee.site.outputs.collecting import put_file
from veillee.site.run import Run, run_of


class FeedsGenerator(Generator):  # type: ignore[misc]
    """Writes every feed in each form, and the list of them all; a file that would be the same is left alone."""

    def generate_output(self, writer: Any) -> None:
        run = run_of(self.settings)
        if run is None or run.community is None:
            return
        for path, source, make in files_of_feeds(run, run.community):
            put_file(writer, path, source, make, output=Path(self.output_path))


def files_of_feeds(
    run: Run, community: Community, items: Items | None = None
) -> Iterator[tuple[str, object, Callable[[], bytes]]]:
    """The output path of each file, what it is made from, and how; `items` as `compose_feeds` keeps them."""
    archive = editions_of_run(run, community)
    feeds = tuple(compose_feeds(community, archive.digests, archive.composed, items))
    for feed in feeds:
        for form in FeedForm:
            yield feed_path(feed.scope, form), (feed, form), partial(render_feed, feed, form)
    listed = tuple(replace(feed, items=()) for feed in feeds)
    yield OPML_PATH, listed, partial(render_opml, listed)
