"""Pictures without a description are named by a check, and those without one on purpose are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.building import settings_of, write_site
from tests.site.incremental.sites import picture
from veillee.site.checking import check_site

HEAD = "title: Night\ndate: 2026-11-02\n"


def notes_of(folder: Path, files: dict[str, str | bytes]) -> list[str]:
    write_site(folder, {"images/dot.png": picture(7), **files})
    report = check_site(settings_of(folder))
    assert report.faults == ()
    return [note.partition("content/")[2].partition("; ")[0] for note in report.notes if "no description" in note]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"---\n{HEAD}image: images/dot.png\n---\nText.\n", 4),
        (f"---\n{HEAD}---\nText.\n\n![](../images/dot.png)\n", 7),
        (f"---\n{HEAD}---\nText.\n\n![]({{static}}/images/dot.png)\n", 7),
        (f'---\n{HEAD}---\nText.\n\n<img src="../images/dot.png">\n', 7),
    ],
)
def test_a_picture_without_a_description_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (found,) = notes_of(tmp_path, {"stories/night.md": text})
    assert found.startswith(f"stories/night.md:{line}: the picture") and found.endswith("has no description")


def test_a_picture_in_an_answer_is_named_too(tmp_path: Path) -> None:
    question = "title: Q\ndate: 2026-11-02\nbody: x\nanswers:\n  - author: amina\n    date: 2026-11-03\n"
    files = {"questions/q.yaml": f"{question}    body: |\n      ![](/images/dot.png)\n"}
    assert notes_of(tmp_path, files) == ['questions/q.yaml:8: the picture "dot.png" has no description']


@pytest.mark.parametrize(
    "text",
    [
        f'---\n{HEAD}image: images/dot.png\nimage_alt: ""\n---\nText.\n',
        f"---\n{HEAD}image: images/dot.png\nimage_alt: A dot\n---\n![A dot](../images/dot.png)\n",
        f'---\n{HEAD}---\n<img src="../images/dot.png" alt="">\n',
    ],
)
def test_a_description_that_is_there_or_is_empty_on_purpose_is_no_matter(tmp_path: Path, text: str) -> None:
    assert notes_of(tmp_path, {"stories/night.md": text}) == []
