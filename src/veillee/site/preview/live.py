"""What a preview adds to the pages that it shows: a script that reloads them, and a panel that names problems.

Added while a page is served; the files of the output folder never hold it.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from html import escape

from veillee.errors import Fault

SCRIPT_PATH = "/.veillee/live.js"
STYLE_PATH = "/.veillee/live.css"
EVENTS_PATH = "/.veillee/events"

SCRIPT = """\
// Reloads this page when it was built anew. A hidden tab keeps no connection open.
(() => {
  const { seen, page } = document.currentScript.dataset;
  const events = `/.veillee/events?${new URLSearchParams({ seen, page })}`;
  let source = null;
  const follow = () => {
    if (document.hidden) { if (source) { source.close(); source = null; } return; }
    if (source) return;
    source = new EventSource(events);
    source.addEventListener("build", event => { if (event.data !== seen) location.reload(); });
  };
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => { if (source) { source.close(); source = null; } });
  follow();
})();
"""

STYLE = """\
#veillee-problems { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 50vh;
  overflow: auto; box-sizing: border-box; padding: 1rem clamp(1rem, 4vw, 3rem) 1.25rem;
  color: #fff6ea; background: #5b1a12;
  border-top: 4px solid #e8833a; font: 16px/1.5 system-ui, sans-serif; box-shadow: 0 -8px 32px rgb(0 0 0 / .35); }
#veillee-problems * { all: revert; color: inherit; }
#veillee-problems summary { margin: 0; cursor: pointer; font: 600 1.125rem/1.4 system-ui, sans-serif; }
#veillee-problems p { margin: .25rem 0 .75rem; max-width: 70ch; }
#veillee-problems ol { margin: 0; padding-left: 1.5rem; max-width: 100ch; }
#veillee-problems li { margin: .5rem 0; overflow-wrap: anywhere; }
#veillee-problems code { font: 600 .9375rem/1.5 ui-monospace, monospace; color: #ffd9a8; }
"""
_BODY = re.compile(r"</body\s*>(?!.*</body)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class LiveState:
    """How the last build went. `id` is new for each build; `message` is what no fault says.

    `changed` are the files that are others than they were in the state `since`; where it is None, any of them may be.
    """

    id: str
    faults: tuple[Fault, ...] = ()
    message: str = ""
    since: str = ""
    changed: frozenset[str] | None = None

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.message

    def is_news(self, page: str, seen: str) -> bool:
        """Whether a page that was served in the state `seen` may look other than it did.

        `page` is its path below the output folder; empty where nobody knows, as where there was none.
        """
        is_known = page and self.changed is not None and self.since == seen
        return self.id != seen and not (is_known and page not in (self.changed or ()))


class LiveBoard:
    """The state that the builder writes and every connection reads and waits for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = LiveState("0")

    @property
    def state(self) -> LiveState:
        with self._changed:
            return self._state

    def show(self, state: LiveState) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()

    def wait_for_another(self, seen_id: str, *, timeout_s: float) -> LiveState:
        """The state as soon as it is another one than that seen; the same one when the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._state.id != seen_id, timeout=timeout_s)
            return self._state


def live_page(html: str, state: LiveState, path: str = "") -> str:
    """A page with what a preview adds to it; `path` is where it stands below the output folder."""
    known = f'data-seen="{escape(state.id)}" data-page="{escape(path)}"'
    added = f'<script src="{SCRIPT_PATH}" {known}></script>\n'
    if not state.is_good:
        added = _panel(state) + added
    end = _BODY.search(html)
    return f"{html[: end.start()]}{added}{html[end.start() :]}" if end else html + added


def page_without_site(state: LiveState) -> str:
    """What is shown while there is nothing to show: still building, or never built."""
    said = "The site is being built …" if state.is_good else "The site could not be built."
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Veillée</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
        f'<body style="font: 18px/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 40rem; padding: 0 1rem">'
        f"<h1>{said}</h1><p>This page follows by itself.</p></body></html>"
    )
    return live_page(page, state)


def _panel(state: LiveState) -> str:
    count = len(state.faults)
    title = f"{count} problem{'s' if count > 1 else ''} to mend" if count else "The site could not be built"
    advice = "What is right is shown; the rest is as it was last built. Mend the file and save: this page follows."
    items = "".join(f"<li>{_line(fault)}</li>" for fault in state.faults)
    shown = f"<p>{escape(state.message)}</p>" if state.message else ""
    faults = f"<ol>{items}</ol>" if items else ""
    said = f"<summary>{title}</summary><p>{advice}</p>{shown}{faults}"
    style = f'<link rel="stylesheet" href="{STYLE_PATH}">'  # a page's policy lets no style stand inside of it
    return f'{style}<div id="veillee-problems" role="alert"><details open>{said}</details></div>\n'


def _line(fault: Fault) -> str:
    place, _, rest = str(fault).partition(": ")
    return f"<code>{escape(place)}</code><br>{escape(rest)}"
