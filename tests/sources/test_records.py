"""Posts in YAML files, answers, and that nothing is lost in silence whatever a file holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.reading import LENIENT, STRICT, faults_of, post_of, read
from veillee.sources.posts import PostsRead, parse_posts, read_posts

# YAML files


def test_a_list_gives_its_good_posts_and_names_the_others() -> None:
    result = read(
        """\
        - author: amina
          date: 2026-11-20
          body: One
        - author: amina
          date: 2026-02-31
          body: Two
        - body: Three
          date: 2026-11-21
          body: again
        - just text
        - date: 2026-11-22
          body: |

            Four: a *longer* text, which has more words in it than a title can hold.
        """,
        "buzz/week.yaml",
    )
    assert [post.title for post in result.posts] == [
        "One",
        "Four: a longer text, which has more words in it than a…",
    ]
    assert [post.line for post in result.posts] == [1, 11]
    assert result.posts[1].body_line == 14
    assert [str(fault).split(";")[0] for fault in result.faults] == [
        'buzz/week.yaml:5: date "2026-02-31" is not a date',
        'buzz/week.yaml:9: "body" is here a second time (first in line 7)',
        'buzz/week.yaml:10: a post is "just text"',
    ]


def test_a_question_with_answers() -> None:
    post = post_of(
        """\
        title: How?
        author: amina
        date: 2026-11-20
        answers:
          - {author: leo, date: 2026-11-21, body: So., accepted: true}
          - author: bob
            date: 2026-11-22 10:00
            body: |
              Or so.
        """,
        "questions/how.yaml",
    )
    assert [(answer.author_name, answer.body, answer.is_accepted, answer.line) for answer in post.answers] == [
        ("leo", "So.", True, 5),
        ("bob", "Or so.", False, 9),
    ]
    assert post.header == "record"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("[{author: l, date: 2026-11-21, body: a, accepted: 1}, {author: b, date: 2026-11-22, body: b, accepted: 1}]",
         "a second answer is accepted"),
        ("[{date: 2026-11-21, body: a}]", "an answer has no author"),
        ("[{author: [leo, amina], date: 2026-11-21, body: a}]", "an answer has several authors"),
        ("[{author: leo, date: 2026-11-21}]", "an answer has no body"),
        ("[{author: leo, date: never, body: a}]", 'date "never" is not a date'),
        ("[{autor: leo, author: leo, date: 2026-11-21, body: a}]", 'our key is "author"'),
        ("[yes]", 'an answer is "yes"'),
        ("yes", 'answers is "yes"'),
    ],
)  # fmt: skip
def test_answers_that_are_not_whole_are_named(answers: str, words: str) -> None:
    faults = faults_of(f"title: How?\ndate: 2026-11-20\nanswers: {answers}\n", "q.yaml")
    assert len(faults) == 1
    assert words in faults[0]


def test_an_answer_without_a_date_or_before_its_question_is_a_fault_where_rules_are_strict() -> None:
    undated = "title: How?\ndate: 2026-11-20\nauthor: amina\nanswers: [{author: leo, body: a}]\n"
    early = "title: How?\ndate: 2026-11-20\nauthor: amina\nanswers: [{author: leo, date: 2026-11-19, body: a}]\n"
    assert post_of(undated, "q.yaml").answers[0].answered_at == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert "an answer has no date" in faults_of(undated, "q.yaml", STRICT)[0]
    assert post_of(early, "q.yaml").answers
    assert "older than its question" in faults_of(early, "q.yaml", STRICT)[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# nothing\n", "the file holds no post"),
        ("[]", "the list is empty"),
        ("{}", "a post without a title and without a text"),
        ("just text", 'a post is "just text"'),
        ("- date: 2026-11-20\n  author: amina", "a post without a title and without a text"),
        ("a: b: c", "a colon and a space"),
        ("a: !!python/object/apply:os.system [ls]", "unknown tag"),
    ],
)
def test_a_yaml_file_without_a_post_is_named(text: str, words: str) -> None:
    assert words in "\n".join(faults_of(text, "2026-11-20.yaml"))


# Nothing is lost


def is_accounted_for(result: PostsRead) -> bool:
    return bool(result.posts or result.faults) and all(fault.line >= 0 for fault in result.faults)


@given(st.binary(max_size=300), st.sampled_from([".md", ".yaml"]), st.booleans())
def test_random_bytes_are_posts_or_faults(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, suffix: str, strict: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / f"fuzz{suffix}"
    path.write_bytes(raw)
    assert is_accounted_for(read_posts(path, shown=path.name, rules=STRICT if strict else LENIENT))


_WORDS = st.sampled_from(
    [
        "title", "date", "author", "tags", "answers", "body", "image", "status", "draft", "published", ": ", "- ", "\n",
        "  ", "{", "}", "[", "]", "|", "#", "2026-11-20", "x", '"', "'", "&a ", "*a", "<<", "!", "---\n", "+++\n", " =",
        "\t", ",",
    ]
)  # fmt: skip


@given(
    st.lists(_WORDS, max_size=30).map("".join),
    st.sampled_from(["a.md", "a.yaml"]),
    st.sampled_from(["---\n", "+++\n", "", "Title: x\n"]),
)
def test_random_heads_are_posts_or_faults(text: str, shown: str, opening: str) -> None:
    result = parse_posts(opening + text, shown=shown, rules=LENIENT, are_records=shown.endswith("yaml"))
    assert is_accounted_for(result)


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text.strip() and "\ufeff" not in text)
)
def test_any_printable_title_in_quotes_comes_back(title: str) -> None:
    quoted = "'" + title.replace("'", "''") + "'"
    assert post_of(f"---\ntitle: {quoted}\n---\nText").title == " ".join(title.split())
