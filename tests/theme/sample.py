"""A small community in plain values, varied on purpose, and the theme rendered over it without Pelican."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from veillee.model import (
    Answer,
    Author,
    Community,
    ComposedEdition,
    ComposedSection,
    Digest,
    Edition,
    Every,
    Image,
    Kind,
    Link,
    Mailbox,
    Member,
    Post,
    Reaction,
    Schedule,
    SectionKind,
    Status,
    Stream,
    Weekday,
)
from veillee.shipped import theme_folder
from veillee.site.archive import Archive
from veillee.site.pages.interface import install_interface
from veillee.site.pages.plan import PlannedPage, plan_pages

URL = "https://veillee.example"
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=PARIS).astimezone(UTC)
AMINA, PAUL, SOFIA = Author("Amina Benali", "amina"), Author("Paul Lemaire", "paul"), Author("Sofia R.", "sofia")
GUEST = Author("Direction de la formation")


STORY_HTML = Path(__file__).with_name("story.html").read_text(encoding="utf-8")


def make_post(kind: Kind, slug: str, title: str, *, days: float = 1, lang: str = "fr", **values: Any) -> Post:
    """A post of `days` ago; whatever is not named is as plain as can be."""
    text = values.pop("text", "Un texte court, et rien de plus.")
    prefix = "" if lang == "fr" else f"{lang}/"
    plain = Post(
        id=f"{kind.folder}/{slug}",
        kind=kind,
        stream=kind.stream,
        title=title,
        url=f"{URL}/{prefix}{kind.folder}/{slug}.html",
        lang=lang,
        slug=slug,
        source=f"{kind.folder}/{slug}.md",
        published_at=NOW - timedelta(days=days),
        authors=(AMINA,),
        summary=text,
        html=f"<p>{text}</p>",
        text=text,
        word_count=420,
    )
    return replace(plain, **values)


def make_answer(author: Author, text: str, *, days: float, is_accepted: bool = False) -> Answer:
    return Answer(author, NOW - timedelta(days=days), f"<p>{text}</p>", text, is_accepted)


def make_members() -> tuple[Member, ...]:
    return (
        Member(
            id="amina",
            name="Amina Benali",
            url=f"{URL}/members/amina.html",
            roles=(("fr", "Responsable d’atelier"), ("en", "Workshop lead")),
            bios=(("fr", "<p>Vingt ans d’atelier, et toujours une question d’avance.</p>"),),
            joined=date(2024, 3, 4),
            links=(Link("Blog", "https://amina.example/"),),
        ),
        Member(id="paul", name="Paul Lemaire", url=f"{URL}/members/paul.html"),
        Member(id="sofia", name="Sofia R.", url=f"{URL}/members/sofia.html"),
        Member(id="zoe", name="Zoé", url=f"{URL}/members/zoe.html"),
    )


def make_posts() -> tuple[Post, ...]:
    picture = Image(f"{URL}/images/embers.png", "Des braises dans la nuit", 1200, 900)
    night = make_post(
        Kind.STORY,
        "night-shift",
        "Comment l’atelier de nuit a appris le tableur à son chef d’équipe",
        days=1,
        summary="Trois opérateurs, une pause de vingt minutes et un fichier que personne n’osait ouvrir : récit "
        "d’une formation que personne n’avait commandée.",
        html=STORY_HTML,
        text="Il est trois heures vingt.",
        image=picture,
        is_story_of_the_week=True,
        tags=("bureautique", "atelier"),
        word_count=1320,
        translations=(("en", f"{URL}/en/stories/night-shift.html"),),
    )
    return (
        night,
        replace(
            night,
            lang="en",
            url=f"{URL}/en/stories/night-shift.html",
            title="How the night shift taught its foreman to use a spreadsheet",
            summary="Three operators, a break of twenty minutes and a file that nobody dared to open.",
            translations=(("fr", night.url),),
            is_original=False,
        ),
        make_post(
            Kind.ANNOUNCEMENT,
            "winter",
            "Le catalogue d’hiver ouvre lundi",
            days=1.2,
            text="Quarante sessions, dont huit animées par des membres.",
            authors=(GUEST,),
            tags=("atelier",),
        ),
        make_post(
            Kind.BUZZ,
            "macro",
            "Première macro",
            days=1.5,
            text="Première macro qui marche du premier coup. Je garde la capture d’écran pour mes petits-enfants.",
            authors=(SOFIA,),
            reactions=(Reaction("bravo", 12), Reaction("merci", 5)),
            link="https://example.org/macro",
        ),
        make_post(
            Kind.QUESTION,
            "cite",
            "Comment citer une source trouvée par un assistant ?",
            days=2,
            tags=("bureautique",),
            answers=(
                make_answer(PAUL, "On cite la source, pas l’assistant.", days=1, is_accepted=True),
                make_answer(AMINA, "Et on la lit d’abord.", days=1.5),
            ),
        ),
        make_post(
            Kind.QUESTION,
            "format",
            "Un format court pour le retour d’expérience ?",
            days=3,
            authors=(PAUL,),
            translations=(("en", f"{URL}/en/questions/format.html"),),
        ),
        make_post(
            Kind.QUESTION,
            "format",
            "A short form for lessons learnt?",
            days=3,
            lang="en",
            authors=(PAUL,),
            is_original=False,
            translations=(("fr", f"{URL}/questions/format.html"),),
        ),
        make_post(
            Kind.QUESTION,
            "sql",
            "SQL : comment compter sans doublons ?",
            days=4,
            tags=("SQL",),
            answers=(make_answer(SOFIA, "Avec <code>COUNT(DISTINCT x)</code>.", days=3.5),),
        ),
        make_post(
            Kind.ANNOUNCEMENT, "lille", "Nouvelle salle de pratique à Lille", days=5, text="Dix postes, dès lundi."
        ),
        make_post(
            Kind.BUZZ, "book", "Café-lecture", days=5, text="Qui vient au café-lecture de jeudi ?", authors=(PAUL,)
        ),
        make_post(
            Kind.BUZZ,
            "fa",
            "یک سلام از تهران",
            days=6,
            lang="ar",
            text="مرحبا بالجميع من فريق الدار البيضاء.",
            authors=(GUEST,),
        ),
        make_post(
            Kind.STORY,
            "long-title",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft und der Rest",
            days=40,
            lang="de",
            tags=("atelier",),
        ),
    )


def make_community(**values: Any) -> Community:
    due = make_post(
        Kind.STORY,
        "due",
        "Le jour où la formation obligatoire a disparu",
        days=-7,
        status=Status.SCHEDULED,
        teaser="Le jour où la formation obligatoire a disparu",
    )
    plain = Community(
        title="La Veillée",
        url=URL,
        languages=("fr", "en"),
        timezone=PARIS,
        now=NOW,
        posts=make_posts(),
        members=make_members(),
        scheduled=(due,),
    )
    return replace(plain, **values)


def make_archive(community: Community) -> Archive:
    """One weekly digest with two editions, in both languages."""
    digest = Digest(
        id="weekly",
        folder="digests/weekly",
        titles=(("fr", "La lettre de la semaine"), ("en", "The weekly letter")),
        languages=("fr", "en"),
        schedule=Schedule(Every.WEEK, time(8), PARIS, weekday=Weekday.FRIDAY),
        sections=(SectionKind.STORY, SectionKind.ANNOUNCEMENTS, SectionKind.QUESTIONS, SectionKind.BUZZ),
        mix=((Stream.ANNOUNCEMENTS, 1), (Stream.QUESTIONS, 1), (Stream.BUZZ, 1)),
        item_count=9,
        minimum_items=3,
        sender=Mailbox("La Veillée", "lettre@veillee.example"),
        descriptions=(
            ("fr", "L’histoire de la semaine, et le reste en trois tiers."),
            ("en", "A story, three thirds."),
        ),
    )
    editions = tuple(
        Edition("weekly", f"2026-W{week}", NOW - timedelta(days=age + 7), NOW - timedelta(days=age, hours=1), ())
        for week, age in ((46, 7), (47, 0))
    )
    composed = tuple(
        _compose(digest, edition, community, lang) for edition in reversed(editions) for lang in community.languages
    )
    return Archive(digests=(digest,), editions=editions, composed=composed)


def _compose(digest: Digest, edition: Edition, community: Community, lang: str) -> ComposedEdition:
    def section(kind: SectionKind, *ids: str) -> ComposedSection:
        posts = (community.post(post_id, lang) for post_id in ids)
        return ComposedSection(kind, tuple(post for post in posts if post))

    prefix = "" if lang == "fr" else f"{lang}/"
    return ComposedEdition(
        digest=digest,
        edition=edition,
        lang=lang,
        title=digest.title_in(lang),
        subject=f"{digest.title_in(lang)} · {edition.id}",
        url=f"{URL}/{prefix}digests/weekly/{edition.id}.html",
        introduction_html="<p>Bonsoir à toutes et à tous.</p>",
        introduction_text="Bonsoir à toutes et à tous.",
        sections=(
            section(SectionKind.STORY, "stories/night-shift"),
            section(SectionKind.ANNOUNCEMENTS, "announcements/winter", "announcements/lille"),
            section(SectionKind.QUESTIONS, "questions/cite", "questions/sql"),
            section(SectionKind.BUZZ, "buzz/macro", "buzz/book"),
            section(SectionKind.HELP, "questions/format"),
            ComposedSection(
                SectionKind.ZAPPING, lines=("Bienvenue à Malik et Jeanne", "Vendredi : la visite en direct")
            ),
            ComposedSection(SectionKind.TEASER, lines=("Le jour où la formation obligatoire a disparu",)),
        ),
    )


@dataclass
class Theme:
    """The theme over a community: pages as text, by their output path."""

    community: Community = field(default_factory=make_community)
    settings: dict[str, Any] = field(default_factory=dict)
    standing: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        loader = FileSystemLoader(theme_folder() / "templates")
        self.environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        install_interface(self.environment)
        self.archive = make_archive(self.community)

    def planned(self) -> tuple[PlannedPage, ...]:
        return plan_pages(self.community, self.archive)

    def render_planned(self, page: PlannedPage) -> str:
        return self._render(
            page.template,
            page.path(self.community.language),
            lang=page.lang,
            this=page,
            view=page.view,
            is_served_anywhere=page.path(self.community.language).endswith("404.html"),
        )

    def page(self, path: str) -> str:
        """One of the planned pages, by its output path."""
        found = {page.path(self.community.language): page for page in self.planned()}
        return self.render_planned(found[path])

    def post(self, post: Post) -> str:
        return self._render("article", output_path(post), article=SimpleNamespace(post=post))

    def render_all(self) -> Iterator[tuple[str, str]]:
        for page in self.planned():
            yield page.path(self.community.language), self.render_planned(page)
        for post in self.community.posts:
            yield output_path(post), self.post(post)

    def _render(self, template: str, path: str, **values: Any) -> str:
        context = {
            "community": self.community,
            "output_file": path,
            "THEME_STATIC_DIR": "theme",
            "pages": self.standing,
        }
        return self.environment.get_template(f"{template}.html").render({**context, **self.settings, **values})


def output_path(post: Post) -> str:
    return post.url.removeprefix(f"{URL}/")


def write_site(theme: Theme, folder: Path) -> None:
    """Every page and the static files, to be opened in a browser."""
    shutil.copytree(theme_folder() / "static", folder / "theme", dirs_exist_ok=True)
    for path, html in theme.render_all():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
