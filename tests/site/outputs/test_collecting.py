"""Pages as they are collected: a page that is no part of a list is asked for as Pelican would ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site.building import settings_of, write_site
from tests.site.test_reading import story
from veillee.site.outputs.collecting import CollectingWriter
from veillee.site.outputs.jobs import PageJob
from veillee.site.reading import open_session

FILES = {
    "stories/one.md": story(title="One", tags="[a]"),
    "stories/two.md": story(title="Two", slug="deux"),
    "stories/draft.md": story(title="Three", status="draft"),
    "stories/odd.md": story(title="Four", save_as="odd//./four.html"),
    "pages/about.md": "title: About\n\nText.\n",
}

SINGLES = ["deux.html", "drafts/three.html", "one.html", "pages/about.html"]
"""Those whose address is plain."""


def jobs_of(folder: Path, **settings: Any) -> dict[str, PageJob]:
    with open_session(settings_of(folder, THEME="simple", **settings)) as session:
        session.read()
        writer = session.pelican._get_writer()
        assert isinstance(writer, CollectingWriter)
        for generator in session.generators:
            generator.generate_output(writer)
        return {path: job for path, job in writer.jobs.items() if isinstance(job, PageJob)}


@pytest.mark.parametrize("settings", [{}, {"RELATIVE_URLS": True}, {"SITEURL": "https://a.example"}])
def test_a_page_sees_what_pelican_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    write_site(tmp_path, FILES)
    singles: list[str] = []
    collect = CollectingWriter._collect_single

    def counted(writer: CollectingWriter, name: str, *rest: Any, **named: Any) -> None:
        singles.append(name)
        collect(writer, name, *rest, **named)

    monkeypatch.setattr(CollectingWriter, "_collect_single", counted)
    quick = jobs_of(tmp_path, **settings)
    assert sorted(singles) == ([] if "RELATIVE_URLS" in settings else SINGLES)
    monkeypatch.setattr(CollectingWriter, "_is_single", lambda *_: False)
    usual = jobs_of(tmp_path, **settings)
    assert list(quick) == list(usual)
    assert {"one.html", "deux.html", "pages/about.html"} <= quick.keys()
    for path, job in quick.items():
        assert (job.local, job.site_url, job.template.name) == (
            usual[path].local,
            usual[path].site_url,
            usual[path].template.name,
        )
        assert _shown(job) == _shown(usual[path])


def test_a_second_page_at_an_address_is_no_page(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    with open_session(settings_of(tmp_path, THEME="simple")) as session:
        session.read()
        writer = session.pelican._get_writer()
        template = session.articles.get_template("article")
        writer.write_file("one.html", template, session.context, override_output=True, url="one.html")
        writer.write_file("one.html", template, session.context, url="one.html")
        assert list(writer.jobs) == ["one.html"]
        writer.write_file("two.html", template, session.context, url="two.html")
        with pytest.raises(RuntimeError, match="two pages of the site"):
            writer.write_file("two.html", template, session.context, url="two.html")


def _shown(job: PageJob) -> dict[str, str]:
    """Every name with what it says, whatever object that is in this build."""
    return {name: str(value) for name, value in job.context.whole().items() if isinstance(value, str | int | None)} | {
        "article": str(getattr(job.context.get("article"), "save_as", None)),
        "names": str(sorted(job.context)),
    }
