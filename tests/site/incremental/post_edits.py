"""Edits of what people write: posts, their translations, questions, members, pages, pictures, editions."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.site.incremental.sites import AUTHORS, TAGS, picture, words, write, write_edition, write_member
from tests.site.incremental.walks import Walk

DAYS = ("2026-11-19 23:00", "2026-05-05 12:00", "2026-09-09 09:00", "2026-11-21 08:00", "2030-01-01 08:00")
FAULTS = (
    b"---\ntitle: [\n---\n",
    b"---\ndate: 31 Feb\n---\n\nx\n",
    b"Title: Broken\nDate: never\n\nx\n",
    b"\xff\xfe\xff",
)


def set_line(path: Path, name: str, value: str | None) -> None:
    """Puts a line into a post's header, or takes it away."""
    text = path.read_text()
    lines = re.sub(rf"^{name}:.*\n", "", text, flags=re.MULTILINE | re.IGNORECASE)
    start = "---\n" if lines.startswith("---\n") else ""
    line = f"{name if start else name.title()}: {value}\n" if value is not None else ""
    write(path, start + line + lines.removeprefix(start))


def edit_text(walk: Walk) -> str:
    post = walk.a_post()
    write(post, f"{post.read_text()}\nAnd {words(walk.chance, 5)}.\n")
    return f"edited {post.name}"


def edit_first_words(walk: Walk) -> str:
    post = walk.a_post()
    head, mark, rest = post.read_text().partition("---\n\n" if walk.is_ours else "\n\n")
    write(post, f"{head}{mark}{words(walk.chance, 3).title()} {rest}")
    return f"edited the beginning of {post.name}"


def edit_title(walk: Walk) -> str:
    post = walk.a_post()
    set_line(post, "title", f"{words(walk.chance, 2)} & {walk.chance.choice(TAGS)}")
    return f"gave {post.name} another title"


def edit_summary(walk: Walk) -> str:
    post = walk.a_post()
    summary = walk.chance.choice([None, words(walk.chance, 6)])
    set_line(post, "summary", summary)
    return f"made the summary of {post.name} {summary}"


def edit_tags(walk: Walk) -> str:
    post = walk.a_post()
    tags = ", ".join(walk.chance.sample((*TAGS, "new", "SQL"), walk.chance.randrange(0, 3)))
    set_line(post, "tags", f"[{tags}]" if walk.is_ours else tags or None)
    return f"tagged {post.name} {tags}"


def edit_authors(walk: Walk) -> str:
    post = walk.a_post()
    author = walk.chance.choice((*AUTHORS, "Somebody Else"))
    set_line(post, "author", author)
    return f"{post.name} is by {author}"


def move_post(walk: Walk) -> str:
    """Into another category; of our theme, another kind."""
    post = walk.a_post()
    if not walk.is_ours:
        category = walk.chance.choice(("cooking", "travel", "Élan vital"))
        set_line(post, "category", category)
        return f"{post.name} is about {category}"
    other = "announcements" if post.parent.name == "stories" else "stories"
    post.rename(post.parents[1] / other / post.name)
    return f"moved {post.name} to {other}"


def edit_slug(walk: Walk) -> str:
    post = walk.a_post()
    slug = f"moved-{walk.chance.randrange(1000)}"
    set_line(post, "slug", slug)
    return f"{post.name} is at {slug}"


def edit_date(walk: Walk) -> str:
    post = walk.a_post()
    day = walk.chance.choice(DAYS)
    set_line(post, "date", day)
    return f"{post.name} is of {day}"


def edit_status(walk: Walk) -> str:
    post = walk.a_post()
    status = walk.chance.choice(["draft", "hidden", "published", None])
    set_line(post, "status", status)
    return f"made {post.name} {status}"


def edit_expiry(walk: Walk) -> str:
    post = walk.a_post()
    day = walk.chance.choice([None, "2026-11-21", "2026-01-01"])
    set_line(post, "expires", day)
    return f"{post.name} expires on {day}"


def add_post(walk: Walk) -> str:
    day = walk.chance.choice(DAYS)
    return f"added {walk.write_new(date=day).name} of {day}"


