"""Posts from one file: Markdown, or YAML with one post or a list -> raw posts and faults.

A file -> text -> head and body, or records -> fields -> RawPost. Nothing is lost in silence: a post that is not
returned has a fault.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from veillee.errors import Fault
from veillee.sources.documents import MAX_MARKDOWN_BYTES, MAX_RECORDS_BYTES, read_text, text_of
from veillee.sources.headers import parse_document
from veillee.sources.marked import Mapping, Node, Sequence, described
from veillee.sources.naming import Names, post_names
from veillee.sources.others import is_other_document, is_other_file
from veillee.sources.post_keys import ANSWER_KEYS, POST_KEYS, Key
from veillee.sources.post_record import parse_post
from veillee.sources.raw_post import PostRules, PostsRead, RawAnswer, RawPost
from veillee.sources.yamls import YamlRead, load_yaml

__all__ = [
    "ANSWER_KEYS",
    "POST_KEYS",
    "RECORD_SUFFIXES",
    "Key",
    "PostRules",
    "PostsRead",
    "RawAnswer",
    "RawPost",
    "parse_posts",
    "read_posts",
]

RECORD_SUFFIXES = frozenset({".yaml", ".yml"})


def read_posts(path: Path, *, shown: str, rules: PostRules, raw: bytes | None = None) -> PostsRead:
    """The posts of a file, or of its bytes where they are here; `shown` is the path as messages name it.

    Never raises for what the file holds.
    """
    are_records = path.suffix.lower() in RECORD_SUFFIXES
    max_bytes = MAX_RECORDS_BYTES if are_records else MAX_MARKDOWN_BYTES
    if raw is None:
        text = read_text(path, shown=shown, max_bytes=max_bytes)
    else:
        text = text_of(raw, shown=shown, max_bytes=max_bytes)
    if isinstance(text, Fault):
        is_other = are_records and rules.needs_text and path.stat().st_size == 0
        return PostsRead((), (), is_other=True) if is_other else PostsRead((), (text,), lost_count=1)
    return parse_posts(text, shown=shown, rules=rules, are_records=are_records)


def parse_posts(text: str, *, shown: str, rules: PostRules, are_records: bool) -> PostsRead:
    """The posts of a text: of YAML records, else of one Markdown document."""
    names = _names(rules.fields)
    if are_records:
        read = load_yaml(text, shown=shown)
        is_other = rules.is_foreign and is_other_file(read, text, names, needs_text=rules.needs_text)
        return PostsRead((), (), is_other=True) if is_other else _records(read, names, shown, rules)
    document = parse_document(text, shown=shown)
    post, faults = parse_post(
        document.head,
        names=names,
        body=document.body,
        body_line=document.body_line,
        form=document.form,
        shown=shown,
        rules=rules,
    )
    if document.faults and not document.head.entries:
        return PostsRead((), document.faults, lost_count=1, spoiled=(post,))
    if rules.is_foreign and post.published_at is None and is_other_document(document, shown):
        return PostsRead((), (), is_other=True)
    faults = (*document.faults, *faults)
    if faults:
        return PostsRead((), tuple(sorted(set(faults))), lost_count=1, spoiled=(post,))
    return PostsRead((post,), ())


@lru_cache(maxsize=8)
def _names(mapped: tuple[tuple[str, str], ...]) -> Names:
    return post_names(mapped)


def _records(read: YamlRead, names: Names, shown: str, rules: PostRules) -> PostsRead:
    if read.root is None:
        nothing = Fault(
            shown, 1, "the file holds no post", "one post, or a list of posts", "write title: ... and body: ..."
        )
        return PostsRead((), read.faults or (nothing,), lost_count=1)
    posts: list[RawPost] = []
    spoiled: list[RawPost] = []
    faults = list(read.faults)
    is_list = isinstance(read.root, Sequence)
    nodes = read.root.items if isinstance(read.root, Sequence) else (read.root,)
    for node in nodes:
        post, own_faults = _record(node, names, shown, rules)
        faults.extend(own_faults)
        if post is not None:
            is_good = not own_faults and not read.faults_within(node)
            (posts if is_good else spoiled).append(post)
    if not posts and not faults:
        faults.append(Fault(shown, read.root.line, "the list is empty", "one post, or a list of posts", "write a post"))
    lost_count = len(nodes) - len(posts)
    return PostsRead(tuple(posts), tuple(sorted(set(faults))), lost_count, is_list=is_list, spoiled=tuple(spoiled))


def _record(node: Node, names: Names, shown: str, rules: PostRules) -> tuple[RawPost | None, tuple[Fault, ...]]:
    if isinstance(node, Mapping):
        return parse_post(node, names=names, body="", body_line=node.line, form="record", shown=shown, rules=rules)
    fault = Fault(
        shown, node.line, f"a post is {described(node)}", "lines of `key: value`", "write title: ... and body: ..."
    )
    return None, (fault,)
