"""French and English as a printer sets them, and never in code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veillee.render.tokens import tokens_of
from veillee.render.typography import NARROW, typeset_text, typeset_tokens


def french(text: str) -> str:
    """The text set in French, with _ for the narrow space."""
    return typeset_text(text, "fr").replace(NARROW, "_")


def typeset(html: str, lang: str) -> str:
    tokens = tokens_of(html)
    typeset_tokens(tokens, lang)
    return "".join(tokens)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Bonjour !", "Bonjour_!"),
        ("Bonjour!", "Bonjour_!"),
        ("Ça va ? Oui ; bien : merci", "Ça va_? Oui_; bien_: merci"),
        ("Quoi ?! Non !!!", "Quoi_?! Non_!!!"),
        ("Prix : 5 % !", "Prix_: 5 %_!"),
        ("espace\u00a0: déjà", "espace_: déjà"),
        ("« x »", "«_x_»"),
        ("«x»", "«_x_»"),
        ("«\u00a0x\u00a0» !", "«_x_»_!"),
        ('"très bien"', "«_très bien_»"),
        ('l\'"école"', "l’«_école_»"),
        ('(voir "x") : "y".', "(voir «_x_»)_: «_y_»."),
        ('il dit "je "veux" ça"', "il dit «_je “veux” ça_»"),
        ("l'été d'aujourd'hui", "l’été d’aujourd’hui"),
        ("d'1,5 M€", "d’1,5 M€"),
        ("bien...", "bien…"),
        ("bien... !", "bien…_!"),
        ("[...]", "[…]"),
    ],
)
def test_french_is_set_as_printers_do(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize(
    "text",
    ["12:30", "4:3", "à 9:05", "std::vector", ":tada:", "x :tada: y", "a :)", "b ;)", "c :-)", "https://a.example/b?c=d;e!",
     "https://a.example/l'été?", "www.a.example/?q=1", "a@b.example", '5" de neige', "!important", "../x", "...args",
     "a/.../b", "un\ntexte", "C:\\x", "a ;b", "f(x;y)", "?q"],
)  # fmt: skip
def test_what_is_no_sentence_stays_as_it_was_typed(text: str) -> None:
    assert typeset_text(text, "fr") == text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('He said "don\'t"...', "He said “don’t”…"),
        ('"A," she said: "B!"', "“A,” she said: “B!”"),
        ("it's 5' tall", "it’s 5' tall"),
        ("Really? Yes; no!", "Really? Yes; no!"),
    ],
)
def test_english_has_its_own_marks_and_no_spaces(typed: str, printed: str) -> None:
    assert typeset_text(typed, "en") == printed


@pytest.mark.parametrize("lang", ["de", "es", "fro", "", "x"])
def test_other_languages_stay_as_they_are(lang: str) -> None:
    assert typeset_text('"Bonjour" ! l\'été...', lang) == '"Bonjour" ! l\'été...'


@pytest.mark.parametrize("lang", ["fr", "fr-ca", "FR", "fr_BE"])
def test_every_french_is_french(lang: str) -> None:
    assert typeset_text("Oui !", lang) == f"Oui{NARROW}!"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("<p>Bonjour <b>Marie</b> !</p>", "<p>Bonjour <b>Marie</b>_!</p>"),
        ("<p><b>Marie </b>!</p>", "<p><b>Marie</b>_!</p>"),
        ('<p>"<em>mot</em>"</p>', "<p>«_<em>mot</em>_»</p>"),
        ("<p>l'<em>été</em></p>", "<p>l’<em>été</em></p>"),
        ("<p><code>a : b !</code> : ok</p>", "<p><code>a : b !</code>_: ok</p>"),
        ('<p>un "mot</p><p>seul"</p>', '<p>un "mot</p><p>seul"</p>'),
        ("<p>AT&amp;T ; &lt;b&gt; : &amp;</p>", "<p>AT&amp;T_; &lt;b&gt;_: &amp;</p>"),
        ("<p>&quot;oui&quot;&nbsp;!</p>", "<p>«_oui_»_!</p>"),
        ('<p title="a : b !"><a href="x?y : z">oui !</a></p>', '<p title="a : b !"><a href="x?y : z">oui_!</a></p>'),
        ("<p>oui !<br>\"non\"</p>", "<p>oui_!<br>«_non_»</p>"),
        ("<pre><code>\"x\" ; l'y</code></pre><kbd>:</kbd>", "<pre><code>\"x\" ; l'y</code></pre><kbd>:</kbd>"),
    ],
)  # fmt: skip
def test_html_is_set_across_its_tags_and_never_within_them(typed: str, printed: str) -> None:
    assert typeset(typed, "fr").replace(NARROW, "_") == printed


_SIGNS = st.text(alphabet="ab5 '\"«»“”!?;:.,()[]/-_@%&…\u00a0\u202f\n\ue000\ue001\ufffc", max_size=40)


@given(_SIGNS, st.sampled_from(["fr", "en"]))
def test_setting_a_text_twice_changes_nothing(text: str, lang: str) -> None:
    once = typeset_text(text, lang)
    assert typeset_text(once, lang) == once


@given(_SIGNS, st.sampled_from(["fr", "en"]))
def test_no_letter_or_digit_is_ever_lost(text: str, lang: str) -> None:
    assert re.findall(r"\w", typeset_text(text, lang)) == re.findall(r"\w", text)


_TEXTS = st.text(alphabet="ab '\"«»!?;:.", max_size=8)
_PIECES = st.one_of(
    _TEXTS,
    st.builds("<code>{}</code>".format, _TEXTS),
    st.builds("<b>{}</b>".format, _TEXTS),
    st.sampled_from(["<br>", "</p><p>", "&amp;", "&lt;", '<img src="a" alt="b !">']),
)


@given(st.lists(_PIECES, max_size=10).map(lambda pieces: f"<p>{''.join(pieces)}</p>"), st.sampled_from(["fr", "en"]))
def test_tags_and_code_are_never_touched(html: str, lang: str) -> None:
    done = typeset(html, lang)
    assert re.findall(r"<code>.*?</code>|<[^>]*>", done) == re.findall(r"<code>.*?</code>|<[^>]*>", html)
    assert typeset(done, lang) == done
