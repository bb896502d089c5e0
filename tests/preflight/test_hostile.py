"""Whatever a member, a feed or a template puts into a mail, the checks end with findings."""

from __future__ import annotations

from html import escape
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.preflight.samples import POST, SITE, a_mail, some_pages
from veillee.cli.digest.mailfacts import skeleton
from veillee.preflight.contrast import find_faint_texts
from veillee.preflight.links import external_links, find_link_faults
from veillee.preflight.output import BuiltSite
from veillee.preflight.pictures import (
    PictureFile,
    find_foreign_hosts,
    find_left_out_pictures,
    find_missing_alts,
    find_picture_faults,
)
from veillee.preflight.placeholders import find_placeholders
from veillee.preflight.subject import find_subject_faults
from veillee.preflight.support import find_support_faults, load_support
from veillee.preflight.text_part import find_text_faults

ADDRESS = st.one_of(
    st.text(alphabet="ab:/[]?#%@.\\ \x00é{}*|,'\"", max_size=30).map(lambda text: f"https://{text}"),
    st.text(alphabet="ab:/[]?#%@.\\ \x00é", max_size=30).map(lambda text: f"{SITE}/{text}"),
    st.text(max_size=30),
)
STYLE = st.text(alphabet="color:#f0;background-url()font-size:1.5epx%; rgba,!important", max_size=60)


@settings(max_examples=150)
@given(ADDRESS, ADDRESS, STYLE, st.text(max_size=40))
def test_hostile_mails_are_only_mails_with_faults(href: str, src: str, style: str, words: str) -> None:
    html = (
        f'<style>p {{ {style} }}</style><h1 style="{escape(style)}">{escape(words)}</h1><a href="{escape(href)}">x</a>'
        f'<img src="{escape(src)}" srcset="{escape(src)}"><p style="{escape(style)}">{escape(words)}</p>'
    )
    introduction = f'<p><a href="{escape(href)}">x</a><img src="{escape(src)}"></p>'
    mail = a_mail(html, words, subject=words, posts=(POST,), introduction_html=introduction)
    a_file = PictureFile("x.png", 1, "png")
    for findings in (
        find_link_faults(mail, some_pages()),
        find_picture_faults(mail, site_url=SITE, find=lambda _: a_file),
        find_missing_alts(mail),
        find_left_out_pictures(mail),
        find_foreign_hosts(mail, site_url=SITE),
        find_text_faults(mail),
        find_subject_faults(mail),
        find_placeholders(mail),
        find_faint_texts(mail),
        find_support_faults(mail, skeleton=skeleton(), support=load_support()),
    ):
        assert [str(finding) for finding in findings if not str(finding).isprintable()] == []
    external_links([mail], SITE)


@given(st.text(max_size=30))
def test_no_path_leads_out_of_the_output_folder(path: str) -> None:
    assert BuiltSite(Path("/nonexistent")).file(path) is None
