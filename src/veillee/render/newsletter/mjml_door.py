"""The one door to MJML: a checked document -> the HTML of a mail, with every known gap of the renderer closed.

In order: the tree is changed so that the renderer cannot go wrong (`_GAPS`), rendered, and its styles are inlined.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import css_inline
import mjml

from veillee.errors import ContentError, Fault
from veillee.render.newsletter.components import is_mjml
from veillee.render.newsletter.document import Element, Place, parse_document, written
from veillee.render.newsletter.validation import find_document_faults

_LENGTHS = re.compile(r"^(inner-)?(padding|border-radius)|^(ico|icon|text)-padding|^(letter-spacing|border-width|gap)$")
_UNITLESS_ZERO = re.compile(r"(?<![\w.#%-])0(?![\w.%])")
_BLANKS = re.compile(r"[ \t]*\n[ \t\n]*")
_SPAN = re.compile(r"at position (\d+)(?::\d+)?|(\d+)\.\.(\d+)")
_LOADED = re.compile(
    r"""(?:\bsrc|\bbackground|\bposter)\s*=\s*"([^"]*)"|url\(\s*['"]?([^'")\s]+)|@import\s+['"]([^'"]+)|<link[^>]+href="([^"]*)\"""",
    re.IGNORECASE,
)


def render_mjml(text: str, *, files: tuple[str, ...]) -> str:
    """The HTML of a marked MJML text; `files` are the paths that its marks count.

    Raises ContentError with every fault, each with the template's file and line.
    """
    parsed = parse_document(text, files=files)
    faults = [*parsed.faults]
    if parsed.root is None:
        faults.append(Fault(files[0], 1, "the template makes no <mjml>", "one <mjml>", "put everything inside <mjml>"))
    elif not faults:
        faults.extend(find_document_faults(parsed.root))
    if faults or parsed.root is None:
        raise ContentError(faults=faults)
    return html_from(parsed.root)


def html_from(root: Element) -> str:
    """The HTML of a checked tree, which is used up by this."""
    for close_gap in _GAPS:
        close_gap(root)
    styles = _take_inline_styles(root)
    source = written(root)
    page = _inlined(_rendered(source, root), styles)
    _refuse_foreign_servers(page, source, root.place)
    return page


def mjml_source(text: str, *, files: tuple[str, ...]) -> str:
    """The document as other MJML programs read it: without marks, gaps left as they are, for an independent judge."""
    parsed = parse_document(text, files=files)
    if parsed.faults or parsed.root is None:
        raise ContentError(faults=parsed.faults)
    return written(parsed.root)


def _rendered(source: str, root: Element) -> str:
    """What the renderer makes of strict XML. Its panics are no Exceptions, and must not pass for a crash of ours."""
    try:
        return str(mjml.mjml2html(source, disable_comments=False, fonts={}, social_icon_origin=""))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as err:
        place = _place_of(str(err), source, root)
        message = " ".join(str(err).split())[:160]
        raise ContentError(
            faults=[place.fault(f"the MJML renderer refuses this: {message}", "", "look at the tag on this line")]
        ) from err


def _place_of(message: str, source: str, root: Element) -> Place:
    """The place of the last tag that opens before the byte which a message names; the root's where it names none."""
    match = _SPAN.search(message)
    if match is None:
        return root.place
    offset = int(match[1] or match[2])
    before = source.encode()[:offset].decode("utf-8", "ignore")
    number = len(re.findall(r"<[A-Za-z]", re.sub(r"<!--.*?-->", "", before, flags=re.DOTALL)))
    for index, element in enumerate(root.walk(), start=1):
        if index >= max(number, 1):
            return element.place
    return root.place


def _inlined(page: str, styles: str) -> str:
    """The page with the rules of `mj-style inline="inline"` on the elements; nothing is fetched for it."""
    if not styles.strip():
        return page
    inliner = css_inline.CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        keep_link_tags=True,
        load_remote_stylesheets=False,
        minify_css=True,
        extra_css=styles,
    )
    return str(inliner.inline(page))


def _take_inline_styles(root: Element) -> str:
    """The texts of all inline styles, which leave the tree: the renderer would put them in the head as they are."""
    styles: list[str] = []
    for element in root.walk():
        for child in element.elements:
            if child.name == "mj-style" and child.attributes.get("inline") == "inline":
                styles.append(child.text)
                element.children.remove(child)
    return "\n".join(styles)


def _add_units_to_zeros(root: Element) -> None:
    """`0` -> `0px`: without a unit, Outlook's column widths come out wrong."""
    for element in root.walk():
        if is_mjml(element.name):
            for name, value in element.attributes.items():
                if _LENGTHS.search(name):
                    element.attributes[name] = _UNITLESS_ZERO.sub("0px", value)


def _reverse_classes(root: Element) -> None:
    """Of two names in `mj-class` the last one wins in MJML; in the renderer, the first."""
    for element in root.walk():
        if "mj-class" in element.attributes:
            element.attributes["mj-class"] = " ".join(reversed(element.attributes["mj-class"].split()))


def _keep_empty_alts(root: Element) -> None:
    """A picture in HTML without `alt` is read out by its file name; one that says nothing gets an empty one."""
    for element in root.walk():
        if element.name == "img":
            element.attributes.setdefault("alt", "")


def _move_preheader(root: Element) -> None:
    """`mj-preview` as ordinary hidden text, first in the body: the renderer writes it white on white, as spam does."""
    for head in (child for child in root.elements if child.name == "mj-head"):
        for preview in [child for child in head.elements if child.name == "mj-preview"]:
            head.children.remove(preview)
            style = "display:none;max-height:0px;overflow:hidden;mso-hide:all"
            hidden = Element("div", {"style": style}, preview.place, list(preview.children))
            body = next(child for child in root.elements if child.name == "mj-body")
            body.children.insert(0, Element("mj-raw", {}, preview.place, [hidden]))


def _drop_blanks(root: Element) -> None:
    """A template's indentation weighs a fifth of a mail, and no mail program shows it."""
    for element in root.walk():
        element.children = [
            child if isinstance(child, Element) or child.startswith("<!--") else _BLANKS.sub("\n", child)
            for child in element.children
            if isinstance(child, Element) or child.strip() or not is_mjml(element.name)
        ]


def _name_language(root: Element) -> None:
    """`lang` and `dir` as the renderer needs them: without them it writes `und` and `auto`."""
    root.attributes.setdefault("lang", "en")
    root.attributes.setdefault("dir", "ltr")


_GAPS: tuple[Callable[[Element], Any], ...] = (
    _add_units_to_zeros,
    _reverse_classes,
    _keep_empty_alts,
    _move_preheader,
    _drop_blanks,
    _name_language,
)


def _refuse_foreign_servers(page: str, source: str, place: Place) -> None:
    """What a mail loads comes from addresses that the template and the content named, never from the renderer."""
    known = set(loaded_hosts(source)) | {host for host in map(_host_of, re.findall(r'="([^"]*)"', source)) if host}
    foreign = sorted(set(loaded_hosts(page)) - known)
    if foreign:
        found = f"the mail would load something from {', '.join(foreign)}"
        raise ContentError(faults=[place.fault(found, "servers that you name yourself", "give every icon its address")])


def loaded_hosts(page: str) -> tuple[str, ...]:
    """The hosts from which a mail program would load something when it shows this page, sorted."""
    found = {_host_of(next(filter(None, groups), "")) for groups in _LOADED.findall(page)}
    return tuple(sorted(host for host in found if host))


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "") if "//" in url else ""
    except ValueError:
        return ""
