"""Content written for other programs: as many posts out as in, or a reason for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.building import NOW, tree_of, write_settings, write_site
from veillee.site.building import build_site
from veillee.site.report import BuildReport
from veillee.site.settings import load_settings

JEKYLL = {
    "_posts/2024-01-09-week-one.md": '---\nlayout: post\ntitle: "Week one: a start"\ntags: go yaml\n'
    "permalink: /weeks/1/\n---\n{% raw %}Hi{% endraw %} ![x](/assets/x.png) {{ site.url }}\n",
    "_posts/2024-02-30-bad-day.md": "---\nlayout: post\ntitle: Bad\n---\nText.\n",
    "_posts/2024-03-01-no-header.md": "# Only a heading\n\nText.\n",
    "_drafts/someday.md": "---\ntitle: Someday\npublished: false\ndate: 2024-01-01\n---\nText.\n",
}
HUGO = {
    "posts/first/index.md": '+++\ntitle = "First"\ndate = 2024-01-09T10:00:00+02:00\ntags = ["a", "b"]\n'
    '[params]\ncolour = "red"\n+++\n{{< figure src="x.png" >}}\n',
    "posts/first/index.fr.md": '+++\ntitle = "Premier"\ndate = 2024-01-09T10:00:00+02:00\n+++\nBonjour !\n',
    "posts/second.md": "---\ntitle: Second\ndate: 2024-01-10T08:00:00Z\ndraft: true\naliases: [/old/]\n"
    "url: /elsewhere/\n---\nText.\n",
    "posts/third.md": "---\ntitle: Third\npublishDate: 2024-01-11\nlastmod: 2024-02-01\nweight: 3\n---\nText.\n",
}
MKDOCS = {
    "blog/posts/hello.md": "---\ndate:\n  created: 2024-01-09\n  updated: 2024-01-10\nauthors:\n  - ana\n"
    "categories:\n  - Hello\ntemplate: blog-post.html\n---\n# Hello\n\n<!-- more -->\n\n!!! note\n    Text.\n",
    "blog/posts/plain.md": "---\ndate: 2024-01-11\ntitle: Plain\nhide: [toc]\n---\n[hello](hello.md)\n",
}


def built(folder: Path, files: dict[str, str], **settings: object) -> BuildReport:
    write_site(folder, files)
    chosen = {"PLUGINS": ["veillee.plugin"], "SITENAME": "Test", "VEILLEE_NOW": NOW, "PATH": "content", **settings}
    return build_site(load_settings(write_settings(folder, **chosen)))


@pytest.mark.parametrize("theme", [{}, {"THEME": "veillee"}], ids=["stock", "ours"])
class TestEveryPostIsBuiltOrNamed:
    def test_of_jekyll(self, tmp_path: Path, theme: dict[str, str]) -> None:
        report = built(tmp_path, JEKYLL, **theme)
        assert (report.read, report.published, report.drafts, report.lost) == (4, 2, 1, 1)
        assert [fault.path.rsplit("/", 1)[1] for fault in report.faults] == ["2024-02-30-bad-day.md"]
        assert "2024-02-30" in str(report.faults[0])

    def test_of_hugo(self, tmp_path: Path, theme: dict[str, str]) -> None:
        report = built(tmp_path, HUGO, **theme)
        assert report.faults == ()
        assert (report.read, report.published, report.drafts) == (4, 3, 1)

    def test_of_mkdocs(self, tmp_path: Path, theme: dict[str, str]) -> None:
        report = built(tmp_path, MKDOCS, **theme)
        assert report.faults == ()
        assert (report.read, report.published) == (2, 2)

    def test_with_one_address_for_two(self, tmp_path: Path, theme: dict[str, str]) -> None:
        same = "---\ntitle: Same\nslug: same\ndate: 2024-01-09\n---\nText.\n"
        other = same.replace("title: Same\nslug: same", "title: Other")
        report = built(tmp_path, {"a/one.md": same, "b/two.md": same, "c/three.md": other}, **theme)
        assert (report.published, report.lost) == (1, 2)
        assert [(fault.path.rsplit("/", 1)[1], fault.line) for fault in report.faults] == [("one.md", 3), ("two.md", 3)]

    def test_with_names_that_come_back(self, tmp_path: Path, theme: dict[str, str]) -> None:
        weekly = "---\ntitle: Notes\n---\nText.\n"
        trip = "+++\ntitle = 'A trip'\ndate = 2024-05-01\n+++\nText.\n"
        files = {f"_posts/2024-01-{day:02d}-notes.md": weekly for day in (1, 8, 15)}
        files |= {"en/2023/trip/index.md": trip, "en/2024/trip/index.md": trip}
        report = built(tmp_path, files, **theme)
        assert (report.published, report.lost, report.exit_code) == (5, 0, 0)
        names = {path.name for path in (tmp_path / "output").rglob("*.html")}
        assert {"notes.html", "notes-2024-01-08.html", "notes-2024-01-15.html"} <= names
        assert {"en-2024-trip.html", "en-2024-a-trip.html"} & names
        assert not any(note.startswith("There are") for note in report.notes)

    def test_with_titles_without_a_letter(self, tmp_path: Path, theme: dict[str, str]) -> None:
        files = {f"{name}.md": "---\ntitle: 🎉\ndate: 2024-01-09\n---\nText.\n" for name in ("one", "two")}
        report = built(tmp_path, files, **theme)
        assert (report.published, report.exit_code) == (2, 0)
        assert {"one.html", "two.html"} <= {path.name for path in (tmp_path / "output").rglob("*.html")}

    def test_with_records_that_have_other_names(self, tmp_path: Path, theme: dict[str, str]) -> None:
        records = "".join(f"- question: How {n}?\n  answer: So.\n  date: 2024-01-0{n}\n" for n in range(1, 6))
        fields = {"title": "question", "body": "answer"}
        report = built(tmp_path, {"qa/all.yaml": records}, VEILLEE_FIELDS=fields, **theme)
        assert (report.read, report.published, report.exit_code) == (5, 5, 0)

    def test_beside_files_that_are_no_posts(self, tmp_path: Path, theme: dict[str, str]) -> None:
        others = {
            "_config.yml": "title: Mine\nplugins: [feed]\n",
            "_data/nav.yml": "- title: Home\n  url: /\n",
            "_layouts/default.html": "<title>{{ page.title }}</title>",
            "mkdocs.yml": "site_name: X\nindex: !!python/name:material.twemoji\n",
            "README.md": "# Mine\n\nRun it.\n",
            "posts/_index.md": "---\ntitle: Posts\n---\n",
            "about.md": "---\nlayout: page\ntitle: About\n---\nText.\n",
        }
        report = built(tmp_path, {"2024-01-09-post.md": "# Post\n\nText.\n", **others}, **theme)
        assert (report.read, report.published, report.faults) == (1, 1, ())
        del others["_layouts/default.html"]
        assert all(any(f"{name} holds no post" in note for note in report.notes) for name in others)

    def test_of_a_broken_file_of_records(self, tmp_path: Path, theme: dict[str, str]) -> None:
        report = built(tmp_path, {"all.yaml": "- title: One\n  body: 'never closed\n  date: 2024-01-01\n"}, **theme)
        assert (report.published, report.lost, report.exit_code) == (0, 1, 1)
        assert report.faults[0].line == 2

    def test_with_forms_that_another_program_reads(self, tmp_path: Path, theme: dict[str, str]) -> None:
        day = "date: 2024-01-09\n"
        heads = {
            "meanings.md": f"{day}kind: article\ndigest: true\nstream: https://x.example\nanswers: 3\nreactions: 5\n",
            "author.md": f"{day}author: {{twitter: x}}\n",
            "slug.md": f"{day}slug: My slug, été\n",
            "lang.md": f"{day}lang: en_US.UTF-8\n",
            "two-dates.md": f"{day}published: 2024-01-10\n",
            "2024-1-9-short-date.md": "tags: [a]\n",
            "french.md": "date: 20 janvier 2024\n",
            "UPPER.MD": day,
            "component.mdx": day,
            "_drafts/idea.md": "tags: [a]\n",
            f"{'long-name-' * 20}.md": day,
        }
        files = {name: f"---\ntitle: {name[:9]}\n{head}---\nText.\n" for name, head in heads.items()}
        files["long-title.md"] = f"---\ntitle: {'word ' * 200}\n{day}---\nText.\n"
        files["control.md"] = f"---\ntitle: Control\n{day}---\nText \x0b\x1b[0m.\n"
        report = built(tmp_path, files, **theme)
        assert report.faults == ()
        assert (report.published, report.drafts) == (len(files) - 1, 1)

    def test_without_dates_where_the_site_takes_those_of_the_files(self, tmp_path: Path, theme: dict[str, str]) -> None:
        docs = {"guide/install.md": "# Install\n", "admin/install.md": "# Install\n", "index.md": "# Welcome\n"}
        report = built(tmp_path / "named", docs, **theme)
        assert (report.lost, report.exit_code) == (3, 1)
        assert all("DEFAULT_DATE" in str(fault) for fault in report.faults)
        report = built(tmp_path / "dated", docs, DEFAULT_DATE="fs", VEILLEE_NOW="2999-01-01", **theme)
        assert (report.published, report.faults) == (3, ())

    def test_with_twins_of_one_day(self, tmp_path: Path, theme: dict[str, str]) -> None:
        text = "---\ntitle: Twin\ndate: 2024-01-09\n---\nText.\n"
        report = built(tmp_path, {"twin.md": text, "twin.markdown": text, "other/twin.md": text}, **theme)
        assert (report.published, report.lost, report.exit_code) == (1, 2, 1)


def test_stock_themes_show_titles_tags_and_dates_as_meant(tmp_path: Path) -> None:
    built(tmp_path, {**JEKYLL, **HUGO})
    output = tree_of(tmp_path / "output")
    assert b">Week one: a start</a>" in output["index.html"]
    assert {"tag/a.html", "tag/b.html", "premier-fr.html"} <= set(output)
    assert b"2024-01-09T09:00:00+01:00" not in output["first.html"]  # the site's zone is UTC
    assert b"2024-01-09T08:00:00+00:00" in output["first.html"]


def test_the_output_of_an_earlier_build_is_no_content(tmp_path: Path) -> None:
    write_site(tmp_path, {"2024-01-09-post.md": "# Post\n\nText.\n"})
    chosen = {"PLUGINS": ["veillee.plugin"], "SITENAME": "Test", "VEILLEE_NOW": NOW, "PATH": "content"}
    for output in ("content/public", "elsewhere"):
        settings = write_settings(tmp_path, **chosen, THEME="veillee", OUTPUT_PATH=output)
        report = build_site(load_settings(settings))
        assert (report.read, report.faults) == (1, ())


def test_a_title_with_a_colon_is_read_as_pelican_reads_it(tmp_path: Path) -> None:
    report = built(tmp_path, {"colon.md": "---\ntitle: Foo: bar\ndate: 2024-01-09\n---\nText.\n"})
    assert (report.published, report.faults) == (1, ())
    assert "Foo: bar" in (tmp_path / "output/foo-bar.html").read_text()


def test_slips_of_our_words_stay_problems(tmp_path: Path) -> None:
    report = built(tmp_path, {"slip.md": "---\ntitle: Slip\nkind: stroy\ndate: 2024-01-09\n---\nText.\n"})
    assert 'did you mean "story"?' in str(report.faults[0])


def test_words_with_a_meaning_in_pelican_stay_without_effect(tmp_path: Path) -> None:
    report = built(tmp_path, {**HUGO, "posts/second.md": HUGO["posts/second.md"].replace("draft: true\n", "")})
    assert report.faults == ()
    assert (tmp_path / "output/second.html").exists()


def test_a_link_to_another_file_of_the_docs_leads_to_its_page(tmp_path: Path) -> None:
    built(tmp_path, MKDOCS)
    assert 'href="/hello.html"' in (tmp_path / "output/plain.html").read_text() or (
        'href="./hello.html"' in (tmp_path / "output/plain.html").read_text()
    )


def test_files_that_pelican_itself_gives_up_are_counted_and_named_with_the_reason(tmp_path: Path) -> None:
    files = {
        "2024-02-30-bad.rst": "Bad\n###\n\nText.\n",
        "undated.rst": "Undated\n#######\n\nText.\n",
        "2024-02-30-day.md": "Title: Day\n\nText.\n",
        "never.md": "Title: Never\nDate: never\n\nText.\n",
        "good.md": "Title: Good\nDate: 2024-01-01\n\nText.\n",
    }
    report = built(tmp_path, files)
    assert (report.read, report.published, report.lost, report.exit_code) == (5, 1, 4, 1)
    reasons = {fault.path.rsplit("/", 1)[1]: str(fault).partition(": ")[2] for fault in report.faults}
    assert reasons["2024-02-30-bad.rst"].startswith("it cannot be read: '2024-02-30' is not a valid date")
    assert reasons["undated.rst"].startswith("there is no date")
    assert reasons["2024-02-30-day.md"].startswith('the date "2024-02-30" in the name of the file is not a date')
    assert reasons["never.md"].startswith('date "never" is not a date')
