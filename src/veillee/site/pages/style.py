"""The style page: samples of everything that a page can show, for those who change the theme.

Nothing of it is content: it stands on no list, in no feed and no digest, and nothing links to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from veillee.model import Answer, Author, Community, Event, Image, Kind, Post, Reaction, Status, Stream
from veillee.model.places import Place, page_path
from veillee.site.pages.home import Column, HomeView, Teaser, ZappingItem
from veillee.site.pages.post import NumberedAnswer, PostView, credited, link_to, number_answers

_NADIA, _OWEN, _GUEST = Author("Nadia Kowalski"), Author("Owen Hartley"), Author("Direction de la formation")


@dataclass(frozen=True, slots=True)
class StyleView:
    """Every component with what it shows. `home` is a full front page, `quiet` one on the first day."""

    home: HomeView
    quiet: HomeView
    story: Post
    posts: tuple[Post, ...]
    beside: PostView
    answers: tuple[NumberedAnswer, ...]
    unpublished: tuple[Post, ...]
    upcoming: tuple[Post, ...]
    knowledge: PostView


def view_style(community: Community, lang: str) -> StyleView:
    """The samples; each leads to the page itself, and is as old as the day, so that the page stands until midnight."""
    samples = _Samples(community, lang)
    story, posts = samples.story(), samples.posts()
    links = tuple(map(link_to, posts))
    home = HomeView(
        story=story,
        zapping=(ZappingItem("En chiffres : 17 publications, 5 questions et 9 réponses."), ZappingItem("Macro", story)),
        columns=tuple(Column(stream, tuple(post for post in posts if post.stream is stream)[:3]) for stream in Stream),
        waiting=tuple(post for post in posts if post.is_waiting),
        teaser=Teaser("Le jour où la formation obligatoire a disparu", "fr"),
        digest=None,
    )
    quiet = HomeView(None, (), tuple(Column(stream, ()) for stream in Stream), (), None, None)
    return StyleView(
        home=home,
        quiet=quiet,
        story=story,
        posts=posts,
        beside=PostView(story, (), has_standfirst=True, newer=links[0], older=links[1], related=links[:3]),
        answers=number_answers(posts[1].answers),
        upcoming=(posts[0],),
        knowledge=_knowledge(samples.knowledge(), posts[1]),
        unpublished=(
            replace(story, status=Status.DRAFT),
            replace(story, status=Status.SCHEDULED, published_at=samples.day(-4)),
        ),
    )


def _knowledge(page: Post, question: Post) -> PostView:
    contributors = credited(page, question)
    return PostView(
        page, (), has_standfirst=True, question=question, knowledge=(page,), contributors=contributors, is_due=True
    )


class _Samples:
    """Posts that nobody wrote."""

    def __init__(self, community: Community, lang: str) -> None:
        self._community = community
        self._url = f"{community.url}/{quote(page_path(Place.STYLE, lang, default_lang=community.language))}"
        here = community.now.astimezone(community.timezone)
        self._today = here.replace(hour=0, minute=0, second=0, microsecond=0)

    def story(self) -> Post:
        picture = Image(f"{self._community.url}/theme/images/sample.svg", "Braises dans la nuit", 1200, 900)
        return self._post(
            Kind.STORY,
            "Comment l’atelier de nuit a appris le tableur à son chef d’équipe",
            "Trois opérateurs, une pause de vingt minutes et un fichier que personne n’osait ouvrir.",
            image=picture,
            word_count=1100,
        )

    def knowledge(self) -> Post:
        page = self._post(
            Kind.KNOWLEDGE,
            "Citer ce qu’un assistant a trouvé",
            "On cite la source, que l’on a lue ; jamais l’assistant.",
            days=200,
        )
        return replace(page, reviewed_at=self.day(190), review_by=self.day(2))

    def posts(self) -> tuple[Post, ...]:
        return (
            self._post(
                Kind.ANNOUNCEMENT,
                "Le catalogue d’hiver ouvre lundi",
                "Quarante sessions de janvier à mars, dont huit animées par des membres.",
                author=_GUEST,
                event=Event(self.day(-3), self.day(-5), is_whole_day=True, place="Saint-Étienne"),
            ),
            self._post(
                Kind.QUESTION,
                "How do I cite a source that an assistant found?",
                "It gave me a very clear sentence, and the number of an article of law.",
                lang="en",
                answers=(
                    self._answer("On cite la source, pas l’assistant.", _NADIA, days=2, is_accepted=True),
                    self._answer("Et on la lit d’abord.", _OWEN, days=1),
                ),
            ),
            self._post(
                Kind.QUESTION,
                "SQL : comment compter sans doublons ?",
                "Nous avons 640 clients et ma requête en trouve 2 318.",
                answers=(self._answer("Avec DISTINCT.", _OWEN, days=1),),
            ),
            self._post(
                Kind.QUESTION, "Un format court pour le retour d’expérience ?", "Quelqu’un a-t-il un modèle ?", days=3
            ),
            self._post(
                Kind.BUZZ,
                "Update on tank 2",
                "Update on tank 2: the teeth have been claimed. I have promised to say no more.",
                lang="en",
                author=_OWEN,
                link="https://example.org/tank",
                reactions=(Reaction("bravo", 24), Reaction("thanks", 1)),
            ),
            self._post(Kind.BUZZ, "مرحبا", "مرحبا بالجميع من فريق الدار البيضاء.", lang="ar", author=_GUEST),
            self._post(
                Kind.BUZZ,
                "Donaudampfschifffahrt",
                "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.",
                lang="de",
            ),
        )

    def _post(
        self,
        kind: Kind,
        title: str,
        text: str,
        *,
        lang: str = "fr",
        days: int = 1,
        author: Author = _NADIA,
        image: Image | None = None,
        answers: tuple[Answer, ...] = (),
        reactions: tuple[Reaction, ...] = (),
        link: str | None = None,
        word_count: int = 200,
        event: Event | None = None,
    ) -> Post:
        return Post(
            id=f"style/{title}",
            kind=kind,
            stream=kind.stream,
            title=title,
            url=self._url,
            lang=lang,
            slug="style",
            source="",
            published_at=self.day(days),
            authors=(author,),
            summary=text,
            html=f"<p>{text}</p>",
            text=text,
            image=image,
            answers=answers,
            reactions=reactions,
            link=link,
            word_count=word_count,
            event=event,
        )

    def _answer(self, text: str, author: Author, *, days: int, is_accepted: bool = False) -> Answer:
        return Answer(author, self.day(days), f"<p>{text}</p>", text, is_accepted)

    def day(self, days: int) -> datetime:
        """So many days before the day began."""
        return self._today - timedelta(days=days)
