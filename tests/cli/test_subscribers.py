"""`veillee subscribers`: lists in and out, on a site that has nothing of ours but the plugin."""

from __future__ import annotations

import pytest

from tests.cli.mail_sites import PEOPLE, MailSite, bare_site

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
