"""The search index: made where pages have changed, the same for the same pages, and never a reason not to build."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

import veillee.site.search.index as search_module
import veillee.site.search.pagefind as pagefind_module
import veillee.site.search.parts as parts_module
from tests.site.building import settings_of, tree_of, write_site
from veillee.errors import SourceError
from veillee.shipped import theme_folder
from veillee.site.building import build_site
from veillee.site.leftovers import Leftovers
from veillee.site.preview.rebuilding import Preview
from veillee.site.report import BuildReport
from veillee.site.search.bundles import served_files
from veillee.site.search.index import Search
from veillee.site.search.pagefind import run_pagefind
from veillee.site.search.parts import Found, found_part, parts_of

POSTS = {
    "stories/marche.md": "---\ntitle: Le marché de nuit\ndate: 2026-11-18\nauthor: Ada\ntags: [été]\n---\n"
    "Des étagères.\n",
    "stories/loom.md": "---\ntitle: The loom\ndate: 2026-11-17\nlang: en\n---\nWeaving by night.\n",
    "stories/secret.md": "---\ntitle: Secret\ndate: 2026-11-17\nstatus: hidden\n---\nUnfindable.\n",
    "questions/q.yaml": "title: Combien de fils ?\ndate: 2026-11-16\nbody: Une trame.\nanswers:\n"
    "  - author: Ada\n    date: 2026-11-17\n    body: Quarante écheveaux.\n",
}
SETTINGS = {"VEILLEE_SEARCH": True, "DEFAULT_LANG": "fr", "VEILLEE_LANGUAGES": ["fr", "en"]}


def _build(folder: Path, **settings: object) -> BuildReport:
    return build_site(settings_of(folder, **(SETTINGS | settings)))


def _index(folder: Path) -> dict[str, bytes]:
    return tree_of(folder / "output/pagefind")


def _dated(month: str) -> str:
    return f"---\ntitle: Month {month}\ndate: {month}-11\n---\nWords of {month}.\n"


def _found(folder: Path) -> dict[str, dict[str, object]]:
    """What the index holds of each page."""
    fragments = [gzip.decompress(path.read_bytes()) for path in (folder / "output/pagefind/fragment").iterdir()]
    pages = [json.loads(one[one.index(b"{") :]) for one in fragments]
    return {page["url"]: page for page in pages}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path, POSTS)


def test_posts_and_their_answers_are_found_and_lists_and_hidden_posts_are_not(site: Path) -> None:
    assert _build(site).faults == ()
    found = _found(site)
    assert {"/stories/marche.html", "/questions/q.html", "/en/stories/loom.html"} <= found.keys()
    assert not {"/index.html", "/stories/index.html", "/stories/secret.html"} & found.keys()
    assert "Quarante écheveaux" in str(found["/questions/q.html"]["content"])
    story = found["/stories/marche.html"]
    assert sorted(story["filters"]["in"]) == ["kind:story", "stream:announcements", "topic:été"]  # type: ignore[index]
    assert {"date": "2026-11-18", "author": "Ada"}.items() <= story["meta"].items()  # type: ignore[attr-defined]


def test_each_language_has_an_index(site: Path) -> None:
    _build(site)
    entry = json.loads((site / "output/pagefind/pagefind-entry.json").read_bytes())
    assert sorted(entry["languages"]) == ["en", "fr"]


def test_the_index_is_the_same_for_the_same_pages(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = write_site(tmp_path_factory.mktemp("other"), dict(reversed(POSTS.items())))
    _build(site), _build(other)
    assert _index(site) == _index(other)


def test_the_index_after_edits_is_that_of_a_build_from_nothing(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _build(site)
    edited = {**POSTS, "stories/marche.md": POSTS["stories/marche.md"].replace("étagères", "tréteaux")}
    del edited["stories/loom.md"]
    write_site(site, edited)
    (site / "content/stories/loom.md").unlink()
    _build(site)
    fresh = write_site(tmp_path_factory.mktemp("fresh"), edited)
    _build(fresh)
    assert _index(site) == _index(fresh)
    assert "/en/stories/loom.html" not in _found(site)


def test_an_index_is_left_alone_where_no_page_has_changed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(site)
    monkeypatch.setattr(pagefind_module.sys, "executable", "/nonexistent")
    assert _build(site).notes == ()


@pytest.mark.parametrize("harm", ["deleted", "spoiled"])
def test_a_broken_index_is_made_anew(site: Path, harm: str) -> None:
    _build(site)
    whole = _index(site)
    for path in (site / "output/pagefind").glob("pagefind.*"):
        path.unlink() if harm == "deleted" else path.write_bytes(b"")
    _build(site)
    assert _index(site) == whole


def test_the_index_is_that_of_whole_pages(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    _build(site)
    bundle = tmp_path_factory.mktemp("whole") / "pagefind"
    command = [sys.executable, "-m", "pagefind", "--site", str(site / "output"), "--output-path", str(bundle)]
    subprocess.run([*command, "--keep-index-url", "--silent"], check=True)
    assert served_files(tree_of(bundle)) | {"parts.json": b"{}"} == _index(site)


@pytest.mark.parametrize(
    ("page", "part"),
    [
        (
            "<!doctype><html lang='fr'><head>T</head><body>Menu<main id=x><p data-pagefind-body>A</main>End</html>",
            "<html lang='fr'><body><main id=x><p data-pagefind-body>A</main></body></html>",
        ),
        ("<html><body><p data-pagefind-body>A<main>B</main></html>", None),
        ("<html><body><main data-pagefind-body>A</main><p data-pagefind-body>B</html>", None),
        ("<p data-pagefind-body>A", None),
    ],
)
def test_only_what_is_to_be_found_is_looked_at(page: str, part: str | None) -> None:
    assert found_part(page.encode()).decode() == (part or page)


def test_a_site_without_search_has_neither_page_nor_index(site: Path) -> None:
    _build(site)
    _build(site, VEILLEE_SEARCH=False)
    assert not (site / "output/pagefind").exists()
    assert not (site / "output/search").exists()
    assert b"pagefind" not in (site / "output/stories/marche.html").read_bytes().replace(b"data-pagefind-", b"")


def test_without_pagefind_the_site_is_built_and_says_what_to_do(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagefind_module, "program", lambda: "")
    report = _build(site)
    assert report.published == 3 and (site / "output/index.html").is_file()
    assert "python -m pip install 'pagefind[bin]'" in report.notes[0]
    assert report.rest is None  # or the next build would not try again


def test_an_old_index_goes_though_nobody_knows_of_it_any_more(site: Path) -> None:
    _build(site)
    shutil.rmtree(site / "var")
    (site / "output/.veillee-files").unlink()
    (site / "output/pagefind/mine.txt").write_text("Mine.", encoding="utf-8")
    story = site / "content/stories/marche.md"
    story.write_text(POSTS["stories/marche.md"].replace("étagères", "tréteaux"), encoding="utf-8")
    _build(site)
    (mine,) = [path for path in _index(site) if path == "mine.txt"]
    found = _index(site)
    shutil.rmtree(site / "output")
    _build(site)
    assert found.keys() - _index(site).keys() == {mine}


def test_an_index_that_cannot_be_remembered_is_there_and_says_so(site: Path) -> None:
    _build(site)
    search = Search(site / "output", site / "pelicanconf.py" / "below-a-file.search")
    with pytest.raises(SourceError, match="the next build makes the search index again"):
        search.put(search.make(), Leftovers(site / "output", site / "output/.veillee-files", set))
    assert "/stories/marche.html" in _found(site)


def test_nothing_of_the_surroundings_changes_the_index(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(site)
    whole = _index(site)
    (site / "pagefind.yml").write_text("root_selector: nav\n", encoding="utf-8")
    monkeypatch.chdir(site)
    monkeypatch.setenv("PAGEFIND_ROOT_SELECTOR", "nav")
    (site / "output/pagefind/pagefind.js").unlink()
    _build(site)
    assert _index(site) == whole


def test_a_community_without_a_word_yet_has_nothing_to_find(tmp_path: Path) -> None:
    report = build_site(settings_of(write_site(tmp_path, {"stories/.keep": ""}), **SETTINGS))
    assert report.notes == ()
    assert not (tmp_path / "output/pagefind").exists()


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of this small site that comes in parts, as that of a large one does."""
    monkeypatch.setattr(parts_module, "LEAST_PAGES", 1)


