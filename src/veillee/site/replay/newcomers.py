"""Newcomers: new files of the content -> articles that can be put first, as they are, into the lists of a plan.

Each is like the files beside it, is shown from now on for as long as it stands there, takes nobody's place, and nobody
has looked for it before.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pelican.contents import Article
from pelican.plugins import signals
from pelican.utils import file_suffix

from veillee.site.content.apart import is_too_long
from veillee.site.content.checks import check_contents
from veillee.site.content.readers import PostFileReader
from veillee.site.content.records import Record
from veillee.site.content.rereading import ChangedOtherwiseError
from veillee.site.content.texts import text_of
from veillee.site.replay.stage import Stage
from veillee.site.replay.ties import Ties


def read_newcomers(paths: Iterable[Path], stage: Stage, ties: Ties) -> list[Any]:
    """The articles of these files, the oldest first. Raises ChangedOtherwiseError where there is more to one."""
    return sorted((_read(path, stage, ties) for path in paths), key=lambda article: article.date)


def check_newcomers(articles: Iterable[Any], stage: Stage) -> None:
    """Raises ChangedOtherwiseError where something is to be said of these articles, which are in their lists by now."""
    for article in articles:
        article.refresh_metadata_intersite_links()
    check_contents(articles, stage.session.context, stage.run)
    if stage.run.faults or stage.run.notes or stage.session.faults() or stage.session.notes():
        raise ChangedOtherwiseError


def _read(path: Path, stage: Stage, ties: Ties) -> Any:
    name, generator, memory = stage.name_of(path), stage.session.articles, stage.run.memory
    place = posixpath.dirname(name), posixpath.splitext(name)[1]
    reader = generator.readers.readers.get(file_suffix(name))
    if place not in ties.folders or type(reader) is not PostFileReader or not generator._include_path(name):
        raise ChangedOtherwiseError
    if memory is None or memory.is_asked_for(posixpath.basename(name)):
        raise ChangedOtherwiseError
    article = generator.readers.read_file(
        base_path=generator.path,
        path=name,
        content_class=Article,
        context=generator.context,
        preread_signal=signals.article_generator_preread,
        preread_sender=generator,
        context_signal=signals.article_generator_context,
        context_sender=generator,
    )
    if type(article) is not Article or not article.is_valid() or not _is_plain(article, stage, ties):
        raise ChangedOtherwiseError
    ties.slugs.add(article.slug)
    return article


def _is_plain(article: Any, stage: Stage, ties: Ties) -> bool:
    """Whether an article is shown from now on, at an address of its own, and brings no files."""
    record, context = article.metadata.get("veillee"), stage.session.context
    known = context["static_links"] | context["static_content"].keys()
    return bool(
        article.status == "published"
        and article.date <= min(stage.run.now, datetime.now(UTC))
        and not (isinstance(record, Record) and _changes_by_itself(record))
        and article.slug
        and article.slug not in ties.slugs
        and not hasattr(article, "override_save_as")
        and not is_too_long(article.save_as)
        and article.save_as not in stage.thawing.files
        and not (stage.run.site.output / article.save_as).exists()
        and "attach" not in (text_of(article) or "")
        and article.get_static_links() <= known
        and not any(hasattr(article, name) for name in ties.names)
    )


def _changes_by_itself(record: Record) -> bool:
    """Whether a post stands with others in its file, or is another one at some time."""
    return bool(record.rest or record.raw.expires_at or record.raw.review_by or record.raw.event)
