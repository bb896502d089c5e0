"""`veillee subscribers`: lists in and out, on a site that has nothing of ours but the plugin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.cli.mail_sites import PEOPLE, MailSite, bare_site
from veillee.audience.leaving import leave
from veillee.audience.tokens import Leaving
from veillee.database import open_database

__all__ = ["bare_site"]


def load(site: MailSite, text: str = PEOPLE, *options: str) -> None:
    site.ok("subscribers", "import", site.write("people.csv", text), *options)


def test_a_list_goes_in_and_importing_it_twice_changes_nothing(bare_site: MailSite) -> None:
    name = bare_site.write("people.csv", PEOPLE)
    first = bare_site.ok("subscribers", "import", name)
    assert first.out == "3 new, 0 changed, 0 unchanged, 0 stay out, 0 refused.\n"
    again = bare_site.ok("subscribers", "import", name, "--json")
    assert again.json == {
        "is_applied": True,
        "new": 0,
        "changed": 0,
        "unchanged": 3,
        "stay_out": 0,
        "refused": 0,
        "kept_out": [],
        "still_left": [],
        "faults": [],
        "notes": [],
    }


def test_rows_with_problems_are_named_and_the_others_stored(bare_site: MailSite) -> None:
    name = bare_site.write("people.csv", "address,topics\na@example.org,sql\nnobody,\nb@example.org,x\x07y\n")
    ran = bare_site.run("subscribers", "import", name)
    assert ran.exit_code == 1
    assert ran.out.startswith("1 new, 0 changed, 0 unchanged, 0 stay out, 2 refused.\n")
    assert 'people.csv:3: "nobody" is not an address; ' in ran.err
    assert "people.csv:4: the topics holds the control character U+0007; " in ran.err


def test_strict_stores_nothing_beside_a_problem(bare_site: MailSite) -> None:
    name = bare_site.write("people.csv", "address\na@example.org\nnobody\n")
    ran = bare_site.run("subscribers", "import", name, "--strict")
    assert ran.exit_code == 1
    assert ran.out.startswith("Nothing was imported")
    assert bare_site.ok("subscribers", "list", now=None).out == ""


def test_a_file_that_is_no_list_imports_nothing(bare_site: MailSite) -> None:
    ran = bare_site.run("subscribers", "import", bare_site.write("people.csv", "nom;langue\nAmina;fr\n"))
    assert ran.exit_code == 1
    assert "people.csv:1: no column address" in ran.err
    assert not (bare_site.folder / "var").exists()


def test_digests_of_the_list_must_exist(bare_site: MailSite) -> None:
    ran = bare_site.run("subscribers", "import", bare_site.write("p.csv", "address,digests\na@example.org,wekly\n"))
    assert "did you mean weekly?" in ran.err


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ((), ["amina@example.org", "zoe.b@bücher.example", "omar@example.net"]),
        (("--lang", "en"), ["omar@example.net"]),
        (("--digest", "weekly", "--lang", "fr"), ["amina@example.org", "zoe.b@bücher.example"]),
    ],
)
def test_the_list_is_shown_as_asked(bare_site: MailSite, options: tuple[str, ...], wanted: list[str]) -> None:
    load(bare_site)
    ran = bare_site.ok("subscribers", "list", *options, "--json", now=None)
    assert [one["address"] for one in ran.json] == wanted
    lines = bare_site.ok("subscribers", "list", *options, now=None).out.splitlines()
    assert [line.split("  ")[0] for line in lines] == wanted


def test_a_list_for_people_says_what_each_chose(bare_site: MailSite) -> None:
    load(bare_site, "address,name,lang,topics,digests\na@example.org,Ana,fr,sql|css,weekly\n")
    ran = bare_site.ok("subscribers", "list", now=None)
    assert ran.out == "a@example.org  Ana  fr  digests: weekly  topics: css, sql\n"
    assert ran.err == "1 subscriber.\n"


def test_an_empty_list_says_how_to_begin(bare_site: MailSite) -> None:
    assert "veillee subscribers import" in bare_site.ok("subscribers", "list", now=None).err


def test_a_segment_with_a_state_looks_at_all_of_them(bare_site: MailSite) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "remove", "amina@example.org")
    ran = bare_site.ok("subscribers", "list", "--where", "state=unsubscribed", now=None)
    assert ran.out.startswith("amina@example.org")
    ran = bare_site.ok("subscribers", "export", "--where", "state=unsubscribed", now=None)
    assert ran.out.splitlines()[1].startswith("amina@example.org")


def test_a_digest_that_is_not_there_is_named(bare_site: MailSite) -> None:
    ran = bare_site.run("subscribers", "list", "--digest", "wekly", now=None)
    assert (ran.exit_code, ran.err) == (2, 'there is no digest "wekly"; there are: questions, weekly')


def test_who_is_removed_stays_out_of_every_later_list(bare_site: MailSite) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "remove", "AMINA@example.org")
    ran = bare_site.ok("subscribers", "import", "people.csv")
    assert ran.out.startswith("0 new, 0 changed, 2 unchanged, 1 stay out")
    assert "people.csv:2: amina@example.org is unsubscribed, and stays so" in ran.err
    assert "amina" not in bare_site.ok("subscribers", "list", now=None).out
    assert (
        "amina@example.org  Amina Diallo  fr  (unsubscribed)"
        in bare_site.ok("subscribers", "list", "--all", now=None).out
    )


def test_who_left_comes_back_by_their_own_wish_only(bare_site: MailSite) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "remove", "amina@example.org")
    refused = bare_site.run("subscribers", "add", "amina@example.org")
    assert refused.exit_code == 2
    assert "add --again" in refused.err
    assert "gets mail again" in bare_site.ok("subscribers", "add", "amina@example.org", "--again").out
    assert "amina@example.org" in bare_site.ok("subscribers", "list", now=None).out


def leave_weekly(site: MailSite) -> None:
    url = f"sqlite:///{site.folder / 'var' / 'veillee.sqlite3'}"
    with open_database(url) as database, database.writing() as connection:
        leave(connection, Leaving(1, "weekly"), digest_ids=("questions", "weekly"), now=datetime.now(UTC))


def test_a_digest_that_was_left_is_shown_and_comes_back_by_wish_only(bare_site: MailSite) -> None:
    bare_site.ok("subscribers", "add", "bo@example.org")
    leave_weekly(bare_site)
    assert bare_site.ok("subscribers", "list", now=None).out == "bo@example.org  left: weekly\n"
    refused = bare_site.run("subscribers", "add", "bo@example.org", "--digest", "weekly", "--name", "Bo")
    assert (refused.exit_code, "add --again" in refused.err) == (2, True)
    bare_site.ok("subscribers", "add", "bo@example.org", "--again", "--digest", "questions")
    assert "digests: questions  left: weekly" in bare_site.ok("subscribers", "list", now=None).out
    bare_site.ok("subscribers", "add", "bo@example.org", "--again", "--digest", "weekly")
    assert bare_site.ok("subscribers", "list", now=None).out == "bo@example.org  digests: questions, weekly\n"


def test_who_left_one_of_all_digests_gets_all_again(bare_site: MailSite) -> None:
    for options in (("--again",), ("--again", "--digest", "weekly")):
        bare_site.ok("subscribers", "add", "bo@example.org", "--again")
        leave_weekly(bare_site)
        bare_site.ok("subscribers", "add", "bo@example.org", *options)
        assert bare_site.ok("subscribers", "list", now=None).out == "bo@example.org\n"


def test_one_is_added_changed_and_left_as_it_was(bare_site: MailSite) -> None:
    words = [
        bare_site.ok("subscribers", "add", "bo@example.org", *options).out
        for options in (("--lang", "fr", "--topic", "sql", "--topic", "css"), ("--name", "Bo"), ("--name", "Bo"))
    ]
    assert words == [f"bo@example.org: {word}.\n" for word in ("added", "changed", "as it was")]
    assert bare_site.ok("subscribers", "list", now=None).out == "bo@example.org  Bo  fr  topics: css, sql\n"


@pytest.mark.parametrize("command", ["add", "remove"])
def test_what_is_no_address_is_refused(bare_site: MailSite, command: str) -> None:
    ran = bare_site.run("subscribers", command, "nobody")
    assert ran.exit_code == 2
    assert "row" not in ran.err  # there is no file to mend
    assert '"nobody" is not an address' in ran.err


def test_a_list_that_cannot_be_read_is_told_apart_from_a_post(bare_site: MailSite) -> None:
    ran = bare_site.run("subscribers", "import", bare_site.write("empty.csv", ""))
    assert "the first line names the columns" in ran.err
    (bare_site.folder / "old.csv").write_bytes("address;name\r\na@example.org;René\r\n".encode("cp1252"))
    assert 'from a spreadsheet as "CSV UTF-8"' in bare_site.run("subscribers", "import", "old.csv").err


def test_who_never_subscribed_cannot_be_removed(bare_site: MailSite) -> None:
    assert bare_site.run("subscribers", "remove", "a@example.org").exit_code == 2


def shown(site: MailSite, *options: str) -> list[dict[str, object]]:
    return site.ok("subscribers", "list", "--all", "--json", *options, now=None).json  # type: ignore[no-any-return]


def test_everything_that_somebody_asked_for_is_kept(bare_site: MailSite) -> None:
    wishes = ("--frequency", "hebdo", "--timezone", "europe/paris", "--stream", "buzz", "--consent", "Oui, la lettre")
    bare_site.ok("subscribers", "add", "bo@example.org", "--topic", "sql, css", *wishes)
    (one,) = shown(bare_site)
    assert (one["frequency"], one["timezone"], one["streams"]) == ("week", "Europe/Paris", ["buzz"])
    assert one["topics"] == ["css", "sql"]
    assert (one["consent_how"], one["consent_text"]) == ("added by hand", "Oui, la lettre")
    assert one["consent_at"] == one["subscribed_at"]


def test_consent_is_written_down_for_who_is_new_and_not_again_for_a_change(bare_site: MailSite) -> None:
    bare_site.ok("subscribers", "add", "bo@example.org")
    (before,) = shown(bare_site)
    assert before["consent_how"] == "added by hand"
    bare_site.ok("subscribers", "add", "bo@example.org", "--name", "Bo", now="2027-01-01T08:00")
    (after,) = shown(bare_site)
    assert after == {**before, "name": "Bo"}


def test_who_is_taken_back_with_a_slip_stays_out(bare_site: MailSite) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "remove", "amina@example.org")
    assert bare_site.run("subscribers", "add", "amina@example.org", "--again", "--lang", "français").exit_code == 2
    assert shown(bare_site)[0]["state"] == "unsubscribed"


def test_a_pause_ends_when_its_owner_says_so(bare_site: MailSite) -> None:
    load(bare_site)
    assert "resume amina@example.org" in bare_site.ok("subscribers", "pause", "amina@example.org").out
    assert bare_site.run("subscribers", "pause", "amina@example.org").exit_code == 2
    woken = bare_site.ok("subscribers", "import", bare_site.write("w.csv", "address,state\namina@example.org,active\n"))
    assert "w.csv:2: amina@example.org is paused, and stays so" in woken.err
    fate = bare_site.ok("subscribers", "resume", "amina@example.org", "--json").json
    assert fate == {"address": "amina@example.org", "fate": "gets mail again"}
    assert shown(bare_site)[0]["state"] == "active"


def test_a_list_names_the_digests_that_stay_left(bare_site: MailSite) -> None:
    load(bare_site, "address,left\na@example.org,weekly\n")
    name = bare_site.write("again.csv", "address,digests,name\na@example.org,weekly,Ana\n")
    ran = bare_site.ok("subscribers", "import", name)
    assert "again.csv:2: a@example.org left weekly, and keeps out of it" in ran.err
    refused = bare_site.run("subscribers", "add", "a@example.org", "--digest", "weekly", "--name", "Anabel")
    assert "add --again" in refused.err
    (one,) = shown(bare_site)
    assert (one["name"], one["digests"], one["left"]) == ("Ana", [], ["weekly"])
    bare_site.ok("subscribers", "add", "a@example.org", "--digest", "weekly", "--again")
    assert shown(bare_site)[0]["left"] == []


@pytest.mark.parametrize("name", ["people.csv", "people.yaml"])
def test_an_export_is_imported_elsewhere_to_the_same_effect(bare_site: MailSite, name: str) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "add", "eve@example.net", "--name", "=HYPERLINK(1)", "--frequency", "month")
    bare_site.ok("subscribers", "remove", "amina@example.org")
    before = shown(bare_site)
    (bare_site.folder / "people.csv").unlink()
    bare_site.ok("subscribers", "export", name, "--all", now=None)
    assert (bare_site.folder / name).stat().st_mode & 0o077 == 0
    same = bare_site.ok("subscribers", "import", name)
    assert same.out.startswith("0 new, 0 changed, 4 unchanged, 0 stay out")
    (bare_site.folder / "var" / "veillee.sqlite3").unlink()
    bare_site.ok("subscribers", "import", name, now="2027-01-01T08:00")
    assert shown(bare_site) == before


def test_an_export_is_printed_as_csv(bare_site: MailSite) -> None:
    load(bare_site)
    printed = bare_site.ok("subscribers", "export", "--where", "lang=en", now=None).out
    assert printed.splitlines()[1].startswith("omar@example.net,عمر,en,")
    assert len(printed.splitlines()) == 2


def test_a_segment_with_a_slip_is_pointed_at(bare_site: MailSite) -> None:
    ran = bare_site.run("subscribers", "list", "--where", "lnag=fr", now=None)
    assert ran.exit_code == 2
    assert "did you mean lang?" in ran.err
    assert ran.err.splitlines()[-1].strip() == "^"


def test_who_is_erased_is_asked_for_once_and_never_comes_back_by_a_list(bare_site: MailSite) -> None:
    load(bare_site)
    refused = bare_site.run("subscribers", "erase", "amina@example.org")
    assert (refused.exit_code, "--yes" in refused.err) == (2, True)
    ran = bare_site.ok("subscribers", "erase", "AMINA@example.org", "--yes")
    assert "What this cannot reach: " in ran.err
    files = [path for path in (bare_site.folder / "var").iterdir() if path.name.startswith("veillee")]
    assert not any(b"amina@" in path.read_bytes() for path in files)
    again = bare_site.ok("subscribers", "import", "people.csv")
    assert "people.csv:2: amina@example.org is erased, and stays so" in again.err
    assert bare_site.run("subscribers", "add", "amina@example.org").exit_code == 2
    assert "erased already" in bare_site.ok("subscribers", "erase", "amina@example.org", "--yes").out
    assert "added" in bare_site.ok("subscribers", "add", "amina@example.org", "--again").out
    assert bare_site.ok("subscribers", "import", "people.csv").out.startswith(
        "0 new, 1 changed, 2 unchanged, 0 stay out"
    )


def test_without_the_key_of_an_erasure_nothing_is_imported(
    bare_site: MailSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "erase", "amina@example.org", "--yes")
    (bare_site.folder / "var" / "secret").unlink()
    monkeypatch.setenv("VEILLEE_SECRET", "another key that is long enough")
    ran = bare_site.run("subscribers", "import", "people.csv")
    assert ran.exit_code == 3
    assert "VEILLEE_SECRET_PAST" in ran.err


def test_nobody_is_erased_by_a_slip(bare_site: MailSite) -> None:
    load(bare_site)
    assert bare_site.run("subscribers", "erase", "anima@example.org", "--yes").exit_code == 2


def test_who_asks_for_a_state_is_shown_it(bare_site: MailSite) -> None:
    load(bare_site)
    bare_site.ok("subscribers", "pause", "amina@example.org")
    assert "amina@" not in bare_site.ok("subscribers", "list", now=None).out
    for segment in ("state=paused", "lang=fr and not (state=active or name=x)"):
        found = bare_site.ok("subscribers", "list", "--where", segment, "--json", now=None).json
        assert [one["address"] for one in found] == ["amina@example.org"]
        assert "amina@" in bare_site.ok("subscribers", "export", "--where", segment, now=None).out
    assert bare_site.ok("subscribers", "list", "--where", "state=bounced", "--json", now=None).json == []


def test_a_slip_in_a_wish_names_what_is_meant(bare_site: MailSite) -> None:
    ran = bare_site.run("subscribers", "add", "a@example.org", "--frequency", "weakly", "--timezone", "Paris")
    assert ran.exit_code == 2
    assert "did you mean weekly?" in ran.err
    assert "did you mean Europe/Paris?" in ran.err
