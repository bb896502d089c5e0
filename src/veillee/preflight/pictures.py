"""The pictures of a mail: described, there, light, of a kind that mail programs show, with their size -> findings.

The facts of the files are handed in by whoever may look at the disk (`PictureFile`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from veillee.model import SectionKind
from veillee.preflight.addresses import host_of, parts_of
from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.preflight.page import Node
from veillee.shown import shortened

WARN_BYTES = 200_000
REFUSE_BYTES = 1_000_000
SHARP = 2  # pixels on a dense screen for one that is asked for
SLACK = 1.25  # a picture of 1200 pixels, as share cards ask for, is no waste at a width of 536
SHOWN_EVERYWHERE = ("png", "jpeg", "gif")

_ADDRESS = re.compile(r"""url\(\s*['"]?([^'")\s]+)|@import\s+['"]([^'"]+)""", re.IGNORECASE)
_ENDINGS = (".png", ".jpg", ".jpeg", ".gif")
_IMG = re.compile(r"""<img\b[^>]*?\bsrc=["']([^"']+)""", re.IGNORECASE)
_LOADING = {"img": ("src", "srcset"), "link": ("href",), "video": ("src", "poster"), "source": ("src", "srcset"),
            "iframe": ("src",), "embed": ("src",), "object": ("data",), "script": ("src",), "audio": ("src",),
            "input": ("src",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture on the disk. `form` is png, jpeg, gif, webp, svg or avif as its first bytes say, else empty."""

    shown: str
    size_bytes: int
    form: str
    width: int | None = None
    height: int | None = None


FindPicture = Callable[[str], PictureFile | None]
"""The file behind an address of the site; None where there is none."""


def form_of(beginning: bytes) -> str:
    """The form of a picture by its first bytes; empty where they are of none that is known here."""
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if beginning.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "webp"
    if beginning[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    return "svg" if b"<svg" in beginning[:1000] else ""


def find_picture_faults(mail: Mail, *, site_url: str, find: FindPicture) -> Iterator[Finding]:
    """Everything about the pictures but their descriptions."""
    for node in mail.page.pictures:
        src = node.attributes.get("src", "").strip()
        if not src.startswith(("http://", "https://")):
            found = f'the picture "{shortened(src)}" has no whole address'
            todo = "write the whole address, with PNG or JPEG behind it"
            yield mail.finding(Severity.ERROR, Check.PICTURES, mail.place_of_url(src), found, "", todo)
        elif src.startswith(f"{site_url}/"):
            yield from _own(mail, node, src, find(src))
        if not (_pixels(node, "width") and _pixels(node, "height")) and src:
            yield _without_size(mail, node, src)


def find_left_out_pictures(mail: Mail) -> Iterator[Finding]:
    """Pictures that the site shows and the mail cannot: the story's, of another form, or inside the introduction."""
    story = mail.composed.section(SectionKind.STORY)
    for post in story.posts if story else ():
        if post.image and not parts_of(post.image.url).path.lower().endswith(_ENDINGS):
            found = f"the picture {_name(post.image.url)} is left out of the mail"
            todo = f"save it as PNG or JPEG, and name that in {mail.file_of_post(post)}"
            allowed = "mail programs show PNG, JPEG and GIF alone"
            yield mail.finding(Severity.WARNING, Check.PICTURES, mail.place_of_post(post), found, allowed, todo)
    for src in _IMG.findall(mail.composed.introduction_html):
        url = html.unescape(src)
        place = mail.sources.place_of(url, (mail.edition_path,)) or (mail.edition_path, 0)
        found = f"the picture {_name(url)} of the introduction is left out of the mail"
        yield mail.finding(
            Severity.WARNING, Check.PICTURES, place, found, "introductions are text", "give it to a post"
        )


def find_missing_alts(mail: Mail) -> Iterator[Finding]:
    """Pictures whose readers without pictures learn nothing; an empty description means "decoration"."""
    for node in mail.page.pictures:
        if node.attributes.get("alt", "").strip() or _is_decoration(node):
            continue
        src = node.attributes.get("src", "")
        post = mail.post_with_url(src)
        todo = (
            f"write image_alt: in {mail.file_of_post(post)}" if post else 'give it an alt="..." that says what it shows'
        )
        found = f"the picture {_name(src)} has no description"
        allowed = "who sees no pictures is told nothing by it"
        yield mail.finding(Severity.WARNING, Check.ALTS, mail.place_of_url(src), found, allowed, todo)


def find_foreign_hosts(mail: Mail, *, site_url: str) -> Iterator[Finding]:
    """Whatever the mail would load from somebody else, who would then know who reads it."""
    own = host_of(site_url)
    for url in dict.fromkeys(_loaded(mail)):
        host = host_of(f"https:{url}" if url.startswith("//") else url)
        if host and host != own:
            post = mail.post_with_url(url)
            found = f"the mail loads {shortened(url, 70)} from {host}"
            allowed = "a mail names no third-party host: it would tell that host who reads"
            place = mail.place_of_url(url)
            todo = f"put the file into {mail.sources.content}/images/ and name it there, or remove it"
            where = f" (see {mail.file_of_post(post)})" if post else ""
            yield mail.finding(Severity.ERROR, Check.HOSTS, place, found + where, allowed, todo)


def _own(mail: Mail, node: Node, src: str, file: PictureFile | None) -> Iterator[Finding]:
    place = mail.place_of_url(src)
    if file is None:
        todo = "put the file there, or correct the name"
        found = f"the picture {_name(src)} is not there"
        yield mail.finding(Severity.ERROR, Check.PICTURES, place, found, "", todo)
        return
    if file.form not in SHOWN_EVERYWHERE:
        kind = file.form.upper() or "of no kind that is known"
        found = f"the picture {file.shown} is {kind}"
        allowed, todo = "Outlook and Gmail show PNG, JPEG and GIF alone", "save it as PNG or JPEG"
        yield mail.finding(Severity.ERROR, Check.PICTURES, place, found, allowed, todo)
    yield from _weight(mail, node, file, src)


def _weight(mail: Mail, node: Node, file: PictureFile, src: str) -> Iterator[Finding]:
    place, shown = mail.place_of_url(src), _pixels(node, "width")
    widest = SHARP * shown if shown else 0
    is_wide = bool(file.width and widest and file.width > SLACK * widest)
    todo = f"scale it down to {widest} pixels across, or save it with more compression" if widest else "save it smaller"
    if file.size_bytes > WARN_BYTES:
        is_too_heavy = file.size_bytes > REFUSE_BYTES
        found = f"the picture {file.shown} weighs {file.size_bytes // 1000:,} KB"
        allowed = f"{(REFUSE_BYTES if is_too_heavy else WARN_BYTES) // 1000:,} KB at most"
        severity = Severity.ERROR if is_too_heavy else Severity.WARNING
        yield mail.finding(severity, Check.PICTURES, place, found, allowed, todo)
    elif is_wide:
        found = f"the picture {file.shown} is {file.width} pixels across, and shown at {shown}"
        yield mail.finding(Severity.WARNING, Check.PICTURES, place, found, f"{widest} are enough", todo)


def _without_size(mail: Mail, node: Node, src: str) -> Finding:
    lacking = [key for key in ("width", "height") if not _pixels(node, key)]
    found = f"the picture {_name(src)} has no {' and no '.join(lacking)}"
    allowed = "without them the mail jumps while it loads, and Outlook shows pictures at their full size"
    todo = "give both in pixels where the template shows it"
    return mail.finding(Severity.WARNING, Check.PICTURES, mail.place_of_url(src), found, allowed, todo)


def _pixels(node: Node, key: str) -> int:
    """The size that an attribute or a style asks for; 0 where neither does, or where it is no number of pixels."""
    styles = {one.name: one.value for one in node.declarations}
    for value in (node.attributes.get(key, ""), styles.get(key, "")):
        if match := re.fullmatch(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", value):
            return int(match[1])
    return 0


def _is_decoration(node: Node) -> bool:
    """An empty description is right where the picture is no link and is small, or is said to be decoration."""
    if "alt" not in node.attributes:
        return False
    is_said = node.attributes.get("role") == "presentation" or node.attributes.get("aria-hidden") == "true"
    return is_said or (0 < _pixels(node, "width") <= 32 and not _is_in_link(node))


def _is_in_link(node: Node) -> bool:
    above = node.parent
    while above is not None:
        if above.name == "a":
            return True
        above = above.parent
    return False


def _loaded(mail: Mail) -> Iterator[str]:
    """Every address from which a mail program would load something."""
    for node in mail.page.nodes:
        for key in (*_LOADING.get(node.name, ()), "background"):
            if value := node.attributes.get(key, "").strip():
                yield from (
                    (part.split()[0] for part in value.split(",") if part.strip()) if key == "srcset" else (value,)
                )
        if "url(" in node.attributes.get("style", ""):
            yield from _addresses_in(node.attributes["style"])
    yield from _addresses_in(mail.page.style_text)


def _addresses_in(css: str) -> Iterator[str]:
    yield from (one or two for one, two in _ADDRESS.findall(css))


def _name(src: str) -> str:
    return shortened(parts_of(src).path.rpartition("/")[2] or src or "without an address", 60)