@pytest.mark.usefixtures("in_parts")
def test_a_large_index_comes_in_parts_of_a_language_each_which_a_file_names(site: Path) -> None:
    write_site(site, {f"stories/{month}.md": _dated(month) for month in ("2026-08", "2026-09", "2026-10")})
    _build(site)
    index = _index(site)
    named = json.loads(index["parts.json"])
    assert named == {"fr": ["fr-1", "fr-2", "fr-3"]}
    entries = {name: json.loads(content)["languages"] for name, content in index.items() if name.endswith("entry.json")}
    assert entries.keys() == {"pagefind-entry.json", *(f"{one}/pagefind-entry.json" for one in named["fr"])}
    assert all(name == "pagefind-entry.json" or list(found) == [name[:2]] for name, found in entries.items())
    assert [name for name in index if name.endswith((".js", ".pagefind")) and "/" in name] == []


@pytest.mark.usefixtures("in_parts")
def test_only_the_part_of_a_page_that_says_something_else_is_made_anew(
    site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    posts = {f"stories/{month}.md": _dated(month) for month in ("2026-08", "2026-09", "2026-10")}
    write_site(site, posts)
    _build(site)
    made: list[set[str]] = []

    def run(pages: Path, target: Path, stop: Event | None) -> dict[str, bytes]:
        made.append(set(tree_of(pages)))
        return run_pagefind(pages, target, stop)

    monkeypatch.setattr(search_module, "run_pagefind", run)
    posts["stories/2026-09.md"] += "\nAn afterthought.\n"
    write_site(site, posts)
    _build(site)
    assert made == [{"stories/2026-09.html"}]
    del posts["stories/2026-08.md"]
    (site / "content/stories/2026-08.md").unlink()
    _build(site)
    fresh = write_site(tmp_path_factory.mktemp("fresh"), POSTS | posts)
    _build(fresh)
    assert _index(site) == _index(fresh)


@pytest.mark.parametrize("is_read", [False, True])
def test_a_page_that_changes_while_it_is_indexed_is_indexed_as_it_is(
    site: Path, monkeypatch: pytest.MonkeyPatch, is_read: bool
) -> None:
    _build(site)
    page = site / "output/stories/marche.html"
    count = 0

    def run(pages: Path, target: Path, stop: Event | None) -> dict[str, bytes]:
        nonlocal count
        count += 1
        if is_read:
            change()
        return run_pagefind(pages, target, stop)

    def read(self: Search, path: str) -> bytes:
        asked.append(path)
        if not is_read and asked.count("stories/marche.html") > 1:
            change()
        return (site / "output" / path).read_bytes()

    def change() -> None:
        page.write_bytes(page.read_bytes().replace("étagères".encode(), b"tables"))

    asked: list[str] = []
    monkeypatch.setattr(search_module, "run_pagefind", run)
    monkeypatch.setattr(Search, "_page", read)
    for _ in range(2):
        search = Search(site / "output", site / "kept.search")
        assert not search.is_right
        search.put(search.make(), Leftovers(site / "output", site / "output/.veillee-files", set))
    assert "tables" in str(_found(site)["/stories/marche.html"]["content"])
    assert count == (2 if is_read else 1)


@pytest.mark.parametrize(
    ("count", "sizes"), [(30, [30]), (2_100, [540, 540, 540, 480]), (20_010, [2_070] * 9 + [1_380])]
)
def test_parts_hold_whole_months_and_there_are_never_many(count: int, sizes: list[int]) -> None:
    per_month = 30 if count < 20_000 else 690
    pages = {
        f"{number:05}.html": Found(
            "digest", "fr", f"{2000 + number // per_month // 12}-{number // per_month % 12 + 1:02}"
        )
        for number in range(count)
    }
    parts = parts_of({**pages, "list.html": Found()})
    assert list(parts) == ["", *(f"fr-{number}" for number in range(1, len(sizes)))]
    assert [len(paths) for paths in parts.values()] == sizes
    assert [path for paths in parts.values() for path in paths] == list(pages)


def test_a_preview_shows_a_save_first_and_indexes_it_beside(site: Path) -> None:
    settings_of(site, **SETTINGS)
    preview = Preview(site / "pelicanconf.py", {}, session="s")
    assert preview.rebuild().faults == ()
    assert preview.indexer.wait(30)
    assert "/stories/marche.html" in _found(site)
    story = site / "content/stories/marche.md"
    story.write_text(POSTS["stories/marche.md"].replace("étagères", "tréteaux"), encoding="utf-8")
    preview.rebuild([story])
    assert "tréteaux" not in str(_found(site)["/stories/marche.html"]["content"])
    assert preview.indexer.wait(30)
    assert "tréteaux" in str(_found(site)["/stories/marche.html"]["content"])
    beside = _index(site)
    assert _build(site).files_removed == 0
    assert _index(site) == beside


def test_pelicans_own_command_makes_an_index_too(site: Path) -> None:
    settings_of(site, **SETTINGS, THEME=str(theme_folder()), PLUGINS=["veillee.plugin"])
    said = subprocess.run(
        [sys.executable, "-m", "pelican", "-s", "pelicanconf.py"],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "/stories/marche.html" in _found(site)
