"""Walks: random edits of a site, each followed by a build and by the comparison with a build from nothing."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.site.incremental.runs import FOREIGN, NOW, OURS, build, build_from_nothing, differences, site_files
from tests.site.incremental.sites import write_other_post, write_other_site, write_our_site, write_post

SETTLED_S = 0.03
"""A file that was changed so shortly before a build may change again unseen: nothing rests on such a build."""
LINKED = 5
"""Posts up to this number are linked to, and stay where they are most of the time: a dead link is a fault."""


@dataclass
class Walk:
    """A site and chance; `history` is what was done to the site.

    `broken` are files with a fault, and what they held before; `past` holds the sources of an earlier time.
    """

    site: Path
    chance: random.Random
    is_ours: bool
    now: str = NOW
    history: list[str] = field(default_factory=list)
    broken: dict[Path, bytes] = field(default_factory=dict)
    past: Path | None = None
    compared_count: int = 0
    foreign: bytes | None = None
    _number: int = 100

    def step(self, edit: Edit) -> None:
        """One edit, a build, and the comparison."""
        self.history.append(edit(self))
        self.check()

    def check(self) -> None:
        """A build, and another one from nothing: they say and write the same."""
        time.sleep(SETTLED_S)
        ran = build(self.site, now=self.now)
        fresh, expected = build_from_nothing(self.site, now=self.now)
        assert ran.counts == fresh.counts, f"after {self.story}{ran.stderr[-2000:]}"
        found = site_files(self.site / "output")
        if fresh.code:  # the last good page of a post with a fault stays, and nothing is taken away
            expected = {name: content for name, content in expected.items() if not name.startswith("pagefind/")}
            found = {name: content for name, content in found.items() if name in expected}  # it can still be searched
        self.compared_count += not fresh.code
        wrong = differences(expected, found)
        assert not wrong, f"after {self.story}{wrong}"
        assert self.foreign is None or self.foreign_file.read_bytes() == self.foreign, "what is not ours stays"

    @property
    def story(self) -> str:
        """What was done, one line each."""
        return "".join(f"{line}\n" for line in self.history[-40:])

    @property
    def foreign_file(self) -> Path:
        return self.site / f"output/{FOREIGN}/mine.txt"

    def posts(self) -> list[Path]:
        return [path for path in sorted((self.site / "content").rglob("post-*.md")) if path not in self.broken]

    def a_post(self) -> Path:
        """One that nothing links to, most of the time."""
        posts = self.posts()
        free = [post for post in posts if number_of(post) > LINKED]
        return self.chance.choice(free if free and self.chance.random() < 0.8 else posts)

    def new_number(self) -> int:
        self._number += 1
        return self._number

    def write_new(self, **changes: str) -> Path:
        """A new post; `changes` are lines of its header, with names in lower case."""
        if self.is_ours:
            return write_post(self.site, self.chance, self.new_number(), **changes)
        named = {name.title(): value for name, value in changes.items()}
        return write_other_post(self.site, self.chance, self.new_number(), **named)

    def sources(self) -> list[str]:
        """The names of the folders and files that a site is made of."""
        return sorted(path.name for path in self.site.iterdir() if path.name not in OURS)

    def keep_past(self) -> None:
        """Remembers the sources as they are."""
        self.past = self.site.with_name("past")
        shutil.rmtree(self.past, ignore_errors=True)
        shutil.copytree(self.site, self.past, ignore=lambda at, _: OURS if Path(at) == self.site else ())

    def bring_past(self) -> None:
        """The sources are what they were, with new dates, as a version control system puts them back."""
        assert self.past is not None
        for name in self.sources():
            path = self.site / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.past, self.site, dirs_exist_ok=True, copy_function=shutil.copyfile)
        self.past = None
        self.broken.clear()


Edit = Callable[[Walk], str]
"""Something that is done to the site, and its name in the story."""


def begin_walk(folder: Path, chance: random.Random, *, is_ours: bool, attaches: bool = True) -> Walk:
    """A new site below the folder, not built yet; where files are attached, no build is done over in parts."""
    site = folder / "site"
    (write_our_site if is_ours else write_other_site)(site, chance)
    for path in () if attaches else (site / "content").rglob("*.md"):
        path.write_text(path.read_text().replace("{attach}", "{static}"))
    return Walk(site, chance, is_ours)


def number_of(post: Path) -> int:
    """The number of a post in its name, `post-12.en.md`."""
    return int(post.name.split("-")[1].split(".")[0])
