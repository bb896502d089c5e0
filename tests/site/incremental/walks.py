"""Walks: random edits of a site, each followed by a build and by the comparison with a build from nothing."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.site.building import tree_of
from tests.site.incremental.sites import (
    AUTHORS,
    TAGS,
    picture,
    words,
    write,
    write_member,
    write_other_post,
    write_post,
)
from veillee.errors import VeilleeError
from veillee.site.building import build_site
from veillee.site.settings import load_settings

NOW = "2026-11-20T09:00"
LATER = ("2026-11-20T12:00", "2026-11-22T09:00", "2026-12-02T09:00", "2027-01-05T09:00")
SOURCES = ("content", "theme", "digests", "overrides")

Edit = Callable[[], str]


def build(folder: Path, now: str, **overrides: Any) -> tuple[str, ...]:
    """Builds the site and gives what is wrong with it."""
    chosen = {"VEILLEE_NOW": now, **overrides}
    try:
        report = build_site(load_settings(folder / "pelicanconf.py", overrides=chosen))
    except VeilleeError as error:
        return (f"not built: {error}",)
    return tuple(str(fault).replace(str(folder), "") for fault in report.faults)


@dataclass
class Walk:
    """A site, and chance; `history` is what was done to it."""

    folder: Path
    chance: random.Random
    is_ours: bool
    now: str = NOW
    history: list[str] = field(default_factory=list)
    _count: int = 100

    def step(self) -> None:
        """One edit, a build, and the comparison."""
        edit = self.chance.choice(self._edits())
        self.history.append(edit())
        self.check()

    def check(self) -> None:
        problems = build(self.folder, self.now)
        fresh = self.folder.with_name(f"{self.folder.name}-fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        shutil.copy(self.folder / "pelicanconf.py", fresh)
        for name in SOURCES:
            if (self.folder / name).is_dir():
                shutil.copytree(self.folder / name, fresh / name)
        expected_problems = build(fresh, self.now)
        assert problems == expected_problems, (self.history, problems, expected_problems)
        expected, found = site_files(fresh / "output"), site_files(self.folder / "output")
        if problems:  # the last good page of a post with a fault stays, and nothing is taken away
            found = {name: content for name, content in found.items() if name in expected}
        wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        assert not wrong, f"{wrong[:8]} after {self.history}:\n{_difference(expected, found, wrong[0])}"

    def _edits(self) -> list[Edit]:
        both: list[Edit] = [self.edit_text, self.add_post, self.delete_post, self.touch, self.delete_outputs]
        both += [self.edit_header, self.rename, self.replace_picture, self.edit_setting, self.later]
        both += [self.override_template, self.hide, self.translate, self.break_and_mend, self.other_settings]
        both += [self.put_foreign_file]
        ours: list[Edit] = [self.edit_member, self.answer, self.expire]
        others: list[Edit] = [self.edit_template, self.edit_static, self.retag]
        return both + (ours if self.is_ours else others)

    def posts(self) -> list[Path]:
        return sorted((self.folder / "content").rglob("post-*.md"))

    def a_post(self) -> Path:
        """One that nothing links to, most of the time: a link that leads nowhere is a fault."""
        posts = self.posts()
        free = [post for post in posts if int(post.stem.split("-")[1].split(".")[0]) > 5]
        return self.chance.choice(free if free and self.chance.random() < 0.8 else posts)

    def write_new(self, number: int, **changes: str) -> Path:
        make = write_post if self.is_ours else write_other_post
        return make(self.folder, self.chance, number, **changes)

    def edit_text(self) -> str:
        post = self.a_post()
        write(post, f"{post.read_text()}\nAnd {words(self.chance, 5)}.\n")
        return f"edited {post.name}"

    def edit_header(self) -> str:
        post = self.a_post()
        lines = post.read_text().splitlines()
        kind = self.chance.choice(["title", "date", "slug"])
        at = next(place for place, line in enumerate(lines) if line.lower().startswith("title:"))
        if kind == "title":
            lines[at] = f"{lines[at]} {self.chance.choice(TAGS)}"
        elif kind == "slug":
            lines.insert(at, f"Slug: moved-{self.chance.randrange(1000)}" if not self.is_ours else f"slug: moved-{at}")
        else:
            when = next(place for place, line in enumerate(lines) if line.lower().startswith("date:"))
            lines[when] = f"{lines[when].split(':')[0]}: 2026-{self.chance.randrange(1, 11):02}-05 07:00"
        write(post, "\n".join(lines) + "\n")
        return f"changed the {kind} of {post.name}"

    def retag(self) -> str:
        post = self.a_post()
        lines = [
            f"Tags: {self.chance.choice(TAGS)}, new" if line.startswith("Tags:") else line
            for line in post.read_text().splitlines()
        ]
        write(post, "\n".join(lines) + "\n")
        return f"retagged {post.name}"

    def add_post(self) -> str:
        self._count += 1
        day = self.chance.choice(["2026-11-19 23:00", "2026-05-05 12:00", "2026-11-21 08:00"])
        changes = {"date": day} if self.is_ours else {"Date": day}
        return f"added {self.write_new(self._count, **changes).name} of {day}"

    def delete_post(self) -> str:
        post = self.a_post()
        post.unlink()
        return f"deleted {post.name}"

    def rename(self) -> str:
        post = self.a_post()
        self._count += 1
        post.rename(post.with_name(f"post-{self._count}.md"))
        return f"renamed {post.name} to post-{self._count}"

    def hide(self) -> str:
        post = self.a_post()
        status = self.chance.choice(["draft", "hidden", "published"])
        text = post.read_text()
        line = f"status: {status}\n" if self.is_ours else f"Status: {status}\n"
        write(post, text.replace("---\n", f"---\n{line}", 1) if self.is_ours else line + text)
        return f"made {post.name} {status}"

    def expire(self) -> str:
        self._count += 1
        return f"added {self.write_new(self._count, expires='2026-11-21').name} that expires"

    def translate(self) -> str:
        post = self.a_post()
        twin = post.with_name(f"{post.stem}.en.md" if self.is_ours else f"{post.stem}-fr.md")
        if twin.exists():
            twin.unlink()
            return f"took the translation of {post.name} away"
        text = post.read_text()
        slug = f"slug: {post.stem}\n"
        if self.is_ours:
            write(twin, text)
        else:
            write(post, slug + text)
            write(twin, f"lang: fr\n{slug}{text}")
        return f"translated {post.name}"

    def break_and_mend(self) -> str:
        post = self.a_post()
        text = post.read_text()
        write(post, "---\ntitle: [\n---\n" if self.is_ours else "Title: Broken\nDate: never\n\nx\n")
        build(self.folder, self.now)
        write(post, text)
        return f"broke {post.name} and mended it"

    def touch(self) -> str:
        post = self.a_post()
        os.utime(post)
        return f"touched {post.name}"

    def delete_outputs(self) -> str:
        files = sorted(path for path in (self.folder / "output").rglob("*.*ml") if path.is_file())
        gone = self.chance.sample(files, min(3, len(files)))
        for path in gone:
            path.unlink()
        return f"deleted {[path.name for path in gone]} of the output"

    def put_foreign_file(self) -> str:
        write(self.folder / "output/foreign-notes/mine.txt", "not yours")
        return "put a file of mine into the output"

    def replace_picture(self) -> str:
        write(self.folder / "content/images/dot.png", picture(self.chance.randrange(256)))
        return "replaced the picture"

    def edit_setting(self) -> str:
        settings = self.folder / "pelicanconf.py"
        line = self.chance.choice(
            (
                f'SITENAME = "Name {self.chance.randrange(99)}"',
                f"DEFAULT_PAGINATION = {self.chance.randrange(2, 6)}",
                f'LINKS = [("L{self.chance.randrange(9)}", "https://l.example")]',
                'MYSETTING = {"colour": "blue"}',
                f'VEILLEE_TAGLINE = "Tag {self.chance.randrange(9)}"',
                'DEFAULT_DATE_FORMAT = "%d/%m/%Y"',
            )
        )
        write(settings, f"{settings.read_text()}{line}\n")
        return f"set {line}"

    def override_template(self) -> str:
        settings = self.folder / "pelicanconf.py"
        name = "partials/byline.html" if self.is_ours else "parts/dot.html"
        path = self.folder / "overrides" / name
        if path.exists():
            path.unlink()
            return f"took the own {name} away"
        write(path, f"own {self.chance.randrange(99)}")
        if "OVERRIDES" not in settings.read_text():
            write(settings, f'{settings.read_text()}THEME_TEMPLATES_OVERRIDES = ["overrides"]\n')
        return f"wrote an own {name}"

    def edit_template(self) -> str:
        path = self.chance.choice(sorted((self.folder / "theme/templates").rglob("*.html")))
        write(path, f"{path.read_text()}{{# #}}" if self.chance.random() < 0.3 else f"<!-- x -->{path.read_text()}")
        return f"edited the template {path.name}"

    def edit_static(self) -> str:
        path = self.folder / "theme/static/style.css"
        write(path, f"{path.read_text()}p {{ margin: {self.chance.randrange(99)}px }}\n")
        return "edited the style"

    def edit_member(self) -> str:
        author = self.chance.choice(AUTHORS)
        write_member(self.folder, author, f"{author.title()} {self.chance.choice(TAGS)}", words(self.chance, 5))
        return f"edited {author}"

    def answer(self) -> str:
        path = self.folder / "content/questions/why.yaml"
        start = "" if "answers:" in path.read_text() else "answers:\n"
        hour, body = self.chance.randrange(10, 20), words(self.chance, 4)
        new = f"  - author: amina\n    date: 2026-11-13 {hour}:00\n    body: {body}\n"
        write(path, f"{path.read_text()}{start}{new}")
        return "answered a question"

    def later(self) -> str:
        self.now = self.chance.choice([one for one in LATER if one >= self.now] or [self.now])
        return f"it is {self.now}"

    def other_settings(self) -> str:
        other = self.folder / "publishconf.py"
        write(other, f"{(self.folder / 'pelicanconf.py').read_text()}SITENAME = 'Other'\n")
        build_site(load_settings(other, overrides={"VEILLEE_NOW": self.now}))
        other.unlink()
        return "built with other settings in between"


def site_files(output: Path) -> dict[str, bytes]:
    """The files of a built site, without what the build keeps for itself, and without mine."""
    return {
        name: content
        for name, content in tree_of(output).items()
        if name != ".veillee-files" and not name.startswith("foreign-notes/")
    }


def _difference(expected: dict[str, bytes], found: dict[str, bytes], name: str) -> str:
    wanted, got = expected.get(name), found.get(name)
    if wanted is None or got is None:
        return f"{name} is {'missing' if got is None else 'left over'}"
    place = next(at for at, (one, other) in enumerate(zip(wanted + b"\0", got + b"\1", strict=False)) if one != other)
    return f"wanted ...{wanted[max(0, place - 80) : place + 80]!r}\nfound ...{got[max(0, place - 80) : place + 80]!r}"
