"""A build done over: of the last build by the same command, what shows texts that have changed since, or new posts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from veillee.cli.words import build_at_rest, build_in_words
from veillee.errors import VeilleeError
from veillee.site.replay.replaying import replay
from veillee.site.settings import load_settings
from veillee.standstill import Look


def is_built_again(look: Look) -> bool:
    """Whether that was all there was to do; it is said then. Else nothing is, and the site is built as ever."""
    file, overrides, as_json = look.call
    try:
        settings = load_settings(Path(file) if file else None, overrides=overrides)
        done = replay(settings, look.mark, map(Path, look.changed), since_ns=look.began_ns)
    except VeilleeError:
        return False
    if done is None:
        return False
    report = done.report
    written = (str(Path(settings["OUTPUT_PATH"], one.path)) for one in report.made)
    look.renew(written, said=(build_at_rest(report, as_json=as_json), look.aside), mark=done.mark)
    said = json.dumps(report.as_plain(), ensure_ascii=False, indent=2) if as_json else "\n".join(build_in_words(report))
    sys.stdout.write(f"{said}\n")
    return True
