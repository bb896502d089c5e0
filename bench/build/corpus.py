"""A made-up community's posts, the same bytes for the same seed, as each peer of the benchmark wants them.

    python bench/build/corpus.py {pelican,hugo,eleventy,veillee} FOLDER [--posts 1000] [--seed 2026]

A number -> Post -> the text of a file. Post 0 is the newest; a smaller corpus is the beginning of a larger one. Bodies
have 300 to 600 words, with headings, lists, quotations, tables, pictures, links, and code that seldom repeats.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import snippets

SEED = 2026
NEWEST_AT = datetime(2024, 12, 30, 18, 0)  # noqa: DTZ001 - in the past on any machine
APART = timedelta(hours=5)
STREAMS = {"announcements": 15, "stories": 35, "questions": 20, "buzz": 30}
IMAGES = tuple(f"picture-{number}.png" for number in range(1, 7))
_TARGET = re.compile(r"\]\((post|image):([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Head:
    """What others need to know of a post. `authors` are ids of members."""

    number: int
    title: str
    slug: str
    published_at: datetime
    stream: str
    tags: tuple[str, ...]
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A post; links in its Markdown are `post:STREAM/SLUG` and `image:NAME`."""

    head: Head
    summary: str
    body: str


VOCABULARY, TOPICS, NAMES = (
    part.replace("\n", " ").strip()
    for part in Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split("\n\n")
)
MEMBERS = {name.split()[0].lower(): name for name in NAMES.split(", ")}
"""Ids and names; first names differ."""

_TAGS, _WORDS = TOPICS.split(), VOCABULARY.split()  # the most common first
_TAG_WEIGHTS = [1 / (rank + 12) for rank in range(len(_TAGS))]
_WORD_WEIGHTS = [1 / (rank + 4) for rank in range(len(_WORDS))]


def posts(count: int, seed: int = SEED) -> Iterator[Post]:
    """So many posts, the newest first."""
    return (post(number, seed) for number in range(count))


def post(number: int, seed: int = SEED) -> Post:
    chance = _chance(seed, number, "body")
    words = _Words(chance)
    return Post(head(number, seed), words.sentence(10, 18), _body(chance, words, number, seed))


@lru_cache(maxsize=100_000)
def head(number: int, seed: int = SEED) -> Head:
    chance = _chance(seed, number, "head")
    words = _Words(chance)
    title = words.sentence(4, 9).rstrip(".")
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + f"-{number}"
    return Head(
        number=number,
        title=title,
        slug=slug,
        published_at=NEWEST_AT - number * APART,
        stream=chance.choices(list(STREAMS), list(STREAMS.values()))[0],
        tags=tuple(sorted(set(chance.choices(_TAGS, _TAG_WEIGHTS, k=chance.choice((1, 2, 2, 3, 4)))))),
        authors=tuple(chance.sample(list(MEMBERS), chance.choices((1, 2), (85, 15))[0])),
    )


def _chance(seed: int, number: int, part: str) -> random.Random:
    return random.Random(f"{seed}/{number}/{part}")  # noqa: S311 - the same posts each time