def add_newest(walk: Walk) -> str:
    """Newer than most others, mostly than all."""
    number = walk.new_number()
    day = f"2026-11-20 0{number // 60 % 8}:{number % 60:02}"
    return f"added {walk.write_new(date=day).name} of {day}"


def copy_post(walk: Walk) -> str:
    """A twin with the same title, of another day: two posts want one address."""
    post = walk.a_post()
    twin = post.with_name(f"post-{walk.new_number()}.md")
    write(twin, post.read_bytes())
    set_line(twin, "date", walk.chance.choice(DAYS))
    return f"copied {post.name} to {twin.name}"


def choose_template(walk: Walk) -> str:
    """A template of its own; the site may have it, or not."""
    post = walk.a_post()
    name = walk.chance.choice(("special", "special", "none", None))
    set_line(post, "template", name)
    write(walk.site / "theme/templates/special.html", "{% extends 'base.html' %}{{ article.title }}")
    return f"{post.name} is shown by {name}"


def choose_address(walk: Walk) -> str:
    post = walk.a_post()
    address = walk.chance.choice((f"own/{walk.chance.randrange(9)}.html", None))
    set_line(post, "save_as", address)
    set_line(post, "url", address)
    return f"{post.name} stands at {address}"


def delete_post(walk: Walk) -> str:
    post = walk.a_post()
    post.unlink()
    return f"deleted {post.name}"


def rename_post(walk: Walk) -> str:
    post = walk.a_post()
    new = post.with_name(f"post-{walk.new_number()}.md")
    post.rename(new)
    return f"renamed {post.name} to {new.name}"


def link_posts(walk: Walk) -> str:
    """One to another, and back."""
    one, other = walk.a_post(), walk.a_post()
    for source, target in ((one, other), (other, one)):
        link = os.path.relpath(target, source.parent)
        link = link if walk.is_ours else f"{{filename}}{link}"
        write(source, f"{source.read_text()}\nSee [{target.stem}]({link}).\n")
    return f"linked {one.name} and {other.name}"


def translate(walk: Walk) -> str:
    post = walk.a_post()
    twin = post.with_name(f"{post.stem}.en.md" if walk.is_ours else f"{post.stem}-fr.md")
    if twin.exists():
        twin.unlink()
        return f"took {twin.name} away"
    if not walk.is_ours:
        set_line(post, "slug", post.stem)
    write(twin, post.read_text())
    if not walk.is_ours:
        set_line(twin, "lang", "fr")
    return f"translated {post.name}"


def break_or_mend(walk: Walk) -> str:
    if walk.broken:
        path, content = walk.broken.popitem()
        write(path, content)
        return f"mended {path.name}"
    post = walk.a_post()
    walk.broken[post] = post.read_bytes()
    fault = walk.chance.choice(FAULTS)
    write(post, fault)
    return f"broke {post.name} with {fault!r}"


def touch(walk: Walk) -> str:
    post = walk.a_post()
    os.utime(post)
    return f"touched {post.name}"


def edit_page(walk: Walk) -> str:
    name = walk.chance.choice(("charter", "about", "more"))
    path = walk.site / f"content/pages/{name}.md"
    if path.exists() and walk.chance.random() < 0.4:
        path.unlink()
        return f"deleted the page {name}"
    title = words(walk.chance, 1).title()
    write(path, f"---\ntitle: {title}\n---\n\nX.\n" if walk.is_ours else f"Title: {title}\n\nX.\n")
    return f"wrote the page {name}"


def edit_picture(walk: Walk) -> str:
    """Of another shade, or of another width, too."""
    pictures = sorted((walk.site / "content/images").iterdir())
    path = walk.chance.choice(pictures or [walk.site / "content/images/dot.png"])
    write(path, picture(walk.chance.randrange(256), width=walk.chance.choice([1, 2, 30, 700])))
    return f"replaced {path.name}"


def take_or_bring_picture(walk: Walk) -> str:
    path = walk.site / "content/images/dot.png"
    if path.exists():
        path.unlink()
        return "took the picture away"
    write(path, picture(8))
    return "brought the picture back"


