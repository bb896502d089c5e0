"""Findings: merged over languages, in an order, as faults and as JSON."""

from __future__ import annotations

from veillee.preflight.finding import Check, Finding, Severity, errors_in, merged


def a_finding(severity: Severity = Severity.WARNING, check: Check = Check.LINKS, **changes: object) -> Finding:
    given = {"path": "a.md", "found": "a fault", "languages": ("fr",), **changes}
    return Finding(severity, check, **given)  # type: ignore[arg-type]


def test_what_two_languages_share_is_said_once() -> None:
    found = merged([a_finding(), a_finding(languages=("en",)), a_finding(found="another")])
    assert [(one.found, one.languages) for one in found] == [("a fault", ("fr", "en")), ("another", ("fr",))]


def test_the_worst_comes_first() -> None:
    note, error = a_finding(Severity.NOTE), a_finding(Severity.ERROR, Check.SETUP)
    assert [one.severity for one in merged([note, a_finding(), error])] == ["error", "warning", "note"]
    assert errors_in([note, error]) == (error,)


def test_a_finding_is_a_line_and_a_fault() -> None:
    one = a_finding(line=3, allowed="b", todo="c")
    assert str(one) == "a.md:3: a fault; b; c"
    assert str(one.as_fault()) == str(one)
    assert one.as_plain()["message"] == str(one)


def test_a_finding_says_nothing_to_a_terminal() -> None:
    assert a_finding(found="a\x1b[31m\nb\u202ec").found == "a [31m b c"


def test_every_check_has_its_sentence() -> None:
    assert all(check.says.endswith(".") for check in Check)
    assert [check for check in Check if check.is_of_the_operator] == [Check.DNS, Check.SETUP]
