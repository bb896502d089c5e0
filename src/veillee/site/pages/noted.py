"""Functions of the theme that look far and answer little: a page depends on their answers alone."""

from __future__ import annotations

from veillee.model import Post
from veillee.site.outputs.answers import Answers
from veillee.site.outputs.contents import Contents

ANSWERS = Answers()


def key_of_post(post: Post) -> tuple[str, str]:
    """What names a post from one build to the next."""
    return post.id, post.lang


def find_post(key: tuple[str, ...], contents: Contents) -> tuple[Post] | None:
    post = contents.posts.get((key[0], key[1]))
    return None if post is None else (post,)
