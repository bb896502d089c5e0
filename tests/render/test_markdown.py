"""GitHub's dialect, rendered as HTML that may stand in a page as it is."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.test_sanitize import is_harmless
from veillee.render.markdown import render_markdown
from veillee.render.typography import NARROW


def html_of(markdown: str, *, lang: str = "en", id_prefix: str = "") -> str:
    return render_markdown(markdown, lang=lang, id_prefix=id_prefix).html


def test_a_table_scrolls_has_a_name_and_no_attribute_that_is_out_of_date() -> None:
    html = html_of("|Name|Price|\n|:-|-:|\n|a|**1**|\n", lang="fr")
    label = f"Tableau{NARROW}: Name, Price"
    assert html.startswith(f'<div class="table-scroll" role="group" tabindex="0" aria-label="{label}"><table>')
    assert '<th class="align-right">Price</th>' in html
    assert "<td>a</td>" in html
    assert "align=" not in html
    assert html.endswith("</table></div>")


def test_an_empty_heading_in_a_table_is_a_plain_cell() -> None:
    html = html_of("| |Price|\n|-|-|\n|**a**|1|\n")
    assert "<th></th>" not in html
    assert html.count("<th>") == 1 and "<td></td>" in html


def test_boxes_of_a_task_list_are_named() -> None:
    html = html_of("- [x] a\n- [ ] b\n", lang="fr")
    assert '<li class="task-list-item"><input type="checkbox" disabled checked aria-label="Fait"> a</li>' in html
    assert '<input type="checkbox" disabled aria-label="À faire"> b' in html


@pytest.mark.parametrize(("lang", "title"), [("en", "Warning"), ("fr", "Attention"), ("de", "Warning")])
def test_alerts_are_titled_in_the_language_of_the_text(lang: str, title: str) -> None:
    html = html_of("> [!WARNING]\n> Hot.\n", lang=lang)
    assert f'<div class="markdown-alert markdown-alert-warning">\n<p class="markdown-alert-title">{title}</p>' in html


def test_an_alert_may_have_a_title_of_its_own() -> None:
    assert ">Mind the step</p>" in html_of("> [!NOTE] Mind the step\n> x\n", lang="fr")


def test_footnotes_of_two_texts_on_a_page_stay_apart() -> None:
    texts = [
        html_of("a[^1] b[^1] c[^long-name]\n\n[^1]: x\n\n[^long-name]: y", id_prefix=prefix)
        for prefix in ("", "answer-1-")
    ]
    ids = [re.findall(r' id="([^"]+)"', html) for html in texts]
    assert ids[0] == ["fnref-1", "fnref-1-2", "fnref-long-name", "fn-1", "fn-long-name"]
    assert ids[1] == [f"answer-1-{one}" for one in ids[0]]
    for html, own in zip(texts, ids, strict=True):
        assert {f"#{one}" for one in own} == set(re.findall(r'href="([^"]+)"', html))


def test_footnotes_are_named_for_those_who_hear_the_page() -> None:
    html = html_of("a[^1]\n\n[^1]: x", lang="fr")
    assert '<a href="#fn-1" id="fnref-1" aria-label="Note 1">1</a>' in html
    assert 'aria-label="Retour au texte">↩</a>' in html
    assert "<section" not in html


def test_an_id_typed_twice_is_kept_once() -> None:
    html = html_of('a[^1]\n\n[^1]: x\n\n<li id="fn-1">forged</li>')
    assert html.count('id="fn-1"') == 1


def test_code_has_classes_and_can_be_scrolled_by_keyboard() -> None:
    html = html_of("```python\nx = '<b>'\n```\n\n    plain\n")
    assert html.startswith(
        '<div class="highlight"><pre tabindex="0"><code class="language-python"><span class="n">x</span>'
    )
    assert "&lt;b&gt;" in html
    assert html.endswith('<pre tabindex="0"><code>plain\n</code></pre></div>')


@pytest.mark.parametrize("language", ["", "no-such-language", "text", "<b>", "python startinline", "c++", "🔥"])
def test_code_is_shown_as_typed_whatever_its_language(language: str) -> None:
    rendered = render_markdown(f'```{language}\na < b && "c" : d ;\n```\n', lang="fr")
    assert rendered.text == 'a < b && "c" : d ;'
    assert is_harmless(rendered.html)


def test_pictures_are_loaded_when_they_are_looked_at() -> None:
    assert html_of("![A lamp](a.jpg)") == '<p><img alt="A lamp" src="a.jpg" loading="lazy" decoding="async"></p>'
    assert 'alt=""' in html_of('<img src="a.jpg">')
    assert html_of("![A lamp](javascript:x)") == "<p>A lamp</p>"


def test_other_parts_of_the_dialect() -> None:
    assert html_of("~~a~~ www.b.example <kbd>c</kbd> :tada:") == (
        '<p><del>a</del> <a href="http://www.b.example">www.b.example</a> <kbd>c</kbd> 🎉</p>'
    )


def test_french_is_set_as_printers_do_and_code_is_not() -> None:
    html = html_of('# Pourquoi ?\n\nElle dit : "oui !" `a : b`\n\n```\nc : d ;\n```\n', lang="fr")
    assert f"Pourquoi{NARROW}?" in html
    assert f"Elle dit{NARROW}: «{NARROW}oui{NARROW}!{NARROW}» <code>a : b</code>" in html
    assert "c : d ;" in html


def test_the_words_of_leftovers_of_other_programs_stay() -> None:
    assert "{: .class}" in html_of("Text\n{: .class}\n")
    assert "{% raw %}" in html_of("{% raw %}")


# Addresses


@pytest.mark.parametrize(
    ("markdown", "url"),
    [
        ("[a]({filename}b.md)", "{filename}b.md"),
        ("[a]({filename}/é.md#x)", "{filename}/é.md#x"),
        ("[a](<{filename}/my post.md>)", "{filename}/my post.md"),
        ("[a](|filename|b.md)", "|filename|b.md"),
        ("![a]({static}/b.jpg)", "{static}/b.jpg"),
        ("[a](%7Bstatic%7D/b.pdf)", "{static}/b.pdf"),
        ('<a href="{filename}b.md">a</a>', "{filename}b.md"),
        ('<img src="{static}/b.jpg" alt="a">', "{static}/b.jpg"),
        ('<video src="{static}/b.mp4" controls></video>', "{static}/b.mp4"),
        ("<https://a.example/b?c=d&e=f>", "https://a.example/b?c=d&e=f"),
        ("[a](/b%20c)", "/b%20c"),
    ],
)
def test_addresses_reach_the_site_as_they_were_typed(markdown: str, url: str) -> None:
    seen: list[str] = []

    def rewrite(found: str) -> str:
        seen.append(found)
        return "https://site.example/new page"

    html = render_markdown(markdown, rewrite_url=rewrite).html
    assert seen == [url]
    assert '="https://site.example/new%20page"' in html


def test_a_link_within_the_text_is_nobody_elses_business() -> None:
    seen: list[str] = []
    render_markdown("[a](#b)", rewrite_url=lambda url: seen.append(url) or url)
    assert seen == []


def test_an_address_that_came_back_unsafe_is_left_out() -> None:
    assert "javascript" not in render_markdown("[a](b)", rewrite_url=lambda _: "javascript:x").html


@pytest.mark.parametrize(
    ("typed", "left"), [("/a|b", "/a%7Cb"), ("/100%", "/100%25"), ("/a%20b", "/a%20b"), ("/a`b", "/a%60b")]
)
def test_signs_that_no_address_may_have_are_encoded(typed: str, left: str) -> None:
    assert f'href="{left}"' in html_of(f'<a href="{typed}">x</a>')


@pytest.mark.parametrize(
    ("typed", "kept", "encoded"),
    [
        ("[a]({filename}b.md)", 'href="{filename}b.md"', 'href="%7Bfilename%7Db.md"'),
        ("![a]({static}/b{c}.png)", 'src="{static}/b%7Bc%7D.png"', 'src="%7Bstatic%7D/b%7Bc%7D.png"'),
        ('<video poster="{static}b.png"></video>', 'poster="{static}b.png"', 'poster="%7Bstatic%7Db.png"'),
        ("[a](b{static}c)", 'href="b%7Bstatic%7Dc"', 'href="b%7Bstatic%7Dc"'),
    ],
)
def test_placeholders_keep_their_braces_for_whoever_resolves_them(typed: str, kept: str, encoded: str) -> None:
    assert kept in render_markdown(typed, keeps_placeholders=True).html
    assert encoded in render_markdown(typed).html


# What a text says of itself


def test_the_words_are_told() -> None:
    rendered = render_markdown("Intro.\n\n## The *night* shift\n\nTwo words.\n")
    assert rendered.text == "Intro.\n\nThe night shift\n\nTwo words."


def test_an_empty_text_is_empty() -> None:
    rendered = render_markdown("  \n")
    assert (rendered.html, rendered.text) == ("", "")


# Hostile texts


@pytest.mark.parametrize(
    "text",
    [
        ">" * 50_000, "<div>" * 50_000, "- " * 50_000, "|a" * 20_000 + "\n" + "|-" * 20_000, "[" * 100_000,
        "*a **b " * 30_000, "[a](" * 50_000, "`" * 100_000, "<b>" * 50_000, '"' * 100_000, "<" * 100_000,
        "&" * 30_000, " " * 100_000 + "a", "a@" * 50_000, ":" * 100_000, "# " * 50_000, "![" * 50_000,
        "<p>" * 30_000, "# a\n" * 10_000,
        "<h1>" * 20_000, "<a href=x title='" * 10_000, "<ul>" * 190 + "<li>a" * 10_000, "[^1]" * 2_000 + "\n\n[^1]: x",
    ],
    ids=lambda text: text[:6].strip(),
)  # fmt: skip
def test_a_hostile_text_takes_no_long_time(text: str) -> None:
    begin = time.process_time()
    rendered = render_markdown(text, lang="fr")
    assert time.process_time() - begin < 10
    assert is_harmless(rendered.html)


_PARTS = st.sampled_from(
    [
        "# ", "- ", "> ", "> [!NOTE]\n> ", "```py\n", "```\n", "|a|\n|-|\n", "[^1]", "\n[^1]: x\n", "\n\n", "\n",
        "    ", "**", "_", "`", "a ", "<b>", "</b>", "<div>", "</p>", "<pre>", "</pre>", "<table>", "<td>", "<h1>",
        "</h1>",
        "<a href='x'>", "</a>", "<code>", "![x](y)", "[x](y)", "é ! ", '"', "&amp;", "&", "<", "- [x] ", ":tada:",
        "\\", "{: .x}", "<script>", "<!--", "<section class=footnotes>", "<a id=fn-1>", "<input>", "<img>",
    ]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=25).map("".join), st.sampled_from(["fr", "en"]))
def test_whatever_is_typed_comes_out_whole_and_harmless(markdown: str, lang: str) -> None:
    html = render_markdown(markdown, lang=lang).html
    assert is_harmless(html)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    for name in ("div", "p", "table", "ul", "h2", "a", "pre", "code"):
        assert len(re.findall(rf"<{name}[ >]", html)) == html.count(f"</{name}>")


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    assert is_harmless(render_markdown(text, lang="fr").html)