def edit_member(walk: Walk) -> str:
    author = walk.chance.choice(AUTHORS)
    write_member(walk.site, author, f"{author.title()} {walk.chance.choice(TAGS)}", words(walk.chance, 5))
    return f"edited {author}"


def take_or_bring_member(walk: Walk) -> str:
    author = walk.chance.choice((*AUTHORS, "dora"))
    path = walk.site / f"content/members/{author}.yaml"
    if path.exists():
        path.unlink()
        return f"took {author} away"
    write_member(walk.site, author, author.title(), "Back.")
    return f"brought {author}"


def edit_avatar(walk: Walk) -> str:
    author = walk.chance.choice(AUTHORS)
    path = walk.site / f"content/members/{author}.yaml"
    if not path.exists():
        write_member(walk.site, author, author.title(), "Back.")
    text = re.sub("^avatar:.*\n", "", path.read_text(), flags=re.MULTILINE)
    shown = walk.chance.choice(["", "avatar: images/dot.png\n", f"avatar: images/{author}.png\n"])
    write(path, shown + text)
    return f"{author} shows {shown!r}"


def answer(walk: Walk) -> str:
    path = walk.site / "content/questions/why.yaml"
    start = "" if "answers:" in path.read_text() else "answers:\n"
    hour, body = walk.chance.randrange(10, 20), words(walk.chance, 4)
    author, accepted = walk.chance.choice(AUTHORS), walk.chance.choice(["", "    accepted: true\n"])
    new = f"  - author: {author}\n    date: 2026-11-13 {hour}:00\n    body: {body}\n"
    write(path, f"{path.read_text()}{start}{new}{accepted if 'accepted' not in path.read_text() else ''}")
    return "answered a question"


def edit_buzz(walk: Walk) -> str:
    """Another record in a file of many, or one less."""
    path = walk.site / "content/buzz/few.yaml"
    records = re.split("^(?=- )", path.read_text(), flags=re.MULTILINE)[1:]
    if walk.chance.random() < 0.5 and len(records) > 2:
        records.pop(walk.chance.randrange(len(records)))
    else:
        day = walk.chance.randrange(1, 19)
        records.append(f"- date: 2026-11-{day:02} 09:00\n  author: amina\n  body: {words(walk.chance, 5)}\n")
    write(path, "".join(records))
    return "edited the buzz"


def edit_edition(walk: Walk) -> str:
    name = walk.chance.choice(("2026-W45", "2026-W46", "2026-W47"))
    path = walk.site / f"digests/weekly/editions/{name}.md"
    if path.exists() and walk.chance.random() < 0.3:
        path.unlink()
        return f"deleted the edition {name}"
    items = tuple(walk.chance.sample(("announcements/post-1", "announcements/post-3", "questions/how"), 2))
    write_edition(
        walk.site, walk.chance, name, story=walk.chance.choice(("stories/post-2", "stories/post-4")), items=items
    )
    return f"wrote the edition {name}"


def edit_digest(walk: Walk) -> str:
    path = walk.site / "digests/weekly/digest.yaml"
    title = words(walk.chance, 1)
    text = re.sub("^title:.*", f"title: {{en: {title}, fr: Le {title}}}", path.read_text(), flags=re.MULTILINE)
    write(path, text.replace('"08:00"', walk.chance.choice(['"08:00"', '"17:30"'])))
    return f"the digest is called {title}"


EVERYWHERE = (
    *(edit_text, edit_first_words, edit_title, edit_summary, edit_tags, edit_authors, move_post, edit_slug, edit_date),
    *(
        edit_status,
        edit_expiry,
        add_post,
        add_post,
        add_newest,
        delete_post,
        rename_post,
        link_posts,
        translate,
        break_or_mend,
    ),
    *(touch, edit_page, edit_picture, take_or_bring_picture, copy_post, choose_template, choose_address),
)
OURS_ONLY = (edit_member, take_or_bring_member, edit_avatar, answer, edit_buzz, edit_edition, edit_digest)
