"""Whether the text part says what the HTML says: headings, titles, links and words of both compared -> findings.

Words are compared without case, accents of writing (ligatures, soft hyphens) and punctuation: the text part sets
headings in capitals and breaks lines, and says the same all the same.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from veillee.preflight.finding import Check, Finding, Severity
from veillee.preflight.mail import Mail
from veillee.preflight.page import LEAVING
from veillee.shown import shortened

WARN_SHARE = 0.9
REFUSE_SHARE = 0.5
NAMED = 6

_WORD = re.compile(r"\w+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def find_text_faults(mail: Mail) -> Iterator[Finding]:
    """What a reader of the text part does not learn."""
    place = mail.sources.text_template, 0
    if not _WORD.search(mail.text):
        todo = "write it: copy newsletter.txt from another digest's folder"
        allowed = "filters and programs that show text alone need one"
        yield mail.finding(Severity.ERROR, Check.TEXT, place, "there is no text part", allowed, todo)
        return
    said = words_of(mail.text)
    flowing = f" {' '.join(said)} "
    yield from _missing_headings(mail, flowing)
    yield from _missing_titles(mail, flowing)
    yield from _missing_links(mail)
    yield from _missing_words(mail, frozenset(said))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, so that two ways to write one word are one."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return tuple(_WORD.findall(plain))


def covered_share(html_words: frozenset[str], text_words: frozenset[str]) -> float:
    """Which part of the HTML's different words the text part has, from 0 to 1."""
    return len(html_words & text_words) / len(html_words) if html_words else 1.0


def _missing_headings(mail: Mail, flowing: str) -> Iterator[Finding]:
    titles = {words_of(post.title) for post in mail.composed.posts}
    for heading in mail.page.headings:
        if words_of(heading) not in titles and not _is_said(heading, flowing):
            found = f'the text part lacks the heading "{shortened(heading)}"'
            place = mail.sources.text_template, 0
            yield mail.finding(Severity.WARNING, Check.TEXT, place, found, "", "print it in newsletter.txt too")


def _missing_titles(mail: Mail, flowing: str) -> Iterator[Finding]:
    """Titles that the HTML shows; what it does not show, the text part need not say."""
    shown = f" {' '.join(words_of(mail.page.root.text))} "
    for post in mail.composed.posts:
        if _is_said(post.title, shown) and not _is_said(post.title, flowing):
            found = f'the text part lacks "{shortened(post.title)}"'
            todo = f"print its title in {mail.sources.text_template}"
            yield mail.finding(Severity.WARNING, Check.TEXT, mail.place_of_post(post), found, "", todo)


def _missing_links(mail: Mail) -> Iterator[Finding]:
    whole = html.unescape(mail.text)
    for url in mail.page.links:
        if url.startswith(LEAVING) or not url.startswith(("http://", "https://", "mailto:")):
            continue
        if url not in whole and url.removeprefix("mailto:") not in whole:
            found = f"the text part lacks the link {shortened(url, 70)}"
            in_words = " (mail.introduction_links holds it)" if url in mail.composed.introduction_html else ""
            todo = f"print the address in {mail.sources.text_template}, on a line of its own{in_words}"
            yield mail.finding(Severity.WARNING, Check.TEXT, mail.place_of_url(url), found, "", todo)


def _missing_words(mail: Mail, said: frozenset[str]) -> Iterator[Finding]:
    shown = words_of(mail.page.root.text)
    share = covered_share(frozenset(shown), said)
    if share >= WARN_SHARE:
        return
    missing = sorted({word for word in shown if word not in said}, key=lambda word: (-len(word), word))
    found = f"the text part says {share:.0%} of the words of the HTML; it lacks {', '.join(missing[:NAMED])}"
    allowed = f"{WARN_SHARE:.0%}: a text part that says less counts as a trick of spam"
    severity = Severity.ERROR if share < REFUSE_SHARE else Severity.WARNING
    todo = f"print in {mail.sources.text_template} what the HTML prints"
    yield mail.finding(severity, Check.TEXT, (mail.sources.text_template, 0), found, allowed, todo)


def _is_said(text: str, flowing: str) -> bool:
    return f" {' '.join(words_of(text))} " in flowing or not words_of(text)
