"""The policy and the other headers, by the rules that hosts and browsers read them by."""

from __future__ import annotations

import pytest

from veillee.render.discovery.headers import content_policy, headers, render_apache, render_netlify, render_nginx


def rules_of(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (rule.split() for rule in policy.split("; "))}


def test_nothing_is_allowed_that_is_not_named() -> None:
    rules = rules_of(content_policy())
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    allowed = {value for name, values in rules.items() for value in values}
    assert allowed == {"'none'", "'self'", "'wasm-unsafe-eval'"}


def test_hosts_are_allowed_for_pictures_and_recordings_alone() -> None:
    rules = rules_of(content_policy(["images.example.org"]))
    having = {name for name, values in rules.items() if "https://images.example.org" in values}
    assert having == {"img-src", "media-src"}


def test_what_a_meta_element_cannot_do_is_left_out() -> None:
    assert "frame-ancestors" not in content_policy(is_meta=True)


@pytest.mark.parametrize("is_https", [True, False])
def test_https_is_kept_to_where_the_site_has_it(is_https: bool) -> None:
    assert ("Strict-Transport-Security" in dict(headers(is_https=is_https))) == is_https


def test_each_host_gets_every_header() -> None:
    said = headers(is_https=True)
    files = (render_netlify(said).decode(), render_apache(said).decode(), render_nginx(said, root="/srv", host="x"))
    for text in files:
        assert [name for name, value in said if name not in text or value not in text] == []


def test_old_addresses_are_redirected_by_servers_that_can() -> None:
    pairs = [("/old", "/new.html")]
    assert 'RedirectPermanent "/old" "/new.html"' in render_apache((), pairs).decode()
    assert 'location = "/old" { return 301 "/new.html"; }' in render_nginx((), pairs, root="/srv", host="x")
