"""Standstill: where nothing has changed since the last build, the next one is not even begun.

The same command, in the same place and environment, finds every file of the site, and every file that was written, as
the last build left them. That is looked at before anything else is loaded; whatever is in doubt is built.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    Call = tuple[str, dict[str, Any], bool]
    """A command: its settings file, empty for the usual one, what it sets besides, and whether it answers in JSON."""

FOLDER = "build"
FORM = 4
MANY_FILES = 2_000
"""From so many on, a second process looks sooner than this one alone."""
SETTLED_NS = 20_000_000
"""A file that was changed so shortly before it was looked at may change again without its clock telling."""

_VOLATILE = ("_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "TERM", "COLORTERM", "WINDOWID", "DISPLAY")
_VOLATILE_BEGINNINGS = ("SSH_", "XDG_SESSION", "TMUX", "LC_TERMINAL", "TERM_", "GNOME_", "DBUS_", "VSCODE_")

Found = list[tuple[str, int, int, int]]
"""Files with their size, and when they and their entry were changed, in nanoseconds."""


class Look:
    """What the last build had said, and which of its sources are other files now, or new; none where it may rest.

    `mark` is that of its plan, empty where it has none; `call` are its settings file, what the command set besides, and
    whether it answers in JSON. `began_ns` is the time before the first file was looked at.
    """

    def __init__(self, path: str, state: list[Any], found: Found, changed: tuple[str, ...], began_ns: int) -> None:
        self.changed = changed
        self.began_ns = began_ns
        self.said, self.aside = map(str, state[6])
        self.mark: bytes = state[7]
        self.call: Call = state[8]
        self._path = path
        self._state = state
        self._found = found

    def renew(self, written: Iterable[str], *, said: tuple[str, str], mark: bytes) -> None:
        """The build was done over for what had changed, and has written these files: from now on it may rest again.

        The rest is as for `Standstill.keep`.
        """
        self._state[4] = (*self._state[4][:2], self._found)
        self._state[6:8] = [said, mark]
        (_, files), _, found = self._state[5]
        places = {one[0]: place for place, one in enumerate(found)}
        for path in written:
            [now] = _looked_at(([], [path]), [])
            if path in places:
                found[places[path]] = now
            else:
                files.append(path)
                found.append(now)
        _put(self._path, self._state)

    def forget(self) -> None:
        """The next build looks for itself."""
        _forget(self._path)


def look_back(arguments: Sequence[str]) -> Look | None:
    """How the last build by this command stands now; None where the next one has to look for itself."""
    began_ns = time.time_ns()
    try:
        path = _found(arguments)
        with open(path, "rb") as file:  # noqa: PTH123 pathlib is not loaded yet
            seal, content = file.read(4), file.read()
        if zlib.crc32(content) != int.from_bytes(seal, "big"):
            return None
        state = list(marshal.loads(content))  # noqa: S302 sealed above
        form, python, around, span, inputs, outputs, *_ = state
        if (
            (form, python) != (FORM, sys.version)
            or around != _around(arguments)
            or not span[0] <= time.time_ns() < span[1]
        ):
            return None
        is_still = _looked_after(lambda: _looked_at(*outputs[:2]) == outputs[2], files=len(outputs[2]))
        found = _settled(inputs[0], inputs[1])
        changed = None if found is None else _changed(inputs[2], found)
        if not is_still() or found is None or changed is None:
            return None
        return Look(path, state, found, changed, began_ns)
    except (OSError, ValueError, TypeError, EOFError):
        return None


def _looked_after(look: Callable[[], bool], *, files: int) -> Callable[[], bool]:
    """Begins to look, in a process of its own where there are many files, and gives what says what was seen."""
    if files < MANY_FILES or not hasattr(os, "fork"):
        seen = look()
        return lambda: seen
    process = os.fork()
    if process == 0:
        is_other = 1
        try:
            is_other = 1 - look()
        finally:
            os._exit(is_other)
    return lambda: os.waitpid(process, 0)[1] == 0


def _changed(known: Found, found: Found) -> tuple[str, ...] | None:
    """The files that are new, or others than they were; None where one is gone."""
    if found == known:
        return ()
    if {one[0] for one in known} - {one[0] for one in found}:
        return None
    before = set(known)
    return tuple(one[0] for one in found if one not in before)


def _settled(roots: tuple[list[str], list[str]], but: list[str]) -> Found | None:
    """Every file as it stands; where one was changed only now, after a moment. None where they do not lie still."""
    for pause_s in (0.0, 2 * SETTLED_NS / 1e9):
        time.sleep(pause_s)
        before_ns = time.time_ns()
        found = _looked_at(roots, but)
        if all(max(one[2], one[3]) < before_ns - SETTLED_NS for one in found):
            return found
    return None


class Standstill:
    """What a build that is about to begin finds below its folders, but for some; `keep` it when it has gone well.

    `var` is the site's folder for what is not content; it is looked for beside the settings file.
    `began_ns` is the time before the first of these files was read.
    """

    def __init__(
        self,
        var: str,
        arguments: Sequence[str],
        *,
        folders: Iterable[str],
        files: Iterable[str],
        but: Iterable[str],
        began_ns: int,
    ) -> None:
        self._path = f"{var}/{FOLDER}/{_name_of(arguments)}"
        self._arguments = list(arguments)
        self._roots = (sorted(set(folders)), sorted(set(files)))
        self._but = sorted(but)
        self._began_ns = began_ns
        self._found = _looked_at(self._roots, self._but)

    @property
    def is_settled(self) -> bool:
        """Whether every file had been at rest for a while when it was looked at."""
        return all(max(one[2], one[3]) < self._began_ns - SETTLED_NS for one in self._found)

    def keep(self, written: Iterable[str], *, until_ns: int, said: tuple[str, str], mark: bytes, call: Call) -> None:
        """From now on the same command says this, and this aside, until something changes, or that moment has come.

        `mark` is that of the plan by which the build can be done over in parts, `call` is as in `Look`.
        """
        if not self.is_settled:
            self.forget()
            return
        outputs: tuple[Any, ...] = (([], sorted(written)), [])
        _put(
            self._path,
            [
                FORM,
                sys.version,
                _around(self._arguments),
                (self._began_ns, until_ns),
                (self._roots, self._but, self._found),
                (*outputs, _looked_at(*outputs)),
                said,
                mark,
                call,
            ],
        )

    def forget(self) -> None:
        """The next build looks for itself."""
        _forget(self._path)


def _put(path: str, state: list[Any]) -> None:
    content = marshal.dumps(state)
    part = f"{path}.{os.getpid()}"
    try:
        with open(part, "wb") as file:  # noqa: PTH123
            file.write(zlib.crc32(content).to_bytes(4, "big") + content)
        os.replace(part, path)  # noqa: PTH105
    except OSError:
        _forget(path)


def _forget(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return


def _found(arguments: Sequence[str]) -> str:
    """In the `build` folder of whatever folder stands beside the settings file; an empty name where there is none."""
    folder = os.getcwd()  # noqa: PTH109
    for place, one in enumerate(arguments):
        if one in ("--settings", "-s") and place + 1 < len(arguments):
            folder = os.path.dirname(os.path.abspath(arguments[place + 1]))  # noqa: PTH100, PTH120
    name = _name_of(arguments)
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{entry.path}/{FOLDER}/{name}"
            if os.path.exists(path):  # noqa: PTH110
                return path
    return ""


def _name_of(arguments: Sequence[str]) -> str:
    said = "\0".join([os.getcwd(), *arguments])  # noqa: PTH109
    return f"{zlib.crc32(said.encode('utf-8', 'surrogateescape')):08x}.standstill"


def _around(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """The command, where it runs, and the environment, without what differs from one terminal to the next."""
    kept = [
        (name, value)
        for name, value in os.environ.items()
        if name not in _VOLATILE and not name.startswith(_VOLATILE_BEGINNINGS)
    ]
    return [*sorted(kept), ("", os.getcwd()), *(("", one) for one in arguments)]  # noqa: PTH109


def _looked_at(roots: tuple[list[str], list[str]], but: list[str]) -> Found:
    """Every file below the folders, except below `but`, and the files that are named. A missing one has size -1."""
    folders, files = roots
    found: Found = []
    waiting = list(folders)
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            found.append((folder, -1, 0, 0))
            continue
        for entry in entries:
            path = entry.path
            if entry.is_dir():
                if path not in but and entry.name not in (".git", "__pycache__"):
                    waiting.append(path)
                continue
            stat = os.stat(path) if entry.is_symlink() else entry.stat()  # noqa: PTH116
            found.append((path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    for path in files:
        try:
            stat = os.stat(path)  # noqa: PTH116
        except OSError:
            found.append((path, -1, 0, 0))
            continue
        found.append((path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return found
