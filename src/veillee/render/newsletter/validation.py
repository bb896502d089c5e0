"""What the renderer would pass in silence: unknown tags and attributes, wrong nesting, unsafe links, foreign servers.

Two looks: at the templates as typed (every branch, names only), and at what they made (nesting, addresses, data).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from veillee.errors import Fault, nearest
from veillee.model.urls import host_of
from veillee.render.newsletter.components import COMPONENTS, EVERYWHERE, MUST_NAME, UNSUPPORTED, is_mjml, parents_of
from veillee.render.newsletter.document import Element, Place

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
LINKS = frozenset({"href", "action", "formaction", "cite"})
RESOURCES = frozenset(
    [
        "src",
        "background",
        "background-url",
        "poster",
        "thumbnails-src",
        "left-icon",
        "right-icon",
        "icon-wrapped-url",
        "icon-unwrapped-url",
    ]
)
_ACTIVE = frozenset(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "base",
        "link",
        "audio",
        "video",
        "svg",
        "math",
    ]
)
_SOURCE_TAG = re.compile(r"<(?P<name>mj[a-z-]*)(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^\"'>])*)>", re.DOTALL)
_SOURCE_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')\s]*)|@import\b""", re.IGNORECASE)


def find_source_faults(source: str, path: str) -> tuple[Fault, ...]:
    """Unknown tags and attributes in a template as typed, in branches, too, that no edition has run yet."""
    text = _JINJA.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    faults: list[Fault] = []
    for tag in _SOURCE_TAG.finditer(text):
        place = Place(path, text.count("\n", 0, tag.start()) + 1)
        if tag["name"] == "mj-include":
            continue
        faults.extend(_name_faults(tag["name"], [match[1] for match in _SOURCE_ATTRIBUTE.finditer(tag["rest"])], place))
    return tuple(faults)


def find_document_faults(root: Element) -> tuple[Fault, ...]:
    """Everything that must be mended before the document goes to the renderer."""
    faults = list(_root_faults(root))
    for element in root.walk():
        faults.extend(_element_faults(element))
        for child in element.elements:
            faults.extend(_nesting_faults(element, child))
            if element.name != "mj-attributes":
                faults.extend(_missing_faults(child))
    return tuple(faults)


def _root_faults(root: Element) -> Iterator[Fault]:
    if root.name != "mjml":
        yield root.place.fault(f"the template opens with <{root.name}>", "<mjml>", "put everything inside <mjml>")
    names = [child.name for child in root.elements]
    for name, is_needed in (("mj-head", False), ("mj-body", True)):
        if names.count(name) > 1 or (is_needed and name not in names):
            found = f"there are {names.count(name)} <{name}>" if name in names else f"there is no <{name}>"
            yield root.place.fault(
                found, "exactly one" if is_needed else "one at most", f"correct the number of <{name}>"
            )


def _element_faults(element: Element) -> Iterator[Fault]:
    if is_mjml(element.name):
        yield from _name_faults(element.name, list(element.attributes), element.place)
    elif element.name in _ACTIVE:
        yield element.place.fault(f"<{element.name}> does not work in mails", "", "take it out")
    yield from _address_faults(element)
    if element.name in ("mj-style", "style"):
        yield from _css_faults(element.text, element.place)


def _name_faults(name: str, attributes: list[str], place: Place) -> Iterator[Fault]:
    component = COMPONENTS.get(name)
    if name in UNSUPPORTED:
        yield place.fault(f"<{name}> is not supported", "", UNSUPPORTED[name])
        return
    if component is None:
        near = nearest(name, COMPONENTS)
        todo = f"did you mean <{near}>?" if near else "see the list of MJML components"
        yield place.fault(f"<{name}> is not an MJML component", "", todo)
        return
    allowed = component.attributes | EVERYWHERE
    for attribute in attributes:
        if attribute not in allowed:
            near = nearest(attribute, allowed)
            todo = f"did you mean {near}?" if near else "remove it"
            yield place.fault(f"<{name}> takes no {attribute}", "", todo)


def _missing_faults(element: Element) -> Iterator[Fault]:
    for attribute in MUST_NAME.get(element.name, ()):
        if not element.attributes.get(attribute):
            found = f"<{element.name}> has no {attribute}, and its default is a picture on another server"
            yield element.place.fault(found, "an address of your own", f'write {attribute}="..."')
    name = element.attributes.get("name", "")
    if element.name == "mj-social-element" and name and not name.endswith("-noshare"):
        found = f'name="{name}" sends the reader to a sharing page of that company'
        yield element.place.fault(found, f'"{name}-noshare"', "write that, or no name")
    if element.name == "mj-image" and "alt" not in element.attributes:
        yield element.place.fault(
            "<mj-image> has no alt", 'alt="..."', 'describe the picture, or write alt="" for an ornament'
        )


def _nesting_faults(parent: Element, child: Element) -> Iterator[Fault]:
    if child.name not in COMPONENTS:
        is_html_where_none_may_be = parent.name in COMPONENTS and not COMPONENTS[parent.name].is_ending
        if is_html_where_none_may_be and not is_mjml(child.name):
            yield child.place.fault(
                f"<{child.name}> stands right inside <{parent.name}>",
                "MJML tags",
                "put it inside <mj-text> or <mj-raw>",
            )
        return
    if parent.name in COMPONENTS and child.name in COMPONENTS[parent.name].holds:
        return
    allowed = ", ".join(f"<{name}>" for name in parents_of(child.name))
    yield child.place.fault(f"<{child.name}> stands inside <{parent.name}>", f"it stands inside {allowed}", "move it")


def _address_faults(element: Element) -> Iterator[Fault]:
    for name, value in element.attributes.items():
        if name.startswith("on"):
            yield element.place.fault(f"<{element.name}> has {name}", "mails run no scripts", "remove it")
        elif name == "style":
            yield from _css_faults(value, element.place)
        elif name in LINKS and not is_mail_link(value):
            yield element.place.fault(
                f'<{element.name}> links to "{value[:60]}"', "http, https or mailto addresses", "write a whole address"
            )
        elif name in RESOURCES and not is_mail_resource(value):
            yield element.place.fault(
                f'<{element.name}> loads "{value[:60]}"', "an absolute http or https address", "write a whole address"
            )


def _css_faults(css: str, place: Place) -> Iterator[Fault]:
    for match in _CSS_URL.finditer(css):
        if match[1] is None:
            yield place.fault("a style imports another one", "", "write the rules here")
        elif not is_mail_resource(match[1]):
            yield place.fault(f'a style loads "{match[1][:60]}"', "absolute http or https addresses", "correct it")


def is_mail_link(url: str) -> bool:
    """Whether an address may be followed from a mail: whole, and of a scheme on the list."""
    return url.startswith("#") or _scheme(url) in SAFE_SCHEMES


def is_mail_resource(url: str) -> bool:
    """Whether a mail may load this: a whole http or https address."""
    return _scheme(url) in ("http", "https") and bool(host_of(url))


def _scheme(url: str) -> str:
    """The scheme as a browser would see it: control characters and blanks do not hide `javascript:`."""
    if url != url.strip() or any(ord(char) < 33 or ord(char) == 127 for char in url):
        return "unclear"
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return "unclear"
