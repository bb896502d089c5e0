"""The index of knowledge: what answers have come to, by topic, each with whether it is to be reviewed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from veillee.model import Post
from veillee.model.places import slug_of
from veillee.site.pages.lists import Listing


@dataclass(frozen=True, slots=True)
class KnowledgeEntry:
    """A knowledge page; `is_due`: somebody was to look at it again by now."""

    post: Post
    is_due: bool


@dataclass(frozen=True, slots=True)
class KnowledgeGroup:
    """A topic and its pages; name and slug are empty for pages without a topic."""

    name: str
    slug: str
    entries: tuple[KnowledgeEntry, ...]


def view_knowledge(listing: Listing) -> tuple[KnowledgeGroup, ...]:
    """Topics in alphabetical order, what has none last; each page once, below the topic that most others share."""
    counts = Counter(slug_of(tag) for post in listing.knowledge for tag in post.tags)
    names = {tag.slug: tag.name for tag in listing.tags}
    groups: dict[str, list[Post]] = {}
    for post in listing.knowledge:
        slugs = [slug for tag in post.tags if (slug := slug_of(tag))]
        chosen = min(slugs, key=lambda slug: (-counts[slug], slug)) if slugs else ""
        groups.setdefault(chosen, []).append(post)
    return tuple(
        KnowledgeGroup(names.get(slug, slug), slug, _entries(groups[slug], listing))
        for slug in sorted(groups, key=lambda slug: (not slug, slug))
    )


def _entries(posts: list[Post], listing: Listing) -> tuple[KnowledgeEntry, ...]:
    return tuple(KnowledgeEntry(post, post.is_due(listing.community.now)) for post in posts)
