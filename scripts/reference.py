"""Writes docs/reference.md from the code: commands, settings, secrets, keys of content and digests, exit codes.

Run `make reference`; with --check it only says whether the file is up to date (exit code 1 where it is not).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main

from veillee import config, errors
from veillee.cli.main import app
from veillee.sources import digests, editions, subscribers
from veillee.sources.post_keys import ANSWER_KEYS, EVENT_KEYS, MEMBER_KEYS, POST_KEYS, Key

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference.md"
HEADER = "# Reference\n\nMade from the code by `make reference`; do not edit it by hand."


def main() -> int:
    text = "\n\n".join([HEADER, *sections()]) + "\n"
    if "--check" not in sys.argv:
        REFERENCE.write_text(text, encoding="utf-8")
        return 0
    if REFERENCE.is_file() and REFERENCE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/reference.md is out of date: run `make reference`", file=sys.stderr)
    return 1


def sections() -> Iterator[str]:
    yield "## Commands"
    yield from commands(typer.main.get_command(app), "veillee")
    yield "## Exit codes\n\n" + exit_codes()
    yield "## Settings\n\nAssignments in `pelicanconf.py`; Pelican's own settings keep working.\n\n" + table(
        ("setting", "what it says"), ((f"`{name}`", says) for name, (_, says) in config.KNOWN.items())
    )
    yield "## Secrets\n\nFrom the environment only.\n\n" + table(
        ("variable", "what it is"), ((f"`{name}`", says) for name, says in config.SECRETS.items())
    )
    yield "## Posts\n\n" + keys_table(POST_KEYS)
    yield "## Events\n\nBelow `event:` of a post.\n\n" + keys_table(EVENT_KEYS)
    yield "## Answers\n\nBelow `answers:` of a question.\n\n" + keys_table(ANSWER_KEYS)
    yield "## Members\n\n" + keys_table(MEMBER_KEYS)
    for title, keys in (
        ("Digests\n\n`digests/<id>/digest.yaml`.", digests.KNOWN_KEYS),
        ("Schedules\n\nBelow `schedule:` of a digest.", digests.SCHEDULE_KEYS),
        ("Senders\n\nBelow `sender:` of a digest.", digests.SENDER_KEYS),
        ("Subscribers\n\nColumns of a CSV file, keys of a YAML list.", subscribers.COLUMNS),
        ("Editions\n\n`digests/<id>/editions/<edition>.md`.", editions.KNOWN_KEYS),
    ):
        yield f"## {title}\n\n" + table(("key", "what it says"), ((f"`{key}`", says) for key, says in keys.items()))


def keys_table(keys: tuple[Key, ...]) -> str:
    rows = ((f"`{key.name}`", key.takes, key.meaning + also(key)) for key in keys)
    return table(("key", "takes", "what it is for"), rows)


def also(key: Key) -> str:
    return f" Also read as {', '.join(f'`{name}`' for name in key.also)}." if key.also else ""


def commands(command: Any, name: str) -> Iterator[str]:
    """A section for each command that does something, depth first."""
    children = getattr(command, "commands", None)
    if children is not None:
        for child in children.values():
            yield from commands(child, f"{name} {child.name}")
        return
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    text = " ".join([f"### {name}", *(one.name.upper() for one in arguments)])
    for said in (command.help, command.epilog):
        text += f"\n\n{inspect.cleandoc(said)}" if said else ""
    if arguments:
        text += "\n\n" + table(("argument", "what it is"), ((one.name.upper(), one.help or "") for one in arguments))
    if options:
        text += "\n\n" + table(
            ("option", "what it does"), ((f"`{', '.join(one.opts)}`", one.help or "") for one in options)
        )
    yield text


def exit_codes() -> str:
    names = ("ContentError", "UsageError", "ConfigurationError", "DeliveryError", "SourceError")
    kinds = [getattr(errors, name) for name in names]
    rows = [("0", "Done."), *((str(kind.exit_code), (kind.__doc__ or "").strip()) for kind in kinds)]
    return table(("code", "meaning"), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell_of(text) for text in line)} |" for line in lines)


def cell_of(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
