"""The Nu HTML checker over a whole site, in one run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

VNU = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss2m")  # for a run of seconds, without a second compiler


def is_there() -> bool:
    return bool(shutil.which("java")) and VNU.exists()


def html_errors(site: Path) -> list[str]:
    """`page:line: what is wrong` for each error on any page below a folder."""
    command = ["java", *_QUICK, "-jar", str(VNU), "--format", "json", "--skip-non-html", "--errors-only", str(site)]
    judged = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    messages = json.loads(judged.stderr)["messages"]
    return [f"{m['url'].partition(site.name)[2]}:{m.get('lastLine')}: {m['message']}" for m in messages]
