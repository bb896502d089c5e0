"""Pictures and recordings from other sites, which the policy of the pages does not let readers' browsers load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from veillee.model import Post
from veillee.site.content.lines import line_of_text
from veillee.site.content.records import Record
from veillee.site.run import Run

_SHOWN = re.compile(r'<(?:img|video|audio|source)\b[^>]*?\s(?:src|poster)="(https?://[^"]+)"')


def notes_on_elsewhere(run: Run, contents: list[Any]) -> Iterator[str]:
    """A note for each picture of another site that no setting allows."""
    for content in contents:
        post, record = getattr(content, "post", None), getattr(content, "veillee", None)
        if post is None:
            continue
        source = run.source_file(content.source_path)
        start = record.raw.line if isinstance(record, Record) else 1
        for url in dict.fromkeys(_shown_by(post)):
            host = urlsplit(url).hostname or ""
            if url.startswith(f"{run.url}/") or any(fnmatchcase(host, allowed) for allowed in run.site.image_hosts):
                continue
            line = line_of_text(source.path, url, start=start)
            todo = (
                f'put it into {run.site.content.name}/images/, or say VEILLEE_IMAGE_HOSTS = ["{host}"] in the settings'
            )
            yield f"{source.shown}:{line}: a picture from {host} is not shown, to keep readers private; {todo}"


def _shown_by(post: Post) -> Iterator[str]:
    if post.image and post.image.url.startswith(("http://", "https://")):
        yield post.image.url
    for html in (post.html, *(answer.html for answer in post.answers)):
        yield from map(unescape, _SHOWN.findall(html))
