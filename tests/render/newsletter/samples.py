"""A small fixed community and its editions, made by hand: what the newsletter tests render."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

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
    Mailbox,
    Post,
    Reaction,
    Schedule,
    SectionKind,
    Stream,
    Weekday,
)
from veillee.model.newsletter import NewsletterTemplates
from veillee.sources.newsletters import read_templates

DIGESTS = Path(__file__).resolve().parents[3] / "digests"
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
END = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
SITE = "https://veillee.example"


def a_post(slug: str = "night-shift", *, kind: Kind = Kind.STORY, **changes: object) -> Post:
    """A post of three days ago; `changes` are fields of Post."""
    defaults: dict[str, object] = {
        "id": f"{kind.folder}/{slug}",
        "kind": kind,
        "stream": kind.stream,
        "title": "Comment l’atelier de nuit a appris le tableur à son chef d’équipe",
        "url": f"{SITE}/{kind.folder}/{slug}.html",
        "lang": "fr",
        "slug": slug,
        "source": f"{kind.folder}/{slug}.md",
        "published_at": NOW - timedelta(days=3),
        "authors": (Author("Amina Benali", "amina"),),
        "summary": "Trois opérateurs, une pause de vingt minutes et un fichier que personne n’osait ouvrir : récit "
        "d’une formation que personne n’avait commandée.",
        "html": "<p>Il était une heure du matin.</p>",
        "text": "Il était une heure du matin.",
        "word_count": 1300,
    }
    return Post(**{**defaults, **changes})  # type: ignore[arg-type]


def an_answer(text: str = "Avec COUNT(DISTINCT id), et sans la jointure.", *, is_accepted: bool = False) -> Answer:
    author = Author("Malik Traoré", "malik")
    return Answer(author, NOW - timedelta(days=1), f"<p>{text}</p>", text, is_accepted=is_accepted)


STORY = a_post(image=Image(f"{SITE}/images/atelier.jpg", "L’atelier de nuit, une lampe sur l’établi", 1600, 1000))
ANNOUNCEMENTS = (
    a_post(
        "catalogue",
        kind=Kind.ANNOUNCEMENT,
        title="Le catalogue d’hiver ouvre lundi",
        summary="Quarante sessions, dont huit animées par des membres. Inscriptions jusqu’au 4 décembre.",
        authors=(Author("Léo Marchand", "leo"),),
    ),
    a_post(
        "salle",
        kind=Kind.ANNOUNCEMENT,
        title="Nouvelle salle de pratique à Lille",
        summary="Dix postes, en libre accès dès décembre.",
        authors=(Author("Direction de la formation"),),
    ),
)
QUESTIONS = (
    a_post(
        "doublons",
        kind=Kind.QUESTION,
        title="SQL : comment compter sans doublons ?",
        summary="Ma requête compte deux fois les personnes qui ont suivi deux sessions.",
        authors=(Author("Paul Nguyen", "paul"),),
        answers=(an_answer(is_accepted=True), an_answer("Ou bien par un GROUP BY.")),
    ),
    a_post(
        "format-court",
        kind=Kind.QUESTION,
        title="Un format court pour le retour d’expérience ?",
        summary="Dix minutes en fin de chantier, et rien qui ressemble à un formulaire.",
        authors=(Author("Jeanne Roy", "jeanne"),),
    ),
)
BUZZ = (
    a_post(
        "macro",
        kind=Kind.BUZZ,
        title="Première macro qui marche",
        text="Première macro qui marche du premier coup. Je garde la capture d’écran pour mes petits-enfants.",
        authors=(Author("Sofia Rossi", "sofia"),),
        reactions=(Reaction("bravo", 12), Reaction("merci", 5)),
    ),
    a_post(
        "cafe",
        kind=Kind.BUZZ,
        title="Café-lecture",
        text="Qui vient au café-lecture de jeudi ? On finit le chapitre sur les biais.",
        authors=(Author("Paul Nguyen", "paul"),),
        link="https://www.example.org/biais",
    ),
)
WAITING = a_post(
    "citer",
    kind=Kind.QUESTION,
    title="Comment citer une source trouvée par un assistant ?",
    summary="Le comité de lecture la refuse.",
    authors=(Author("Inès Lefèvre", "ines"),),
    published_at=NOW - timedelta(days=9),
)
POSTS = (STORY, *ANNOUNCEMENTS, *QUESTIONS, *BUZZ, WAITING)


def a_community(*, url: str = SITE) -> Community:
    return Community("La Veillée", url, ("fr", "en"), PARIS, NOW, POSTS)


def a_digest(**changes: object) -> Digest:
    digest = Digest(
        id="weekly",
        folder="digests/weekly",
        titles=(("fr", "La lettre de la semaine"), ("en", "The weekly letter")),
        languages=("fr", "en"),
        schedule=Schedule(Every.WEEK, time(8), PARIS, Weekday.FRIDAY),
        sections=(SectionKind.STORY,),
        mix=((Stream.ANNOUNCEMENTS, 1), (Stream.QUESTIONS, 1), (Stream.BUZZ, 1)),
        item_count=6,
        minimum_items=3,
        sender=Mailbox("La Veillée", "lettre@veillee.example"),
        reply_to="redaction@veillee.example",
    )
    return replace(digest, **changes)  # type: ignore[arg-type]


WEEKLY_SECTIONS = (
    ComposedSection(SectionKind.STORY, (STORY,)),
    ComposedSection(SectionKind.ANNOUNCEMENTS, ANNOUNCEMENTS),
    ComposedSection(SectionKind.QUESTIONS, QUESTIONS),
    ComposedSection(SectionKind.BUZZ, BUZZ),
    ComposedSection(SectionKind.HELP, (WAITING,)),
    ComposedSection(
        SectionKind.ZAPPING, ANNOUNCEMENTS[1:], ("Bienvenue à Malik et Jeanne", "Le quiz sécurité dépasse 300 réponses")
    ),
    ComposedSection(SectionKind.TEASER, (), ("Le jour où la formation obligatoire a disparu.",)),
)
DAILY_SECTIONS = (
    ComposedSection(SectionKind.NEW_QUESTIONS, QUESTIONS[1:]),
    ComposedSection(SectionKind.ANSWERED_QUESTIONS, QUESTIONS[:1]),
    ComposedSection(SectionKind.WAITING_QUESTIONS, (WAITING,)),
)
INTRODUCTION = (
    '<p>Cette semaine, <strong>la nuit</strong> porte conseil : un <a href="https://veillee.example/x?a=1&amp;b=2">'
    "atelier</a> s’est formé tout seul.</p>"
)


def composed(*sections: ComposedSection, lang: str = "fr", **changes: object) -> ComposedEdition:
    """This week's edition, of the given sections or of one of every kind; `changes` are its fields."""
    digest = a_digest()
    edition = Edition(
        "weekly", "2026-W47", END - timedelta(days=7), END, (), source="digests/weekly/editions/2026-W47.md"
    )
    whole = ComposedEdition(
        digest=digest,
        edition=edition,
        lang=lang,
        title=f"{digest.title_in(lang)} · 20 novembre 2026",
        subject="Comment l’atelier de nuit a appris le tableur",
        url=f"{SITE}/digests/weekly/2026-W47.html",
        introduction_html=INTRODUCTION,
        introduction_text="Cette semaine, la nuit porte conseil : un atelier s’est formé tout seul.",
        sections=sections or WEEKLY_SECTIONS,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def our_templates(digest_id: str = "weekly") -> NewsletterTemplates:
    """The templates that come with Veillée."""
    return read_templates(DIGESTS / digest_id)


def templates_of(body: str = "", *, text: str = "{{ mail.title }}\n", **includes: str) -> NewsletterTemplates:
    """Templates with this MJML; includes by name, with `_` for the dot (`items_mjml=...`)."""
    named = {name.replace("_", "."): content for name, content in includes.items()}
    return NewsletterTemplates(body, text, "weekly/newsletter.mjml", "weekly/newsletter.txt", named, "shared")


def around(body: str, *, head: str = "") -> str:
    """A whole template with this inside its one column; `body` begins on line 2."""
    return (
        '<mjml lang="{{ mail.lang }}" dir="{{ mail.dir }}"><mj-head><mj-title>x</mj-title>' + head + "</mj-head>"
        "<mj-body><mj-section><mj-column>\n" + body + "\n</mj-column></mj-section></mj-body></mjml>"
    )
