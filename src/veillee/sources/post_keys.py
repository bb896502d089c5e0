"""The keys that a post may have: what each takes, what it is for, and what other programs call it.

The reference is made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from veillee.errors import nearest


@dataclass(frozen=True, slots=True)
class Key:
    """A key of ours. `also` are names that other programs use for the same thing, read in this order after ours."""

    name: str
    takes: str
    meaning: str
    also: tuple[str, ...] = ()


POST_KEYS = (
    Key("title", "a text", "What the post is called; without it, its first heading, else the name of its file."),
    Key(
        "date",
        "YYYY-MM-DD or YYYY-MM-DD HH:MM",
        "When it is published; in the future, it appears by itself at the first build after that. "
        "Without it, the date in the name of its file.",
        ("pub_date",),
    ),
    Key("author", "a member's id or a name, or a list of them", "Who wrote it.", ("authors",)),
    Key("kind", "story, announcement, question, buzz or knowledge", "What it is; without it, its folder says so."),
    Key("stream", "announcements, questions or buzz", "Where it is listed; without it, its kind says so."),
    Key("tags", "a list of words", "What it is about."),
    Key("lang", "a language code such as fr", "The language it is written in; without it, the site's first one."),
    Key("slug", "letters, digits, - and _", "The last part of its address; translations of one post share it."),
    Key("summary", "a text", "What lists and digests show; without it, the beginning of the text.",
        ("description", "excerpt")),
    Key("status", "published, hidden or draft", "Who sees it: everybody, whoever has the link, or nobody yet."),
    Key("updated", "YYYY-MM-DD or YYYY-MM-DD HH:MM", "When it was last changed in a way that readers should know of.",
        ("modified", "lastmod", "last_modified_at")),
    Key("expires", "YYYY-MM-DD or YYYY-MM-DD HH:MM", "When it leaves the site; without an hour, after that day.",
        ("expiry_date",)),
    Key("review_by", "YYYY-MM-DD", "When somebody should look whether it still holds."),
    Key("reviewed", "YYYY-MM-DD", "When somebody last made sure that it still holds."),
    Key("from_question", "the path of a question below content", "The question that a knowledge page came from."),
    Key("image", "a path or an https address", "The picture above it and in lists."),
    Key("image_alt", "a text", "What the picture shows, for those who cannot see it."),
    Key("story_of_the_week", "true or false", "Whether it is put forward as the story of the week."),
    Key("digest", "auto, pin or never", "Whether digests may carry it, must, or must not."),
    Key("teaser", "a text on one line", "What is said of it before it is published."),
    Key("link", "an https address", "What a buzz post points to."),
    Key("reactions", "words with numbers, {merci: 4}", "How many members reacted, and how."),
    Key("answers", "a list, each with author, date, body", "The answers to a question; one may be `accepted: true`."),
    Key("event", "start, end, place and url", "What it invites to: shown with the post, and in everybody's calendar."),
    Key("aliases", "a list of old addresses of the site", "Where it stood before: who comes there is led to it."),
    Key("body", "a text in Markdown", "The text itself, in YAML files."),
)  # fmt: skip

EVENT_KEYS = (
    Key("start", "YYYY-MM-DD HH:MM, or YYYY-MM-DD for whole days", "When it begins."),
    Key("end", "as start", "When it is over, or its last day; without it, an hour or a day later."),
    Key("place", "a text", "Where it is."),
    Key("url", "an https address", "Where to take part from afar, or to enrol."),
)

ANSWER_KEYS = (
    Key("author", "a member's id or a name", "Who answered."),
    Key("date", "YYYY-MM-DD or YYYY-MM-DD HH:MM", "When."),
    Key("body", "a text in Markdown", "The answer."),
    Key("accepted", "true or false", "Whether it settled the question; one answer at most."),
)

MEMBER_KEYS = (
    Key("name", "a text", "How the member is called."),
    Key("role", "a text, or one for each language", "What the member does in the community."),
    Key("bio", "a text in Markdown, or one for each language", "A few lines on the member."),
    Key("joined", "YYYY-MM-DD", "When the member joined."),
    Key("links", "a list of addresses, each with a label", "Where else the member can be found."),
    Key("avatar", "a path or an https address", "The member's picture."),
    Key("feed", "an https address", "The feed of the member's own blog."),
    Key("languages", "a list of language codes", "The languages that the member reads."),
)

SWITCHES = ("draft", "published", "publish_date")
"""What Jekyll, Hugo and MkDocs have beside or instead of `status` and `date`."""

_FOREIGN = frozenset({
    "bios", "categories", "category", "dates", "digests", "events", "expired", "feeds", "imagealts", "images",
    "imageurl", "joinedat", "kinds", "langs", "layout", "lines", "linked", "links", "named", "names", "publisher",
    "reaction", "roles", "slugs", "state", "stats", "streams", "subtitle", "summaries", "tag", "teasers", "titles",
    "update",
})  # fmt: skip
"""Keys of other programs that look like slips of ours and are none."""


@lru_cache(maxsize=10_000)
def squeezed(key: str) -> str:
    """A key as it is compared: `reviewBy`, `Review-By` and `review_by` are one."""
    return "".join(char for char in key.lower() if char not in "-_ ")


def slip_of(key: str, names: tuple[str, ...]) -> str | None:
    """The one of our names that a key is a slip of (`autor`, `titel`), None where it is simply not ours."""
    typed = squeezed(key)
    if typed in _FOREIGN or any(char.isdigit() for char in typed):
        return None  # image2 is a second image
    return next((name for name in names if _is_slip(typed, squeezed(name))), None)


def suggestion(key: str, names: tuple[str, ...]) -> str:
    """What to do with a key that nobody knows."""
    near = nearest(key, names)
    return f'did you mean "{near}"?' if near else "remove it"


def _is_slip(typed: str, name: str) -> bool:
    """One letter left out, doubled, exchanged with its neighbour or, in a longer word, added or replaced."""
    if abs(len(typed) - len(name)) > 1 or typed == name:
        return False
    start = _shared(typed, name)
    left, right = typed[start:], name[start:]
    if left == right[1:] or (left[1:2], left[:1], left[2:]) == (right[:1], right[1:2], right[2:]):
        return True
    is_doubled = left[1:] == right and left[:1] == typed[start - 1 : start]
    return is_doubled or (len(name) > 4 and (left[1:] == right or left[1:] == right[1:]))


def _shared(one: str, other: str) -> int:
    """How many letters two words have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
