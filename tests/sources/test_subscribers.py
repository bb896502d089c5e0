"""Lists of subscribers as people keep them: separators, names of columns, encodings, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from veillee.errors import Fault
from veillee.model import RawSubscriber
from veillee.sources.subscribers import SubscribersRead, read_subscribers


def read(folder: Path, content: str | bytes, name: str = "people.csv") -> SubscribersRead:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_subscribers(path, shown=name)


def good(read: SubscribersRead) -> list[RawSubscriber]:
    assert read.faults == ()
    rows = list(read.rows)
    assert all(isinstance(row, RawSubscriber) for row in rows), rows
    return rows


def faults(read: SubscribersRead) -> list[str]:
    return [str(fault) for fault in (*read.faults, *(row for row in read.rows if isinstance(row, Fault)))]


def test_each_column_lands_in_its_field(tmp_path: Path) -> None:
    rows = good(
        read(
            tmp_path,
            "address,name,lang,topics,digests,streams\n"
            'amina@example.org,Amina Diallo,fr,"sql, python",weekly,buzz|questions\n',
        )
    )
    assert rows == [
        RawSubscriber(
            path="people.csv",
            line=2,
            address="amina@example.org",
            name="Amina Diallo",
            lang="fr",
            digests=("weekly",),
            topics=("sql", "python"),
            streams=("buzz", "questions"),
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "address,name\na@example.org,Ana\n",
        "address;name\na@example.org;Ana\n",
        "address\tname\na@example.org\tAna\n",
        "\ufeffAddress,Name\r\na@example.org,Ana\r\n",
        "sep=;\nADRESSE;Nom\na@example.org;Ana",
        "\n\n E-mail , full  name\n\na@example.org,Ana\n\n",
    ],
)
def test_a_list_is_read_whatever_program_wrote_it(tmp_path: Path, text: str) -> None:
    (row,) = good(read(tmp_path, text))
    assert (row.address, row.name) == ("a@example.org", "Ana")


def test_a_column_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    (row,) = good(read(tmp_path, "address,name\na@example.org,\n"))
    assert row.name == ""
    assert row.topics is None


def test_lines_are_those_of_the_file_even_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    rows = good(read(tmp_path, 'address,notes\na@example.org,"two\nlines"\n\nb@example.org,\n'))
    assert [(row.address, row.line) for row in rows] == [("a@example.org", 2), ("b@example.org", 5)]


def test_a_quote_that_is_not_closed_costs_one_row_only(tmp_path: Path) -> None:
    text = 'address,name\na@example.org,"Ana\nb@example.org,Bo\nc@example.org,"C"\nd@example.org,D\n'
    rows = list(read(tmp_path, text).rows)
    assert [row.address for row in rows if isinstance(row, RawSubscriber)] == [
        "b@example.org",
        "c@example.org",
        "d@example.org",
    ]
    assert faults(read(tmp_path, text)) == [
        'people.csv:2: a cell goes on after its closing quote; write a quote inside of quotes twice: ""'
    ]


def test_a_file_of_open_quotes_is_read_in_time_and_names_each(tmp_path: Path) -> None:
    text = "address\n" + '"a@example.org\n' * 2001
    assert len(faults(read(tmp_path, text))) >= 1000


def test_a_cell_of_ten_megabytes_costs_its_row_alone(tmp_path: Path) -> None:
    rows = list(read(tmp_path, "address,name\na@example.org," + "x" * 10_000_000 + "\nb@example.org,Bo\n").rows)
    assert str(rows[0]).startswith("people.csv:2: a cell is larger than 128 KB")
    assert isinstance(rows[1], RawSubscriber)


def test_a_quote_that_our_export_put_there_is_taken_away(tmp_path: Path) -> None:
    (row,) = good(read(tmp_path, "address,name,topics\na@example.org,'=1+1,\"'=x|'-y|it's\"\n"))
    assert (row.name, row.topics) == ("=1+1", ("=x", "-y", "it's"))


def test_too_many_cells_are_a_fault(tmp_path: Path) -> None:
    assert faults(read(tmp_path, "address,topics\na@example.org,sql,python\n")) == [
        (
            "people.csv:2: 3 cells, where the first line names 2; a cell with the separator in it stands in quotes; "
            'write "a, b"'
        )
    ]


def test_a_slip_in_a_column_name_is_named(tmp_path: Path) -> None:
    (fault,) = faults(read(tmp_path, "address,topcis\na@example.org,sql\n"))
    assert fault.startswith('people.csv:1: "topcis" is not known;')
    assert fault.endswith("did you mean topics?")


def test_a_column_that_is_not_ours_is_said_and_left_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "address,department\na@example.org,IT\n")
    assert len(good(found)) == 1
    (note,) = found.notes
    assert note.startswith('people.csv:1: "department" is not read; what is: address, name, lang, topics, digests,')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "people.csv:1: the file is empty"),
        ("  \n\n", "people.csv:1: the file is empty"),
        ("a@example.org,Ana\n", "people.csv:1: the first line is a row already"),
        ("name,lang\nAna,fr\n", "people.csv:1: no column address"),
        ("address,email\na@example.org,b@example.org\n", 'people.csv:1: two columns are read as "address"'),
        ("address,name\na@example.org,René\n".encode("latin-1"), "people.csv:2:"),
        ("address\na@example.org\n".encode("utf-16"), "people.csv:1:"),
        (b"address\na@example.org\n\0\0\n", "people.csv:3:"),
        ("address,name\na@example.org,Ana\n".encode("utf-16-be"), "people.csv:1: a zero byte"),
        ("address:name\na@example.org:Ana\n", "people.csv:1: no column address"),
        (b"address\n" + b"x" * 16_000_001, "people.csv:2: a line is longer than 16 MB"),
    ],
)
def test_a_file_that_cannot_be_a_list_is_refused_whole(tmp_path: Path, text: str | bytes, message: str) -> None:
    found = read(tmp_path, text)
    assert list(found.rows) == []
    assert len(found.faults) == 1
    assert str(found.faults[0]).startswith(message)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert len(read_subscribers(tmp_path / "none.csv", shown="none.csv").faults) == 1


def test_a_spreadsheet_is_no_list(tmp_path: Path) -> None:
    (fault,) = read(tmp_path, b"PK\x03\x04", name="people.xlsx").faults
    assert 'save the list as "CSV UTF-8"' in str(fault)


YAML = """\
- address: amina@example.org
  name: Amina
  topics: [sql, python]