class _Words:
    """Sentences of words that are as unevenly common as words are."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._store: list[str] = []

    def some(self, count: int) -> list[str]:
        while len(self._store) < count:
            self._store = self._chance.choices(_WORDS, _WORD_WEIGHTS, k=200)
        taken, self._store = self._store[:count], self._store[count:]
        return taken

    def phrase(self, least: int, most: int) -> str:
        return " ".join(self.some(self._chance.randint(least, most)))

    def sentence(self, least: int = 6, most: int = 20) -> str:
        said = self.some(self._chance.randint(least, most))
        if len(said) > 9 and self._chance.random() < 0.5:
            said[len(said) // 2] += ","
        return " ".join(said).capitalize() + "."


def _body(chance: random.Random, words: _Words, number: int, seed: int) -> str:
    """Sections until there are words enough; each block is of a kind that chance picks."""
    wanted = chance.randint(300, 500)
    code_left = chance.choices((0, 1, 2, 3), (50, 30, 15, 5))[0]
    blocks = [_paragraph(chance, words, number, seed)]
    while (size := sum(len(block.split()) for block in blocks)) < wanted:
        if len(blocks) % 4 == 2:
            blocks.append("## " + words.phrase(3, 7).capitalize())
        if code_left and size > wanted * 0.3:
            blocks.append(snippets.fenced(chance))
            code_left -= 1
        maker = chance.choices(_MAKERS, _MAKER_WEIGHTS)[0]
        blocks.append(maker(chance, words, number, seed))
    return "\n\n".join(blocks) + "\n"


def _paragraph(chance: random.Random, words: _Words, number: int, seed: int) -> str:
    sentences = [words.sentence() for _ in range(chance.randint(2, 5))]
    if chance.random() < 0.5:
        sentences.insert(1, _linked(chance, words, number, seed))
    if chance.random() < 0.4:
        sentences.append(f"{words.phrase(2, 5).capitalize()} **{words.phrase(1, 3)}** and *{words.phrase(1, 2)}*.")
    if chance.random() < 0.2:
        sentences.append(f"Then `{words.phrase(1, 1)}_{chance.randint(1, 99)}` {words.phrase(2, 4)}.")
    return "\n".join(sentences)


def _linked(chance: random.Random, words: _Words, number: int, seed: int) -> str:
    """A sentence that points elsewhere, or to a newer post."""
    text = words.phrase(2, 5)
    if number and chance.random() < 0.35:
        target = head(chance.randrange(max(0, number - 500), number), seed)
        return f"{words.phrase(2, 4).capitalize()}: [{text}](post:{target.stream}/{target.slug})."
    page = "/".join(words.some(chance.randint(1, 3)))
    return f"{words.phrase(2, 4).capitalize()} [{text}](https://www.example.org/{page}?id={chance.randint(1, 9999)})."


def _list(chance: random.Random, words: _Words, _: int, __: int) -> str:
    is_numbered = chance.random() < 0.3
    items = (words.phrase(4, 12).capitalize() for _ in range(chance.randint(3, 6)))
    return "\n".join(f"{f'{place}.' if is_numbered else '-'} {item}" for place, item in enumerate(items, start=1))


def _quotation(_: random.Random, words: _Words, __: int, ___: int) -> str:
    return f"> {words.sentence()}\n> {words.sentence()}"


def _table(chance: random.Random, words: _Words, _: int, __: int) -> str:
    columns = chance.randint(2, 4)
    rows = [[words.phrase(1, 2) for _ in range(columns)], ["---"] * columns]
    rows += [
        [words.phrase(1, 3), *(f"{chance.randint(1, 900)}" for _ in range(columns - 1))]
        for _ in range(chance.randint(3, 6))
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _image(chance: random.Random, words: _Words, _: int, __: int) -> str:
    return f"![{words.phrase(3, 8).capitalize()}](image:{chance.choice(IMAGES)})"


_MAKERS = (_paragraph, _list, _quotation, _table, _image)
_MAKER_WEIGHTS = (66, 14, 7, 6, 7)


def picture(number: int) -> bytes:
    """A small PNG file: a slope of colour, 64 by 48."""
    rows = (b"\0" + b"".join(bytes((column * 4, row * 5, number * 40)) for column in range(64)) for row in range(48))
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held)) for name, held in parts
    )


def pelican_text(post: Post) -> str:
    """As stock Pelican reads it; links by file, as its documentation tells people to write them."""
    head = post.head
    lines = (
        f"Title: {head.title}",
        f"Date: {head.published_at:%Y-%m-%d %H:%M}",
        f"Category: {head.stream}",
        f"Tags: {', '.join(head.tags)}",
        f"Authors: {', '.join(MEMBERS[one] for one in head.authors)}",
        f"Slug: {head.slug}",
        f"Summary: {post.summary}",
    )
    return "\n".join(lines) + "\n\n" + _aimed(post.body, post="{filename}/%s.md", image="{static}/images/%s")


def hugo_text(post: Post) -> str:
    """With plain addresses as links, which are cheaper for Hugo than its `relref`."""
    return _front_matter(post, {"authors": [MEMBERS[one] for one in post.head.authors]}, plain=True)


def eleventy_text(post: Post) -> str:
    """`topics`, because `tags` are Eleventy's collections."""
    own = {"topics": list(post.head.tags), "authors": [MEMBERS[one] for one in post.head.authors]}
    return _front_matter(post, own, plain=True).replace("\ntags: ", "\nkeywords: ", 1)


def veillee_text(post: Post) -> str:
    return _front_matter(post, {"author": list(post.head.authors)}, plain=False)


def _front_matter(post: Post, own: dict[str, object], *, plain: bool) -> str:
    head = post.head
    moment = f"{head.published_at:%Y-%m-%dT%H:%M:%SZ}" if plain else f"{head.published_at:%Y-%m-%d %H:%M}"
    fields = {"title": head.title, "slug": head.slug, "summary": post.summary, "tags": list(head.tags), **own}
    lines = ["---", f"date: {moment}", *(f"{name}: {json.dumps(value)}" for name, value in fields.items()), "---"]
    aims = ("/%s/", "/images/%s") if plain else ("{filename}/%s.md", "{static}/images/%s")
    return "\n".join(lines) + "\n\n" + _aimed(post.body, post=aims[0], image=aims[1])


def _aimed(body: str, *, post: str, image: str) -> str:
    forms = {"post": post, "image": image}
    return _TARGET.sub(lambda found: f"]({forms[found[1]] % found[2]})", body)


DIALECTS: dict[str, Callable[[Post], str]] = {
    "pelican": pelican_text,
    "hugo": hugo_text,
    "eleventy": eleventy_text,
    "veillee": veillee_text,
}
_IMAGE_FOLDERS = {"hugo": "static/images"}


def write_post(post: Post, dialect: str, folder: Path) -> Path:
    """The file of a post below a site's folder, written."""
    path = folder / "content" / post.head.stream / f"{post.head.slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(DIALECTS[dialect](post), encoding="utf-8")
    return path


def write_corpus(dialect: str, folder: Path, count: int, seed: int = SEED) -> None:
    """Posts, pictures and, for Veillée's own theme, members, below a site's folder."""
    for one in posts(count, seed):
        write_post(one, dialect, folder)
    images = folder / _IMAGE_FOLDERS.get(dialect, "content/images")
    images.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(IMAGES, start=1):
        (images / name).write_bytes(picture(number))
    if dialect == "veillee":
        _write_members(folder / "content" / "members", seed)


def _write_members(folder: Path, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, (ident, name) in enumerate(MEMBERS.items()):
        words = _Words(_chance(seed, number, "member"))
        role, bio = words.phrase(2, 4).capitalize(), words.sentence(15, 40)
        text = f"name: {name}\nrole: {role}\nbio: |\n  {bio}\njoined: 2020-01-{number % 28 + 1:02}\n"
        (folder / f"{ident}.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dialect", choices=DIALECTS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    write_corpus(chosen.dialect, chosen.folder, chosen.posts, chosen.seed)


if __name__ == "__main__":
    main()
