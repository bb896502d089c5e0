"""A third language is one file: in the interface, in dates and plurals, in feeds and mails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lxml.html
import pytest
from babel.messages.pofile import read_po, write_po

from tests.site.building import settings_of, write_site
from veillee.errors import ConfigurationError
from veillee.languages import language, use_catalogues
from veillee.languages.catalogues import untranslated_count, write_blank_catalogue
from veillee.site.building import build_site
from veillee.site.checking import check_site

POLISH = {
    "Front page": "Strona główna",
    "Questions": "Pytania",
    "%(num)s answer": ("%(num)s odpowiedź", "%(num)s odpowiedzi", "%(num)s odpowiedzi"),
    "Accepted answer by %(name)s, %(date)s": "Przyjęta odpowiedź: %(name)s, %(date)s",
}
ANSWERS = "".join(f"- {{author: a, date: 2026-11-03, body: b{number}}}\n" for number in range(5))
FILES = {
    "questions/q.yaml": f"title: Q\ndate: 2026-11-02\nlang: pl\nbody: x\nanswers:\n{ANSWERS}",
    "stories/s.md": "---\ntitle: S\ndate: 2026-11-02\nlang: ar\n---\nText.\n",
}


@pytest.fixture(autouse=True)
def _program_alone(tmp_path: Path) -> Any:
    yield
    use_catalogues(tmp_path / "nowhere")


def write_catalogue(path: Path, said: dict[str, str | tuple[str, ...]]) -> None:
    write_blank_catalogue(path, path.stem)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    for message in catalogue:
        name = message.id[0] if isinstance(message.id, tuple) else message.id
        if name in said:
            message.string = said[name]
    with path.open("wb") as file:
        write_po(file, catalogue)


def page_of(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(path.read_bytes())


def test_one_file_gives_a_site_a_language(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    write_catalogue(tmp_path / "languages/pl.po", POLISH)
    report = build_site(settings_of(tmp_path, DEFAULT_LANG="pl", VEILLEE_LANGUAGES=["pl", "en", "ar"]))
    assert report.faults == ()
    home = page_of(tmp_path / "output/index.html")
    assert home.get("lang") == "pl"
    assert home.xpath("//nav[@class='sections']//a/text()")[:2] == ["Strona główna", "Stories"]
    question = page_of(tmp_path / "output/questions/q.html")
    assert question.xpath("//h2[@id='answers']/text()") == ["5 odpowiedzi"]
    assert "3 listopada 2026" in question.text_content()
    assert "Pytania" in (tmp_path / "output/feeds/all.opml").read_text()
    assert page_of(tmp_path / "output/ar/index.html").get("dir") == "rtl"
    assert page_of(tmp_path / "output/en/index.html").xpath("//nav[@class='sections']//a/text()")[0] == "Front page"


def test_a_change_of_the_catalogue_is_seen_by_the_next_build(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    settings = {"DEFAULT_LANG": "pl", "VEILLEE_LANGUAGES": ["pl"]}
    build_site(settings_of(tmp_path, **settings))
    assert "Front page" in (tmp_path / "output/index.html").read_text()
    write_catalogue(tmp_path / "languages/pl.po", POLISH)
    build_site(settings_of(tmp_path, **settings))
    assert "Strona główna" in (tmp_path / "output/index.html").read_text()


def test_a_sites_own_words_stand_above_the_programs(tmp_path: Path) -> None:
    write_catalogue(tmp_path / "fr.po", {"Front page": "Accueil"})
    use_catalogues(tmp_path)
    assert (language("fr").gettext("Front page"), language("fr").gettext("Stories")) == ("Accueil", "Histoires")


def test_check_says_how_much_is_missing(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    write_catalogue(tmp_path / "languages/pl.po", POLISH)
    missing, everything = untranslated_count(tmp_path / "languages/pl.po")
    assert everything - missing == len(POLISH)
    (note,) = check_site(settings_of(tmp_path, DEFAULT_LANG="pl")).notes
    assert f"languages/pl.po: {missing} of {everything} messages are not translated" in note


def test_writing_it_again_keeps_what_was_translated(tmp_path: Path) -> None:
    path = tmp_path / "pl.po"
    write_catalogue(path, POLISH)
    before = untranslated_count(path)
    write_blank_catalogue(path, "pl")
    assert untranslated_count(path) == before
    assert '"Plural-Forms: nplurals=3;' in path.read_text()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ('msgid "Front page"\nmsgstr "%(name)s"\n', '"%(name)s" is not in the message'),
        ('msgid "reviewed %(day)s"\nmsgstr "%(dya)s"\n', '"%(dya)s" is not one of day'),
        ('msgid "Front page"\nmsgstr "100 %"\n', "a percent sign that means nothing: write %% for one"),
        ('msgid "Front page"\nmsgstr "Strona\n', "a text without quotation marks"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_named_with_its_line(tmp_path: Path, lines: str, found: str) -> None:
    write_site(tmp_path, FILES)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages/pl.po").write_text(head + lines)
    with pytest.raises(ConfigurationError) as caught:
        build_site(settings_of(tmp_path, DEFAULT_LANG="pl"))
    (fault,) = caught.value.faults
    assert fault.path.endswith("languages/pl.po")
    assert fault.line in (4, 5)
    assert found in fault.found
