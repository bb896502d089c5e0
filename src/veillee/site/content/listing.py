"""Listing: which files of the content Pelican reads, found in less time.

Pelican holds the name of every file against every pattern of IGNORE_FILES, several times a build.
"""

from __future__ import annotations

import fnmatch
import os.path
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pelican.generators import Generator


def hasten_listing() -> None:
    """Makes Pelican's generators quicker in finding their files; a second call changes nothing."""
    if not hasattr(Generator._include_path, "is_ours"):
        Generator._include_path = _included(Generator._include_path)


def has_nothing_disabled(generator: Any) -> bool:
    """Whether there is no reader of which Pelican would have to say that it is turned off."""
    return not getattr(getattr(generator, "readers", None), "disabled_readers", True)


def _included(original: Callable[..., bool]) -> Callable[..., bool]:
    def _include_path(self: Generator, path: str, extensions: Any = None) -> bool:
        ignores = self.settings["IGNORE_FILES"]
        if not isinstance(path, str) or not all(isinstance(one, str) for one in ignores):
            return original(self, path, extensions)
        name = os.path.basename(path)  # noqa: PTH119 paths are text here
        pattern = _any_of(tuple(ignores))
        if pattern is not None and pattern.match(os.path.normcase(name)):
            return False
        wanted = self.readers.readers if extensions is None else extensions
        return extensions is False or os.path.splitext(name)[1][1:] in wanted  # noqa: PTH122

    _include_path.is_ours = True  # type: ignore[attr-defined]
    return _include_path


@lru_cache(maxsize=20)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """What matches where one of the patterns does, as `fnmatch` reads them."""
    if not patterns:
        return None
    return re.compile("|".join(fnmatch.translate(os.path.normcase(one)) for one in patterns))
