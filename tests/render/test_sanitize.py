"""Members' HTML with nothing left in it that could act, frame or deceive."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.render.sanitize import is_safe_url, sanitize_html

ATTACKS = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>x</script></svg>",
    '<a href="javascript:alert(1)">a</a>',
    '<a href="JaVaScRiPt:alert(1)">a</a>',
    '<a href="java\nscript:alert(1)">a</a>',
    '<a href="java&#10;script:alert(1)">a</a>',
    '<a href="&#x6A;avascript:alert(1)">a</a>',
    '<a href="&#0000106avascript:alert(1)">a</a>',
    '<a href="\x01javascript:alert(1)">a</a>',
    '<a href=" javascript:alert(1)">a</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">a</a>',
    '<a href="vbscript:x">a</a>',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<iframe src=https://a.example></iframe>",
    '<iframe srcdoc="<script>x</script>"></iframe>',
    '<form action="https://a.example"><input name=password></form>',
    "<style>body{display:none}</style>",
    '<p style="position:fixed">a</p>',
    "<object data=x></object><embed src=x><applet code=x></applet>",
    '<base href="https://evil.example"><meta http-equiv=refresh content=0><link rel=stylesheet href=x>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<video src="javascript:x" poster="javascript:x" onplay=x></video>',
    "<details ontoggle=alert(1) open>a</details>",
    '<a href="https://a.example" target=_blank ping="https://b.example" onclick=x>a</a>',
    "<template><script>x</script></template><textarea><script>x</script></textarea>",
    "<!--<img src=x onerror=x>--><![CDATA[<script>x</script>]]>",
)


class _Names(HTMLParser):
    """Collects what a browser would find: tags, attributes, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "poster"):
                self.addresses.append(value or "")


def is_harmless(html: str) -> bool:
    names = _Names()
    names.feed(html)
    names.close()
    bad_tags = {
        "script",
        "style",
        "iframe",
        "form",
        "object",
        "embed",
        "svg",
        "math",
        "base",
        "meta",
        "link",
        "textarea",
    }
    bad_attributes = {
        name for name in names.attributes if name.startswith("on") or name in ("style", "srcdoc", "target")
    }
    schemes = [re.sub(r"[\x00-\x20]", "", url).lower().partition(":")[0] for url in names.addresses if ":" in url]
    bad_schemes = [scheme for scheme in schemes if scheme in ("javascript", "data", "vbscript", "file")]
    return not (names.tags & bad_tags or bad_attributes or bad_schemes)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives(attack: str) -> None:
    assert is_harmless(sanitize_html(attack))


def test_the_check_itself_knows_an_attack() -> None:
    assert not any(
        is_harmless(attack) for attack in ('<p onclick="x">', '<a href="java\nscript:x">', "<style>", "<svg>")
    )


@given(
    st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(alphabet="<>\"'/= aonxscript:&#;-!", max_size=20))).map(
        "".join
    )
)
def test_no_mixture_of_attacks_survives(html: str) -> None:
    done = sanitize_html(html)
    assert is_harmless(done)
    assert is_harmless(sanitize_html(done))


@pytest.mark.parametrize(
    "html",
    [
        "<p>a <b>b</b> <kbd>Ctrl</kbd> H<sub>2</sub>O <abbr title=\"x\">y</abbr> <mark>z</mark></p>",
        "<figure><img src=\"images/a.jpg\" alt=\"b\"><figcaption>c</figcaption></figure>",
        "<details open><summary>a</summary><p>b</p></details>",
        "<table><thead><tr><th align=\"right\" scope=\"col\">a</th></tr></thead></table>",
        '<code class="language-c++">x</code><span class="nf">y</span>',
        '<a href="mailto:a@b.example">a</a><a href="/x?y=1&amp;z#w">b</a><a href="//c.example">c</a>',
        '<ol start="3"><li value="4">a</li></ol><q>a</q><time datetime="2026">b</time>',
    ],
)  # fmt: skip
def test_what_a_post_needs_stays(html: str) -> None:
    assert sanitize_html(html) == html


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ('<p id="main" class="masthead card" dir="up">a</p>', "<p>a</p>"),
        ('<h2 id="x">a</h2>', "<h2>a</h2>"),
        ('<a id="top" href="#x">a</a>', '<a href="#x">a</a>'),
        ('<td colspan="9999999">a', "a"),
        ('<img src="a" width="100%" height="20">', '<img src="a" height="20">'),
        ('<code class="language-x masthead">a</code>', '<code class="language-x">a</code>'),
        ("<input type=text name=x value=y>", '<input type="checkbox" disabled>'),
        ("<center><font color=red>a</font></center>", "a"),
        ('<span lang="fr&quot; onclick=x">a</span>', "<span>a</span>"),
    ],
)
def test_ids_classes_and_numbers_are_only_such_as_are_known(typed: str, left: str) -> None:
    assert sanitize_html(typed) == left


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "http://a.example/é?b=c#d",
        "mailto:a@b.example",
        "/a",
        "a/b:c",
        "#d",
        "?e=f:g",
        "{filename}a.md",
    ],
)
def test_addresses_that_a_link_may_have(url: str) -> None:
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "", " ", "javascript:x", "JAVASCRIPT:x", " javascript:x", "java\tscript:x", "\u200bjavascript:x", "data:x",
        "file:///x", "tel:1", "http:a.example", "https:", "https:\\\\a.example", "&#106;avascript:x",
        "javascript&colon;x", "ftp://a", "http://[", "x\\y", "//[a",
    ],
)  # fmt: skip
def test_addresses_that_no_link_may_have(url: str) -> None:
    assert not is_safe_url(url)


def test_an_address_of_the_site_is_refused_where_only_the_world_will_do() -> None:
    assert not is_safe_url("/feed.xml", may_be_relative=False)
    assert is_safe_url("https://a.example/feed.xml", may_be_relative=False)
