"""The door to SpamAssassin, where it is installed: a message -> its report. Local rules alone, nothing is learnt."""

from __future__ import annotations

import os
import shutil
import subprocess

from veillee.preflight.spam import SpamReport, parse_report

PROGRAM = "spamassassin"
TIMEOUT_S = 60.0
_ARGUMENTS = ("--local", "--test-mode", "--nocreate-prefs", "--cf=use_bayes 0", "--cf=report_safe 0")


def find_program() -> str | None:
    """Where SpamAssassin is; None where it is not installed."""
    return shutil.which(PROGRAM)


def judge(message: bytes, *, program: str, timeout_s: float = TIMEOUT_S) -> SpamReport | str:
    """The report on a message, or why there is none."""
    try:
        ran = subprocess.run(  # noqa: S603  the program's own path, no shell
            [program, *_ARGUMENTS],
            input=message,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return f"SpamAssassin did not answer within {timeout_s:.0f} s"
    except OSError as err:
        return f"SpamAssassin could not be run: {err.strerror}"
    report = parse_report(ran.stdout.decode("utf-8", "replace"))
    return report or f"SpamAssassin gave no report: {ran.stderr.decode('utf-8', 'replace').strip()[:200] or 'no words'}"
