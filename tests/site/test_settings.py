"""Settings of a site: a file, what a command adds, and our defaults below both."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.site.building import write_settings, write_site
from veillee.errors import ConfigurationError
from veillee.shipped import theme_folder
from veillee.site.reading import read_site
from veillee.site.settings import load_settings

POST = {"stories/one.md": "---\ntitle: One\ndate: 2026-11-01\n---\nText.\n"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_site(tmp_path, POST)


def test_without_a_settings_file_our_theme_and_defaults_apply(site: Path) -> None:
    settings = load_settings()
    assert settings["THEME"] == str(theme_folder())
    assert settings["ARTICLE_SAVE_AS"] == "{category}/{slug}.html"
    assert settings["FEED_ALL_ATOM"] is None
    assert settings["JINJA_ENVIRONMENT"]["autoescape"] is True


def test_another_theme_keeps_pelicans_defaults(site: Path) -> None:
    settings = load_settings(write_settings(site, THEME="simple", PATH="content"))
    assert settings["ARTICLE_PATHS"] == [""]
    assert settings["ARTICLE_SAVE_AS"] == "{slug}.html"
    assert settings["FEED_ALL_ATOM"] == "feeds/all.atom.xml"
    assert "autoescape" not in settings["JINJA_ENVIRONMENT"]


def test_what_the_file_says_wins_over_our_defaults_even_where_it_says_pelicans(site: Path) -> None:
    settings = load_settings(write_settings(site, THEME="veillee", RELATIVE_URLS=False, PAGE_URL="{slug}/"))
    assert settings["RELATIVE_URLS"] is False
    assert settings["PAGE_URL"] == "{slug}/"


def test_overrides_win_over_the_file_and_stand_where_the_command_runs(
    site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_settings(site, THEME="veillee", PATH="content", OUTPUT_PATH="public")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert load_settings(path)["OUTPUT_PATH"] == str(site / "public")
    assert load_settings(path, overrides={"OUTPUT_PATH": "here"})["OUTPUT_PATH"] == str(elsewhere / "here")


def test_a_settings_file_may_import_another_one_and_is_read_anew_each_time(site: Path) -> None:
    (site / "pelicanconf.py").write_text("from base_settings import *\nPATH = 'content'\n")
    base = site / "base_settings.py"
    base.write_text("SITENAME = 'First'\nTHEME = 'veillee'\n")
    assert load_settings()["SITENAME"] == "First"
    base.write_text("SITENAME = 'Then'\nTHEME = 'veillee'\n")
    assert load_settings()["SITENAME"] == "Then"
    assert "base_settings" not in sys.modules
    assert str(site) not in sys.path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SITENAME = 'x\n", "pelicanconf.py:1: this is not Python: unterminated string literal"),
        ("A = 1\nB = A / 0\n", "pelicanconf.py:2: the settings file fails: ZeroDivisionError: division by zero"),
        ("PATH = 'nowhere'\n", "there is no content folder nowhere; make the folder, or name another one with"),
        ("PATH = 'content'\nTHEME = 'no-such-theme'\n", "Could not find the theme no-such-theme"),
        ("PATH = 'content'\nOUTPUT_PATH = 'content'\n", "the output folder content holds the content"),
        ("PATH = 'content'\nVEILLEE_STRIKT = True\n", "pelicanconf.py:2: unknown setting VEILLEE_STRIKT"),
        ("PATH = 'content'\nVEILLEE_NOW = 'soon'\n", 'VEILLEE_NOW is "soon"; an instant like'),
    ],
)
def test_a_wrong_setting_is_named_before_anything_is_read(site: Path, text: str, message: str) -> None:
    (site / "pelicanconf.py").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert message in str(caught.value)


def test_a_missing_settings_file_is_named(site: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no settings file other\.py"):
        load_settings(Path("other.py"))


def test_the_plugin_is_in_use_whether_the_file_names_it_or_not(site: Path) -> None:
    reading = read_site(load_settings(write_settings(site, THEME="simple", PATH="content")))
    assert [post.id for post in reading.community.posts] == ["stories/one"]


def test_a_plugin_that_cannot_be_loaded_is_an_error_of_configuration(site: Path) -> None:
    settings = load_settings(write_settings(site, THEME="simple", PATH="content", PLUGINS=["no_such_plugin"]))
    with pytest.raises(ConfigurationError, match="Cannot load plugin `no_such_plugin`"):
        read_site(settings)


def test_a_plugin_that_cannot_register_is_an_error_of_configuration(site: Path) -> None:
    (site / "broken_plugin.py").write_text("def register():\n    raise RuntimeError('out of order')\n")
    path = write_settings(site, THEME="simple", PATH="content", PLUGINS=["broken_plugin"], PLUGIN_PATHS=["."])
    try:
        with pytest.raises(ConfigurationError, match="Cannot register plugin `broken_plugin`"):
            read_site(load_settings(path))
    finally:
        sys.modules.pop("broken_plugin", None)


def test_content_without_our_folders_is_read_whole_except_what_is_no_post(tmp_path: Path) -> None:
    post = "---\ntitle: One\ndate: 2026-11-01\n---\nText.\n"
    files = {"_posts/one.md": post, "blog/two.md": post.replace("One", "Two"), "pages/about.md": "# About\n"}
    write_site(tmp_path, files)
    reading = read_site(load_settings(write_settings(tmp_path, THEME="veillee", PATH="content")))
    assert sorted(post.id for post in reading.community.posts) == ["stories/one", "stories/two"]
    assert reading.faults == ()


def test_a_post_outside_of_our_folders_is_read_too(site: Path) -> None:
    write_site(site, {"elsewhere/two.md": POST["stories/one.md"], "three.md": POST["stories/one.md"]})
    reading = read_site(load_settings())
    assert sorted(post.id for post in reading.community.posts) == ["stories/one", "stories/three", "stories/two"]


def test_what_is_no_content_is_left_alone_where_the_content_is_the_whole_site(site: Path) -> None:
    (site / "content").rename(site / "old")
    shutil.move(site / "old/stories", site / "stories")
    for name in ("output/x.md", "var/x.md", "digests/weekly/editions/x.md", ".git/x.md", "node_modules/p/README.md"):
        (site / name).parent.mkdir(parents=True)
        (site / name).write_text("no post")
    reading = read_site(load_settings(write_settings(site, THEME="veillee", PATH=".")))
    assert reading.faults == ()
    assert [post.id for post in reading.community.posts] == ["stories/one"]


def test_a_site_without_an_address_says_so(site: Path) -> None:
    reading = read_site(load_settings())
    assert reading.community.url == "http://localhost:8000"
    assert any(note.startswith("SITEURL is not set") for note in reading.notes)
