"""The key: given, or made once for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from veillee.errors import ConfigurationError, SourceError
from veillee.keys import Keys, load_keys


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "var", given=None)
    assert load_keys(tmp_path / "var", given=None) == first
    assert len(first.current) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert load_keys(tmp_path / "a", given=None) != load_keys(tmp_path / "b", given=None)


def test_a_given_key_wins_and_nothing_is_written(tmp_path: Path) -> None:
    assert load_keys(tmp_path, given="a long and random text") == Keys(b"a long and random text")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["", "short"])
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigurationError, match="VEILLEE_SECRET"):
        load_keys(tmp_path, given=given)


def test_a_key_file_that_was_emptied_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    with pytest.raises(ConfigurationError, match="secret"):
        load_keys(tmp_path, given=None)


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(SourceError, match="secret"):
        load_keys(tmp_path / "var", given=None)


def test_a_key_of_before_is_believed_and_does_not_sign(tmp_path: Path) -> None:
    made = load_keys(tmp_path, given=None)
    keys = load_keys(tmp_path, given="a long and random text", past="one-more-that-is-long")
    assert keys.current == b"a long and random text"
    assert made.current in keys.past


def test_keys_in_the_file_stand_the_newest_first(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the newest key of all\n\nthe key before the newest\n")
    keys = load_keys(tmp_path, given=None)
    assert keys.every == (b"the newest key of all", b"the key before the newest")


def test_past_keys_are_words_between_spaces_and_commas(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, given="the-key-of-this-year", past="the-key-of-last-year, the-key-before-that")
    assert keys.past == (b"the-key-of-last-year", b"the-key-before-that")
