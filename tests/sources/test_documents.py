"""Files that are UTF-8 text of a sensible size, and those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from veillee.errors import Fault
from veillee.sources.documents import read_text, text_of


def fault_of(raw: bytes) -> str:
    result = text_of(raw, shown="a.md")
    assert isinstance(result, Fault)
    return str(result)


def test_a_byte_order_mark_and_foreign_line_ends_are_taken_off() -> None:
    assert text_of(b"\xef\xbb\xbf---\r\ntitle: a\r\n---\rx", shown="a") == "---\ntitle: a\n---\nx"


def test_latin_1_is_named_with_the_line_of_its_first_letter() -> None:
    message = fault_of("title: a\nbody: déjà\n".encode("latin-1"))
    assert message.startswith("a.md:2: the text is not UTF-8")
    assert '"é" in Latin-1' in message
    assert message.endswith("save the file again with the encoding UTF-8")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_no_text(codec: str) -> None:
    assert fault_of("title: é".encode(codec)).startswith("a.md:1: ")


@pytest.mark.parametrize("raw", [b"", b"\n", b"  \n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_named(raw: bytes) -> None:
    assert "the file is empty" in fault_of(raw)


def test_a_file_of_ten_megabytes_is_named_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.md"
    with path.open("wb") as file:
        file.truncate(10_000_000)
    fault = read_text(path, shown="big.md")
    assert "big.md: the file holds 10.0 MB; at most 2 MB of text" in str(fault)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "No such file" in str(read_text(tmp_path / "no.md", shown="no.md"))


def test_a_zero_byte_is_named_with_its_line() -> None:
    assert fault_of(b"a\nb\x00c").startswith("a.md:2: a zero byte")
