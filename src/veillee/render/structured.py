"""Structured data: posts, members, editions -> JSON-LD in schema.org's words, for search engines and other machines.

Sources: schema.org 29; Google Search Central on Article, Q&A page, Profile page and Breadcrumb, read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from veillee.model import Answer, Author, Community, ComposedEdition, Event, Kind, Member, Post

Node = dict[str, Any]
"""An object of JSON-LD."""

_TYPES = {
    Kind.STORY: "NewsArticle",
    Kind.ANNOUNCEMENT: "NewsArticle",
    Kind.QUESTION: "QAPage",
    Kind.BUZZ: "SocialMediaPosting",
    Kind.KNOWLEDGE: "Article",
}
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
_LONGEST_TEXT = 5_000
"""Characters of a question or an answer: enough for anybody who shows it elsewhere."""


def render_nodes(nodes: Sequence[Node]) -> str:
    """JSON that may stand in a `script` element, whatever members typed; empty where there are no nodes."""
    if not nodes:
        return ""
    whole = {"@context": "https://schema.org", "@graph": list(nodes)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def site_node(community: Community, *, url: str, lang: str, tagline: str) -> Node:
    """The site, on its front page."""
    return _filled(
        {
            "@type": "WebSite",
            "name": community.title,
            "url": url,
            "description": tagline,
            "inLanguage": lang,
            "publisher": _publisher(community),
        }
    )


def trail_node(steps: Iterable[tuple[str, str]]) -> Node:
    """Where a page stands: names and URLs from the front page down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(steps, start=1)
        ],
    }


def post_nodes(
    post: Post, community: Community, *, numbered: Sequence[tuple[int, Answer]], section: str, image_url: str
) -> list[Node]:
    """A post on its own page; `numbered` are its answers with the numbers of their anchors."""
    if post.kind is Kind.QUESTION:
        return [_question_page(post, community, numbered)]
    node = _filled(
        {
            "@type": _TYPES[post.kind],
            "headline": post.title[:110],
            "description": post.summary,
            "url": post.url,
            "mainEntityOfPage": post.url,
            "image": image_url,
            "inLanguage": post.lang,
            "datePublished": _instant(post.published_at),
            "dateModified": _instant(
                post.checked_at if post.kind is Kind.KNOWLEDGE else post.updated_at or post.published_at
            ),
            "author": _people(post.authors, community),
            "publisher": _publisher(community),
            "articleSection": section if post.kind is not Kind.BUZZ else "",
            "keywords": list(post.tags),
            "wordCount": post.word_count,
        }
    )
    return [node, _event(post, post.event, community)] if post.event else [node]


def _question_page(post: Post, community: Community, numbered: Sequence[tuple[int, Answer]]) -> Node:
    question = _filled(
        {
            "@type": "Question",
            "name": post.title,
            "text": (post.text or post.title)[:_LONGEST_TEXT],
            "url": post.url,
            "inLanguage": post.lang,
            "datePublished": _instant(post.published_at),
            "author": _people(post.authors, community),
            "keywords": list(post.tags),
        }
    )
    question["answerCount"] = len(numbered)
    accepted = [_answer(number, one, post, community) for number, one in numbered if one.is_accepted]
    others = [_answer(number, one, post, community) for number, one in numbered if not one.is_accepted]
    if accepted:
        question["acceptedAnswer"] = accepted[0]
    if others:
        question["suggestedAnswer"] = others
    return {"@type": "QAPage", "url": post.url, "inLanguage": post.lang, "mainEntity": question}


def _answer(number: int, answer: Answer, post: Post, community: Community) -> Node:
    return {
        "@type": "Answer",
        "text": answer.text[:_LONGEST_TEXT],
        "url": f"{post.url}#answer-{number}",
        "datePublished": _instant(answer.answered_at),
        "author": _person(answer.author, community),
    }


def _event(post: Post, event: Event, community: Community) -> Node:
    zone = community.timezone
    days = event.is_whole_day
    place = {"@type": "Place", "name": event.place, "address": event.place} if event.place else ""
    return _filled(
        {
            "@type": "Event",
            "name": post.title,
            "description": post.summary,
            "url": post.url,
            "startDate": event.first_day(zone).isoformat() if days else _instant(event.starts_at.astimezone(zone)),
            "endDate": event.last_day(zone).isoformat() if days else _instant(event.ends_at.astimezone(zone)),
            "location": place or ({"@type": "VirtualLocation", "url": event.url} if event.url else ""),
            "organizer": _publisher(community),
        }
    )


def profile_node(member: Member, *, role: str, lang: str) -> Node:
    """A member's page."""
    person = _filled(
        {
            "@type": "Person",
            "name": member.name,
            "url": member.url,
            "identifier": member.id,
            "jobTitle": role,
            "image": member.avatar.url if member.avatar else "",
            "sameAs": [link.url for link in member.links if link.url.startswith(("http://", "https://"))],
        }
    )
    return {"@type": "ProfilePage", "url": member.url, "inLanguage": lang, "mainEntity": person}


def edition_node(composed: ComposedEdition, community: Community) -> Node:
    """An edition of a digest, with the posts that it carries."""
    urls = dict.fromkeys(post.url for post in composed.posts)
    return _filled(
        {
            "@type": "CollectionPage",
            "name": composed.subject,
            "description": composed.introduction_text,
            "url": composed.url,
            "inLanguage": composed.lang,
            "datePublished": _instant(composed.edition.period_end),
            "publisher": _publisher(community),
            "mainEntity": {
                "@type": "ItemList",
                "itemListElement": [
                    {"@type": "ListItem", "position": number, "url": url} for number, url in enumerate(urls, start=1)
                ],
            },
        }
    )


def _people(authors: tuple[Author, ...], community: Community) -> list[Node]:
    return [_person(author, community) for author in authors]


def _person(author: Author, community: Community) -> Node:
    member = community.member(author.member_id) if author.member_id else None
    return _filled({"@type": "Person", "name": author.name, "url": member.url if member else ""})


def _publisher(community: Community) -> Node:
    return {"@type": "Organization", "name": community.title, "url": f"{community.url}/"}


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _filled(node: Node) -> Node:
    """Without what nothing is known of."""
    return {key: value for key, value in node.items() if value not in ("", None, [], 0)}
