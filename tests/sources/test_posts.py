"""Posts of every origin in Markdown: what is read, and what is a fault."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sources.reading import NO_DATE, PARIS, STRICT, faults_of, head, post_of
from veillee.model.post import DigestChoice, Kind, Status, Stream
from veillee.sources.posts import PostRules


def test_a_story_with_every_key_is_read_whole() -> None:
    post = post_of("""\
        ---
        title: La nuit
        date: 2026-11-20 09:00
        author: amina
        kind: story
        stream: buzz
        tags: [onboarding, sql]
        lang: fr
        slug: la-nuit
        summary: Une nuit.
        status: hidden
        story_of_the_week: true
        digest: pin
        teaser: Bientôt
        updated: 2026-11-21
        expires: 2027-01-31
        review_by: 2027-05-01
        image: images/x.jpg
        image_alt: Une lampe
        link: https://a.example
        reactions: {merci: 4, bravo: 2}
        mood: warm
        ---

        Texte.
        """)
    assert (post.title, post.kind, post.stream, post.tags) == (
        "La nuit",
        Kind.STORY,
        Stream.BUZZ,
        ("onboarding", "sql"),
    )
    assert (post.author_names, post.lang, post.slug, post.summary) == (("amina",), "fr", "la-nuit", "Une nuit.")
    assert (post.status, post.digest, post.is_story_of_the_week) == (Status.HIDDEN, DigestChoice.PIN, True)
    assert (post.image, post.image_alt, post.link) == ("images/x.jpg", "Une lampe", "https://a.example")
    assert post.reactions == (("merci", 4), ("bravo", 2))
    assert post.published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert post.expires_at == datetime(2027, 1, 31, 23, tzinfo=UTC)
    assert (post.teaser, post.extra, post.header) == ("Bientôt", {"mood": "warm"}, "yaml")
    assert (post.body, post.body_line, post.line) == ("\nTexte.\n", 24, 2)


# What other programs write


def test_a_jekyll_post() -> None:
    post = post_of(
        """\
        ---
        layout: post
        title:  "Welcome to Jekyll!"
        date:   2026-11-20 17:24:00 -0000
        categories: jekyll update
        tags: [a, b]
        permalink: /:title/
        published: false
        excerpt: Short
        last_modified_at: 2026-11-21
        image: {path: /assets/x.png, alt: A lamp}
        ---
        Text""",
        "_posts/2026-11-20-welcome.md",
    )
    assert (post.title, post.summary, post.status) == ("Welcome to Jekyll!", "Short", Status.DRAFT)
    assert (post.image, post.image_alt) == ("/assets/x.png", "A lamp")
    assert post.published_at == datetime(2026, 11, 20, 17, 24, tzinfo=UTC)
    assert post.updated_at is not None
    assert post.extra == {"layout": "post", "categories": "jekyll update", "permalink": "/:title/"}


def test_a_jekyll_post_that_came_from_wordpress() -> None:
    post = post_of("""\
        ---
        layout: post
        status: publish
        published: true
        title: A
        author:
          display_name: Amina
          login: admin
          email: a@b.example
        author_login: admin
        wordpress_id: 12
        date: '2026-11-20 09:00:00 +0000'
        date_gmt: '2026-11-20 09:00:00 +0000'
        categories: []
        tags: []
        comments: []
        image:
          feature: lamp.jpg
        ---
        <p>Text</p>""")
    assert (post.author_names, post.status, post.tags, post.image) == (("Amina",), None, (), "lamp.jpg")


@pytest.mark.parametrize(
    ("word", "status"),
    [("skip", Status.DRAFT), ("private", Status.DRAFT), ("pending", Status.DRAFT), ("future", None), ("new", None)],
)
def test_other_programs_words_for_a_status_are_understood(word: str, status: Status | None) -> None:
    assert post_of(head(f"status: {word}")).status is status


@pytest.mark.parametrize("image", ["{background: a.png}", "[a.png, b.png]"])
def test_what_another_theme_has_under_image_is_kept_for_its_templates(image: str) -> None:
    post = post_of(head(f"image: {image}"))
    assert post.image is None
    assert "image" in post.extra
    assert "image is a" in faults_of(head(f"image: {image}"), rules=STRICT)[0]


def test_a_hugo_post_in_toml() -> None:
    post = post_of("""\
        +++
        title = 'Ma première'
        date = 2026-11-20T09:00:00+01:00
        publishDate = 2026-12-01T00:00:00Z
        lastmod = 2026-11-22
        expiryDate = 2027-01-01T00:00:00Z
        draft = false
        authors = ['Amina', 'Léo']
        tags = ['x']
        categories = ['c']
        description = 'Court'
        weight = 10
        aliases = ['/old/']
        [params]
          deep = true
        +++
        Texte""")
    assert (post.title, post.author_names, post.tags, post.summary) == (
        "Ma première",
        ("Amina", "Léo"),
        ("x",),
        "Court",
    )
    assert post.published_at == datetime(2026, 12, 1, tzinfo=UTC), "the later of the two is when Hugo shows it"
    assert post.expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert (post.status, post.header) == (None, "toml")
    assert [path for path, _ in post.aliases] == ["old/index.html"]
    assert post.extra == {"categories": ["c"], "weight": 10, "params": {"deep": True}}


def test_an_mkdocs_blog_post() -> None:
    post = post_of("""\
        ---
        draft: true
        date:
          created: 2026-11-20
          updated: 2026-11-22
        authors:
          - amina
          - name: Léo Martin
            description: Guest
        categories:
          - News
        readtime: 5
        ---

        # Bonjour *à tous*

        Text
        """)
    assert (post.title, post.status, post.author_names) == ("Bonjour à tous", Status.DRAFT, ("amina", "Léo Martin"))
    assert post.published_at == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert post.updated_at == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert "Bonjour" not in post.body
    assert post.body.split("\n").index("Text") + post.body_line == 17


def test_a_pelican_article() -> None:
    post = post_of("""\
        Title: My super title: the return
        Date: 2026-11-20 10:20
        Modified: 2026-11-21 19:30
        Category: Python
        Tags: pelican, publishing
        Slug: my-super-post
        Authors: Alexis Metaireau; Conan Doyle
        Summary: Short version
        Status: draft
        Lang: en_GB
        Save_as: x.html

        This is the content.
        """)
    assert (post.title, post.tags) == ("My super title: the return", ("pelican", "publishing"))
    assert post.author_names == ("Alexis Metaireau", "Conan Doyle")
    assert (post.status, post.lang, post.slug) == (Status.DRAFT, "en-gb", "my-super-post")
    assert post.extra == {"category": "Python", "save_as": "x.html"}
    assert (post.body, post.header) == ("This is the content.\n", "pelican")


def test_an_mkdocs_page_without_a_head() -> None:
    post = post_of("Intro first.\n\n# The title #\n\nText", "docs/2026-11-20-page.md")
    assert (post.title, post.header) == ("The title", "none")
    assert post.body == "Intro first.\n\n\n\nText"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("amina", ("amina",)),
        ("amina, leo", ("amina", "leo")),
        ("[amina, leo]", ("amina", "leo")),
        ("\n  - amina\n  - amina", ("amina",)),
        ("{name: Léo Martin, email: x}", ("Léo Martin",)),
        ("[{name: A}, {name: B}]", ("A", "B")),
        ("2026", ("2026",)),
        ("", ()),
    ],
)
def test_authors_in_each_form(value: str, names: tuple[str, ...]) -> None:
    assert post_of(head(f"author: {value}")).author_names == names


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("a, b", ("a", "b")),
        ("[a, 2026, NO]", ("a", "2026", "NO")),
        ("data science", ("data science",)),
        ("", ()),
        ("[]", ()),
    ],
)
def test_tags_in_each_form(value: str, tags: tuple[str, ...]) -> None:
    assert post_of(head(f"tags: {value}")).tags == tags


@pytest.mark.parametrize("title", ["2026", "1.10", "NO", "12:30", "true", "null", "2026-11-20", "~"])
def test_a_title_is_read_as_it_was_typed(title: str) -> None:
    assert post_of(f"---\ntitle: {title}\n---\nText").title == title


def test_keys_are_known_in_each_spelling() -> None:
    post = post_of(head("reviewBy: 2027-01-01\nStory-Of-The-Week: yes\nimageAlt: x"))
    assert (post.is_story_of_the_week, post.image_alt) == (True, "x")
    assert post.review_by is not None


def test_a_site_may_name_our_keys_as_it_likes() -> None:
    rules = PostRules(True, (("body", "answer"), ("title", "question")), PARIS, "fr", None, Kind.QUESTION)
    post = post_of("- question: Why?\n  answer: Because.\n  date: 2026-11-20\n", "faq.yaml", rules)
    assert (post.title, post.body, post.kind, post.extra) == ("Why?", "Because.", Kind.QUESTION, {})


# Titles and dates where they are missing


@pytest.mark.parametrize(
    ("shown", "body", "title"),
    [
        ("2026-11-20-our-picnic.md", "Text", "Our picnic"),
        ("2026-11-20-our_picnic.md", "```\n# not a heading\n```\n", "Our picnic"),
        ("2026-11-20-our-picnic.fr.md", "Text", "Our picnic"),
        ("2026-11-20-night-shift/index.en.md", "Text", "Night shift"),
        ("2026-11-20.md", "Text", "2026 11 20"),
        ("2026-11-20-night-shift/index.md", "Text", "Night shift"),
        ("2026-11-20-a.md", "Title\n=====\n\nText", "Title"),
        ("2026-11-20-a.md", "## `code` and [link](x) &amp; **bold**\n", "code and link & bold"),
        ("2026-11-20-a.md", "#\n\n# Real\n", "Real"),
    ],
)
def test_a_missing_title_comes_from_the_heading_else_from_the_file(shown: str, body: str, title: str) -> None:
    assert post_of(f"---\nauthor: amina\n---\n{body}", shown).title == title


def test_a_heading_that_gave_the_title_leaves_the_text_and_no_line_moves() -> None:
    post = post_of("---\nauthor: amina\n---\nTitle\n-----\n\nText\n")
    assert post.body == "\n\n\nText\n"


def test_a_heading_further_down_that_gave_the_title_stays_unless_it_is_of_the_first_level() -> None:
    assert "## Details" in post_of("---\nauthor: amina\n---\nIntro\n\n## Details\n").body


def test_a_missing_date_comes_from_the_name_of_the_file() -> None:
    post = post_of("---\ntitle: A\n---\n", "stories/2026-07-04-a.md")
    assert post.published_at == datetime(2026, 7, 3, 22, tzinfo=UTC)


def test_no_date_anywhere_is_a_fault_for_a_post_and_none_for_a_page_or_a_draft() -> None:
    assert faults_of("---\ntitle: A\n---\n", "a.md") == [NO_DATE]
    page = PostRules(False, (), PARIS, "fr", None, None, needs_date=False)
    assert post_of("---\ntitle: A\n---\n", "a.md", page).published_at is None
    assert post_of("---\ntitle: A\nstatus: draft\n---\n", "a.md").published_at is None


def test_an_impossible_date_in_the_name_counts_only_where_no_other_is_given() -> None:
    assert "2026-02-31" in faults_of("---\ntitle: A\n---\n", "2026-02-31-a.md")[0]
    assert post_of("---\ntitle: A\ndate: 2026-02-28\n---\n", "2026-02-31-a.md").published_at


# Faults


def test_an_impossible_date_is_named_with_its_line_and_what_to_write() -> None:
    (fault,) = faults_of(head("date: 2026-02-31"))
    assert fault.startswith(
        '2026-11-20-a.md:3: date "2026-02-31" is not a date; write YYYY-MM-DD or YYYY-MM-DD HH:MM; '
    )
    assert fault.endswith("; February 2026 has 28 days")


def test_all_faults_of_a_file_come_at_once_in_the_order_of_its_lines() -> None:
    faults = faults_of(head("date: soon\nkind: storey\ntags: {a: b}\nlink: javascript:x\ndigest: 3\nautor: x\ntags: c"))
    assert [fault.split(":")[1] for fault in faults] == ["3", "4", "5", "6", "7", "8", "9"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("autor: amina", 'unknown key "autor"; our key is "author"; correct the spelling'),
        ("titre: x", 'our key is "title"'),
        ("story_of_the_weak: true", 'our key is "story_of_the_week"'),
        ("dtae: 2026-11-20", 'our key is "date"'),
        (
            "kind: storry",
            'kind is "storry"; allowed: story, announcement, question, buzz, knowledge; did you mean "story"?',
        ),
        ("status: scheduled", "allowed: published, hidden, draft"),
        ("story_of_the_week: maybe", "true or false"),
        ("lang: français", "a language code"),
        ("slug: a b", "letters, digits, - and _"),
        ("slug: ../../etc/passwd", "letters, digits, - and _"),
        ("summary: [a]", "summary is a list; a text"),
        ("tags: [[a]]", "tags is a list; a list of words"),
        ("link: javascript:alert(1)", "may not be linked to"),
        ("link: data:text/html,x", "may not be linked to"),
        ("image: data:image/svg+xml,x", "may not be shown"),
        ("image: mailto:a@b.c", "may not be shown"),
        ("reactions: {merci: many}", 'reactions: merci is "many"; a whole number'),
        ("reactions: 4", "words with numbers"),
        ("author: {email: x}", "author has no name"),
        ("body: x", "body stands in the head"),
        ("Title: again", '"Title" means the same as "title" in line 2'),
        ("date: {updated: 2026-11-20}", "date is a mapping"),
    ],
)
def test_what_is_wrong_is_always_a_fault(line: str, words: str) -> None:
    faults = faults_of(head(line))
    assert len(faults) == 1
    assert words in faults[0]


@pytest.mark.parametrize(
    "line",
    [
        "category: x", "categories: [x]", "tag: x", "images: [x]", "links: [x]", "layout: x", "dates: x", "data: x",
        "type: x", "permalink: /x/", "weight: 1", "toc: true", "series: x", "subtitle: x", "update: x", "state: x",
        "cover: x", "menu: main", "template: x.html", "hide: [toc]", "comments: true", "language_code: fr", "url: x",
        "image2: x",
        "publisher: x",
    ],
)  # fmt: skip
def test_other_programs_keys_are_kept_and_no_slips_of_ours(line: str) -> None:
    assert list(post_of(head(line)).extra) == [line.partition(":")[0]]


def test_strict_rules_name_unknown_keys_and_authors_who_are_no_members() -> None:
    faults = faults_of(head("mood: warm\nauthor: [amina, amnia, bob]"), rules=STRICT)
    assert len(faults) == 3
    assert 'unknown key "mood"; known keys: title, date' in faults[0]
    assert 'author "amnia" is no member; the id of a member; did you mean "amina"?' in faults[1]
    assert 'author "bob" is no member' in faults[2]


def test_without_members_every_author_is_a_plain_name() -> None:
    rules = PostRules(True, (), PARIS, "fr", None, None)
    assert post_of(head("author: bob"), rules=rules).author_names == ("bob",)
