"""How tests of posts read a text, and the rules that they read it by."""

from __future__ import annotations

from textwrap import dedent
from zoneinfo import ZoneInfo

from veillee.sources.posts import PostRules, PostsRead, RawPost, parse_posts

PARIS = ZoneInfo("Europe/Paris")
LENIENT = PostRules(
    is_strict=False, fields=(), timezone=PARIS, default_lang="fr", member_ids=frozenset({"amina", "leo"}), kind=None
)
STRICT = PostRules(
    is_strict=True, fields=(), timezone=PARIS, default_lang="fr", member_ids=frozenset({"amina", "leo"}), kind=None
)


NO_DATE = (
    "a.md:2: the post has no date; write date: YYYY-MM-DD, or begin the name of the file with it; "
    "an example: date: 2026-11-20 09:00"
)


def read(text: str, shown: str = "2026-11-20-a.md", rules: PostRules = LENIENT) -> PostsRead:
    are_records = shown.endswith((".yaml", ".yml"))
    return parse_posts(dedent(text), shown=shown, rules=rules, are_records=are_records)


def post_of(text: str, shown: str = "2026-11-20-a.md", rules: PostRules = LENIENT) -> RawPost:
    result = read(text, shown, rules)
    assert [str(fault) for fault in result.faults] == []
    assert len(result.posts) == 1
    return result.posts[0]


def faults_of(text: str, shown: str = "2026-11-20-a.md", rules: PostRules = LENIENT) -> list[str]:
    return [str(fault) for fault in read(text, shown, rules).faults]


def head(lines: str) -> str:
    return f"---\ntitle: A\n{lines}\n---\nText\n"
