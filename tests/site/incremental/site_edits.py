"""Edits of what a site is made with: settings, templates, files of the theme, its output, and the clock."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.site.incremental.runs import build
from tests.site.incremental.sites import words, write
from tests.site.incremental.walks import Walk

LATER = ("2026-11-20T12:00", "2026-11-21T09:00", "2026-11-22T09:00", "2026-12-02T09:00", "2027-01-05T09:00")
SETTINGS = (
    'SITENAME = "Name {n}"',
    'SITEURL = "https://site{n}.example"',
    "DEFAULT_PAGINATION = {n} + 2",
    'LINKS = [("L{n}", "https://l.example")]',
    'MYSETTING = {{"colour": "blue"}}',
    'MYSETTING = {{"colour": "red"}}',
    'VEILLEE_TAGLINE = "Tag {n}"',
    'DEFAULT_DATE_FORMAT = "%d/%m/%Y"',
    'DEFAULT_LANG = "en"',
    'DEFAULT_LANG = "fr"',
    "SUMMARY_MAX_LENGTH = {n} + 3",
    "FEED_MAX_ITEMS = {n} + 1",
    'FEED_ALL_ATOM = "feeds/everything-{n}.xml"',
    "FEED_ALL_ATOM = None",
    "RELATIVE_URLS = {n} % 2 == 0",
    'ARTICLE_URL = ARTICLE_SAVE_AS = "posts/{{slug}}-{n}.html"',
    "REVERSE_CATEGORY_ORDER = {n} % 2 == 0",
    'TIMEZONE = "Asia/Tokyo"',
    "DEFAULT_ORPHANS = {n} % 3",
    'VEILLEE_EDIT_URL = "https://edit.example/{n}/{{path}}"',
    'STATIC_PATHS = ["images"]',
)


def edit_setting(walk: Walk) -> str:
    path = walk.site / "pelicanconf.py"
    line = walk.chance.choice(SETTINGS).format(n=walk.chance.randrange(9))
    write(path, f"{path.read_text()}{line}\n")
    return f"set {line}"


def unset(walk: Walk) -> str:
    """Takes the last line of the settings away, where it was not there from the beginning."""
    path = walk.site / "pelicanconf.py"
    lines = path.read_text().splitlines(keepends=True)
    if len(lines) < 14:
        return "left the settings alone"
    write(path, "".join(lines[:-1]))
    return f"unset {lines[-1].strip()}"


def override_template(walk: Walk) -> str:
    name = "partials/byline.html" if walk.is_ours else "parts/dot.html"
    path = walk.site / "overrides" / name
    if path.exists():
        path.unlink()
        return f"took the own {name} away"
    write(path, f"own {walk.chance.randrange(99)}")
    settings = walk.site / "pelicanconf.py"
    if "OVERRIDES" not in settings.read_text():
        write(settings, f'THEME_TEMPLATES_OVERRIDES = ["overrides"]\n{settings.read_text()}')
    return f"wrote an own {name}"


def edit_template(walk: Walk) -> str:
    """Anywhere: a page, a partial, a macro."""
    path = walk.chance.choice(sorted((walk.site / "theme/templates").rglob("*.html")))
    kind = walk.chance.choice(["comment", "text", "inside"])
    text = path.read_text()
    if kind == "inside" and "</" in text:
        write(path, text.replace("</", f"{walk.chance.choice(TAGS_OF_HTML)}</", 1))
    else:
        write(path, f"{text}{{# #}}" if kind == "comment" else f"{text}\n<!-- {words(walk.chance, 1)} -->\n")
    return f"edited the template {path.name} ({kind})"


TAGS_OF_HTML = ("<wbr>", "<b>x</b>", "&amp;")


def edit_static(walk: Walk) -> str:
    path = walk.chance.choice(sorted((walk.site / "theme/static").rglob("*.css")))
    write(path, f"{path.read_text()}p {{ margin: {walk.chance.randrange(99)}px }}\n")
    return f"edited {path.name}"


def add_static(walk: Walk) -> str:
    name = f"more-{walk.chance.randrange(3)}.css"
    write(walk.site / "theme/static" / name, words(walk.chance, 3))
    return f"wrote {name}"


def go_on(walk: Walk) -> str:
    walk.now = walk.chance.choice([one for one in LATER if one >= walk.now] or [walk.now])
    return f"it is {walk.now}"


def go_back(walk: Walk) -> str:
    walk.now = "2026-11-20T09:00"
    return f"it is {walk.now} again"


def build_otherwise(walk: Walk) -> str:
    """With another settings file in the same folder, into the same output."""
    other = walk.site / "publishconf.py"
    settings = (walk.site / "pelicanconf.py").read_text()
    write(other, f"{settings}SITENAME = 'Other'\nDEFAULT_PAGINATION = 2\nMYSETTING = {{'colour': 'blue'}}\n")
    ran = build(walk.site, "--settings", "publishconf.py", now=walk.now)
    other.unlink()
    return f"built with other settings in between ({ran.code})"


def build_drafts(walk: Walk) -> str:
    ran = build(walk.site, "--drafts", now=walk.now)
    return f"built with drafts in between ({ran.code})"


def build_elsewhere(walk: Walk) -> str:
    """Into another folder, which is gone again."""
    ran = build(walk.site, "--output", "elsewhere", now=walk.now)
    shutil.rmtree(walk.site / "elsewhere", ignore_errors=True)
    return f"built into another folder in between ({ran.code})"


def delete_outputs(walk: Walk) -> str:
    files = [path for path in _outputs(walk) if path.name != ".veillee-files"]
    gone = walk.chance.sample(files, min(3, len(files)))
    for path in gone:
        path.unlink()
    return f"deleted {[path.name for path in gone]} of the output"


def delete_whole_output(walk: Walk) -> str:
    shutil.rmtree(walk.site / "output", ignore_errors=True)
    walk.foreign = None
    return "deleted the output"


def delete_state(walk: Walk) -> str:
    """A file of what the build keeps for itself, or all of them."""
    kept = sorted((walk.site / "var/build").glob("*.*"))
    gone = kept if walk.chance.random() < 0.3 else kept and [walk.chance.choice(kept)]
    for path in gone:
        path.unlink()
    return f"deleted {[path.suffix for path in gone]} of what is kept"


def put_foreign_file(walk: Walk) -> str:
    walk.foreign = words(walk.chance, 3).encode()
    write(walk.foreign_file, walk.foreign)
    return "put a file of mine into the output"


def go_back_in_history(walk: Walk) -> str:
    """Many files at once: as in a working copy that is put to an earlier commit."""
    if walk.past is None or walk.chance.random() < 0.3:
        walk.keep_past()
        return "remembered the sources"
    walk.bring_past()
    return "put the sources back to what they were"


def nothing(walk: Walk) -> str:
    return "did nothing"


def _outputs(walk: Walk) -> list[Path]:
    return [path for path in sorted((walk.site / "output").rglob("*")) if path.is_file() and path != walk.foreign_file]


EVERYWHERE = (
    *(edit_setting, edit_setting, edit_setting, unset, override_template, edit_template, edit_template, edit_static),
    *(add_static, go_on, go_on, go_back, build_otherwise, build_drafts, build_elsewhere, delete_outputs),
    *(delete_whole_output, put_foreign_file, go_back_in_history, nothing),
)
