"""Small sites that are odd: empty, of one member, right to left, with words and lists that never end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit import html_checker
from tests.audit.browsing import NARROW, judge_accessibility, judge_manners, judge_reflow
from tests.audit.links import broken_links
from tests.audit.pages import sample_pages, sort_of
from tests.audit.static_host import hosted
from tests.conftest import require_tool
from tests.site.building import settings_of, write_site
from veillee.site.building import build_site

ENDLESS = "Donaudampfschifffahrt" * 10
MEMBER = "name: Amina Benali\n"
CODE = "x" * 300
TABLE = "|" + "a heading that is wide|" * 12 + "\n|" + "---|" * 12 + "\n" + ("|" + "a cell|" * 12 + "\n") * 3

EVERYTHING = f"""
Un *deux* **trois** ~~quatre~~ `cinq`[^1].

## Titre

#### Sous-titre

# Grand

- [ ] à faire
- [x] fait

1. un
   - deux

{TABLE}

```python
for x in range(3):  # {CODE}
    print('x')
```

```
sans langue
```

> [!WARNING]
> Attention.

Terme
: Sens

---

<details><summary>Plus</summary>

Caché.

</details>

[^1]: Note.
"""


def story(title: str, body: str, *, lang: str = "fr", more: str = "") -> str:
    return f'---\ntitle: "{title}"\ndate: 2026-11-18\nauthor: amina\nlang: {lang}\n{more}---\n{body}\n'


def question(title: str, body: str, *answers: str, lang: str = "fr") -> str:
    told = "".join(f"- author: amina\n  date: 2026-11-18 10:00\n  body: |\n    {answer}\n" for answer in answers)
    head = f'title: "{title}"\nauthor: amina\ndate: 2026-11-17 09:00\nlang: {lang}\nbody: |\n  {body}\n'
    return head + (f"answers:\n{told}" if told else "")


def buzz(count: int) -> str:
    return "".join(
        f"- title: Brève {number}\n  author: amina\n  date: 2026-11-01\n  tags: [t{number % 40}]\n"
        "  body: |\n    Un mot.\n"
        for number in range(count)
    )


SITES: dict[str, Mapping[str, str]] = {
    "nothing": {},
    "one member, no answers": {
        "members/amina.yaml": MEMBER,
        "questions/seule.yaml": question("Seule ?", "Personne ne dit rien."),
    },
    "endless words": {
        "members/amina.yaml": f"name: {ENDLESS}\nbio:\n  fr: {ENDLESS}\n",
        "stories/longue.md": story(
            ENDLESS,
            f"{ENDLESS}\n\n## {ENDLESS}\n\n### {ENDLESS}\n\n{TABLE}\n\n```python\n{CODE}\n```\n\n`{CODE}`\n\n"
            f"> {ENDLESS}\n\n- {ENDLESS}\n\n<https://x.example/{CODE}>\n\n> [!NOTE]\n> {ENDLESS}",
            more=f"tags: [{ENDLESS}]\nsummary: {ENDLESS}\n",
        ),
        "questions/longue.yaml": question(ENDLESS, ENDLESS, ENDLESS, f"`{CODE}`"),
        "buzz/2026-11.yaml": f"- title: {ENDLESS}\n  author: amina\n  date: 2026-11-02\n  body: |\n    {ENDLESS}\n",
    },
    "right to left": {
        "members/amina.yaml": MEMBER,
        "stories/salam.md": story(
            "مرحبا بالجميع في السهرة",
            f"## كيف نبدأ\n\nنبدأ معا.\n\n- أولا\n- ثانيا\n\n> قول\n\n{TABLE}\n\n```python\nx = 1\n```",
            lang="ar",
        ),
        "questions/salam.yaml": question("كيف نبدأ ؟", "كيف نبدأ معا ؟", "معا.", lang="ar"),
    },
    "everything that Markdown makes": {
        "members/amina.yaml": MEMBER,
        "stories/tout.md": story(
            "Tout",
            EVERYTHING,
        ),
    },
    "three hundred": {
        "members/amina.yaml": MEMBER,
        "questions/foule.yaml": question("Qui répond ?", "Tout le monde.", *[f"Réponse {n}." for n in range(300)]),
        "buzz/2026-11.yaml": buzz(300),
    },
}


_DIRECTION = "selector => getComputedStyle(document.querySelector(selector)).direction"

LOOKED_AT = {
    "one member, no answers": "HOME MEMBER MEMBERS QUESTIONS QUESTIONS_ANSWERED STORIES post-question",
    "endless words": "HOME STORIES QUESTIONS BUZZ MEMBER MEMBERS TAGS TAG post-story post-question post-buzz",
    "right to left": "HOME STORIES post-story post-question",
    "everything that Markdown makes": "post-story",
    "three hundred": "BUZZ TAGS post-question",
}
"""The sorts of pages where it matters; of the site with nothing, all."""


@pytest.mark.parametrize("name", SITES, ids=lambda name: name.replace(" ", "-"))
def test_an_odd_site_is_in_order(tmp_path: Path, browser: Browser, name: str) -> None:
    site = built(tmp_path, SITES[name])
    sorts = LOOKED_AT.get(name, "").split()
    pages = [page for page in sample_pages(site, languages=("", "ar")) if not sorts or sort_of(page)[1] in sorts]
    assert len(pages) >= len(sorts)
    with hosted(site) as address:
        assert judge_accessibility(browser, address, pages, scheme="dark", width=NARROW) == []
        assert judge_reflow(browser, address, pages) == []
    assert broken_links(site, address="https://test.example") == []


def test_what_markdown_makes_keeps_to_the_policy(tmp_path: Path, browser: Browser) -> None:
    with hosted(built(tmp_path, SITES["everything that Markdown makes"])) as address:
        assert judge_manners(browser, address, ["stories/tout.html"]) == []


def test_code_reads_from_left_to_right_in_any_text(tmp_path: Path, browser: Browser) -> None:
    tab = browser.new_page()
    tab.goto((built(tmp_path, SITES["right to left"]) / "ar/stories/salam.html").as_uri())
    found = {name: tab.evaluate(_DIRECTION, f"main {name}") for name in ("h1", "p:not([class])", "pre")}
    tab.close()
    assert found == {"h1": "rtl", "p:not([class])": "rtl", "pre": "ltr"}


@pytest.mark.parametrize("name", ["nothing", "endless words", "everything that Markdown makes"])
def test_the_html_of_an_odd_site_is_valid(tmp_path: Path, name: str) -> None:
    require_tool(html_checker.is_there(), "vnu (java and npm)")
    assert html_checker.html_errors(built(tmp_path, SITES[name])) == []


def built(folder: Path, files: Mapping[str, str]) -> Path:
    """The output folder of a site of these files, in French and English."""
    write_site(folder, files)
    (folder / "content").mkdir(exist_ok=True)
    report = build_site(settings_of(folder, DEFAULT_LANG="fr", VEILLEE_LANGUAGES=["fr", "en"], OUTPUT_PATH="output"))
    assert report.faults == ()
    return folder / "output"