- {adresse: bo@example.org, langue: fr, sujets: "sql, css"}
- chris@example.org
"""


def test_yaml_says_the_same_as_csv(tmp_path: Path) -> None:
    rows = good(read(tmp_path, YAML, name="people.yaml"))
    assert [(row.address, row.line, row.topics) for row in rows] == [
        ("amina@example.org", 1, ("sql", "python")),
        ("bo@example.org", 4, ("sql", "css")),
        ("chris@example.org", 5, None),
    ]


def test_yaml_below_the_key_subscribers_is_read(tmp_path: Path) -> None:
    rows = good(read(tmp_path, "subscribers:\n- a@example.org\n", name="people.yml"))
    assert [row.address for row in rows] == ["a@example.org"]


def test_each_fault_of_a_yaml_list_has_its_line(tmp_path: Path) -> None:
    text = "- {address: a@example.org, nmae: Ana}\n- [b@example.org]\n- {address: [c@example.org]}\n- d@example.org\n"
    found = read(tmp_path, text, name="people.yaml")
    assert [line.split(";")[0] for line in faults(found)] == [
        'people.yaml:1: "nmae" is not known',
        "people.yaml:2: a list stands where a subscriber is meant",
        "people.yaml:3: address is a list",
    ]
    assert [row.address for row in found.rows if isinstance(row, RawSubscriber)] == ["d@example.org"]


@pytest.mark.parametrize("text", ["a: 1\n", "hello\n", "- a@example.org\n\t- b\n", "{a: [\n"])
def test_yaml_that_is_no_list_is_refused_whole(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text, name="people.yaml")
    assert list(found.rows) == []
    assert found.faults
