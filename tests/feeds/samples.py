"""Communities to make feeds of: one as they are, one that means harm, one that is empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from tests.editorial.communities import answer, buzz, community, days_ago, post, question, questions, story, weekly
from veillee.model import (
    Author,
    Community,
    ComposedEdition,
    ComposedSection,
    Digest,
    Edition,
    Image,
    Kind,
    Member,
    Post,
    SectionKind,
)
from veillee.render.markdown import render_markdown

AMINA = Member("amina", "Amina Benali", "https://veillee.example/members/amina.html", joined=date(2025, 1, 1))

MARKDOWN = """\
## A heading with `code`

Words[^1], **strong**, ~~gone~~, <mark>marked</mark>, a <kbd>key</kbd>, a [link](https://example.org/?a=1&b=2) and an
address: a@example.org. 2 < 3 & 4 > 3.

- [x] done
- [ ] to do

> [!WARNING]
> Careful.

```python
def tell(story: str) -> None: print(f"<{story}>")
```

| left | right |
|:-----|------:|
| 1    | 2     |

<details open><summary>More</summary>Inside</details>
<details><summary><h4>Headed</h4></summary>Inside</details>
<ruby>火<rp>(</rp><rt>hi</rt><rp>)</rp></ruby> <bdo dir="rtl">turned</bdo> super<wbr>long

![A lamp](https://veillee.example/images/lamp.jpg)

[^1]: The note.
"""


def normal() -> Community:
    """French first, English second, one post in both, one in English alone."""
    body = render_markdown(MARKDOWN, lang="fr")
    night = story(
        "night-shift",
        title="L’atelier de nuit",
        html=body.html,
        summary="Une histoire, et des « guillemets ».",
        authors=(Author("Amina Benali", "amina"), Author("Paul Roche")),
        tags=("sql", "entraide"),
        image=Image("https://veillee.example/images/night.jpg", "Une lampe", 1200, 800),
        translations=(("en", "https://veillee.example/en/stories/night-shift.html"),),
    )
    english = replace(
        night,
        title="The night shift",
        url="https://veillee.example/en/stories/night-shift.html",
        lang="en",
        translations=(("fr", night.url),),
        is_original=False,
    )
    return community(
        night,
        english,
        post("opening", days=3, tags=("sql",), authors=()),
        post("only-english", days=4, lang="en", updated_at=days_ago(1)),
        question("how", days=5, answers=(answer(days=1, accepted=True), answer(days=4, author="Zoé")), tags=("sql",)),
        question("waiting", days=6),
        buzz("kettle", days=7, title="La bouilloire remarche", link="https://example.org/kettle", reactions=4),
        members=(AMINA,),
        tagline="Ce que nous apprenons",
    )


HARM = 'a\x00\x0b\x1b\x7f\x85\ufffe\ud800 "]]>" <script>alert(1)</script> &amp; &lt;b&gt; \u202e\n\t z'


def hostile() -> Community:
    """What nobody should write: control characters, markup in texts, addresses that mean harm, names of nothing."""
    posts = [
        story(
            "harm",
            title=HARM,
            summary=HARM,
            url="https://veillée.example/équipe/stories/un deux.html?x=<y>",
            html='<p><a href="#frag">f</a> <a href="/root">r</a> <a href="//other.example/x">s</a> '
            '<a href="http://[broken">b</a> <img src="images/é à.jpg" alt="&quot;&lt;"> <mark>m\x00</mark></p>'
            '<table><tbody><tr><td colspan="2" align="left">]]&gt;</td></tr></tbody></table>',
            authors=(Author(HARM), Author(" \x00 "), Author("///"), Author("Paul, Zoé & Co <p@example.org>")),
            tags=("", " ", "C++", "../../etc", "日本語", "<b>", HARM),
            image=Image("https://veillée.example/images/un deux.jpg", HARM, 10, 10),
            link="https://exämple.org/ä?q=ü&a[]=100%#ß",
        ),
        question("bad", answers=(replace(answer(days=1, accepted=True), author=Author(HARM)),), title="\x00"),
        post("old", published_at=datetime(206, 11, 20, tzinfo=UTC), title="Du temps des Romains"),
        post("later", updated_at=days_ago(-400), title="Corrigé demain"),
        buzz("empty", html="", summary="", title="…"),
        post("chinese", lang="zh-hans", title="火"),
        post("script", link="javascript:alert(1)", title="No link"),
        post("inside", link="/files/a b.pdf", title="A path of the site"),
        post("nowhere", lang="qq", title="In no language", link="http://[broken"),
    ]
    return community(
        *posts, title=f"Veillée {HARM}", url="https://veillée.example/équipe", tagline=HARM, members=(AMINA,)
    )


def empty() -> Community:
    return community(title="", tagline="")


def digests() -> tuple[Digest, ...]:
    return weekly(descriptions=(("fr", "Le vendredi"), ("en", "On Fridays"))), questions()


def editions(of: Community) -> tuple[ComposedEdition, ...]:
    """One edition of the weekly digest in each of its languages."""
    return tuple(_edition(of, lang) for lang in ("fr", "en"))


def _edition(of: Community, lang: str) -> ComposedEdition:
    def some(kind: Kind) -> tuple[Post, ...]:
        return of.of_kind(kind, lang)

    edition = Edition("weekly", "2026-W47", days_ago(7), days_ago(0), sections=())
    return ComposedEdition(
        digest=digests()[0],
        edition=edition,
        lang=lang,
        title="L’histoire de la semaine",
        subject="L’atelier de nuit",
        url=f"{of.url}/digests/weekly/2026-W47.html",
        introduction_html='<p>Bonjour, <a href="/a">voici</a>.</p>',
        introduction_text="Bonjour, voici.",
        sections=(
            ComposedSection(SectionKind.STORY, some(Kind.STORY)),
            ComposedSection(SectionKind.BUZZ, some(Kind.BUZZ)),
            ComposedSection(SectionKind.HELP, some(Kind.QUESTION)),
            ComposedSection(SectionKind.ZAPPING, lines=("Bienvenue à Léo <3", "2 & 2")),
            ComposedSection(SectionKind.TEASER),
        ),
    )
