"""Beforehand: digests of all contents, worked out by a fork while this process plans the site.

Every page asks for some of them, and each process that renders would work out nearly all. Planning uses one core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from veillee.site.content.once import settled_addresses
from veillee.site.outputs.digests import Digester, UnknownValueError, is_extended
from veillee.site.workers import meanwhile, worker_count

Digests = Mapping[int, tuple[Any, bytes]]
"""By the id of each content, which is held, so that no other gets that: the content and its digest."""

LEAST_CONTENTS = 500
"""Below so many for each process, a fork costs more than it brings."""


@contextmanager
def digests_beforehand(contents: Iterable[Any], generators: Iterable[object]) -> Iterator[Callable[[], Digests]]:
    """The digests of contents as they are now, for whoever asks; none where a plugin may still change a content."""
    found = tuple(contents)
    if any(map(_is_changed, generators)) or worker_count(len(found), least=LEAST_CONTENTS) < 2:
        yield dict
        return
    with meanwhile(lambda: _digests_of(found)) as digests:
        yield lambda: {
            id(one): (one, digest) for one, digest in zip(found, digests() or (), strict=False) if digest is not None
        }


def _is_changed(generator: object) -> bool:
    """Whether a plugin has a part in a generator, and may change a content when it writes."""
    kind = type(generator)
    return is_extended(kind) or any(hasattr(kind, name) for name in vars(generator))


def _digests_of(contents: Iterable[Any]) -> list[bytes | None]:
    digester = Digester(str)
    with settled_addresses():
        return [_digest_of(one, digester) for one in contents]


def _digest_of(content: Any, digester: Digester) -> bytes | None:
    try:
        return digester.item(content)
    except UnknownValueError:
        return None
