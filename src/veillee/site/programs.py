"""The programs of a site: its settings file, the plugins of others, and the modules beside them that these import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

OURS = "veillee.plugin"

_RESTLESS_MODULES = frozenset(
    (
        *("asyncio", "datetime", "ftplib", "getpass", "http", "imaplib", "platform", "random", "requests", "secrets"),
        *("shelve", "smtplib", "socket", "sqlite3", "subprocess", "tempfile", "time", "urllib", "uuid"),
    )
)
_RESTLESS_CALLS = frozenset(
    (
        *(
            "open",
            "glob",
            "rglob",
            "iterdir",
            "listdir",
            "scandir",
            "walk",
            "read",
            "read_text",
            "read_bytes",
            "stat",
            "exists",
        ),
        *("now", "today", "utcnow", "getenv", "exec", "eval", "import_module", "__import__"),
    )
)


_QUIET_MODULES = frozenset(
    (
        *(
            "__future__",
            "abc",
            "bisect",
            "calendar",
            "collections",
            "colorsys",
            "copy",
            "dataclasses",
            "decimal",
            "enum",
        ),
        *("fractions", "functools", "hashlib", "heapq", "html", "itertools", "json", "logging", "math", "numbers"),
        *("operator", "os", "pathlib", "re", "statistics", "string", "textwrap", "types", "typing", "unicodedata"),
        *("blinker", "bs4", "jinja2", "markdown", "markupsafe", "pelican", "pygments", "veillee"),
    )
)
"""What answers alike as long as it is not asked for a file or the time, by calls that are known."""


def sources_of(settings: Mapping[str, Any], root: Path) -> list[Path] | None:
    """The files of a site's programs; None where a plugin cannot be found."""
    found: dict[Path, None] = dict.fromkeys(root.glob("*.py"))
    folders = [root, *map(Path, settings.get("PLUGIN_PATHS") or ())]
    for name in _plugin_names(settings):
        origin = _origin_of(name, settings)
        if origin is None:
            return None
        found.update(dict.fromkeys(origin.parent.rglob("*.py") if origin.name == "__init__.py" else [origin]))
    waiting = list(found)
    while waiting:
        for path in _imported(waiting.pop(), folders):
            if path not in found:
                found[path] = None
                waiting.append(path)
    return list(found)


def are_restless(sources: Iterable[Path]) -> bool:
    """Whether one of these may say something else each time: it looks at a clock, at other files, or elsewhere."""
    return any(map(_is_restless, sources))


def are_settled(sources: Collection[Path]) -> bool:
    """Whether all that these programs hang on is known: nothing is restless, and nothing unknown is imported."""
    own = {path.parent.name if path.name == "__init__.py" else path.stem for path in sources}
    imported = {name.partition(".")[0] for source in sources for name in _modules_imported(source)}
    return not are_restless(sources) and imported <= own | _QUIET_MODULES


def attributes_set_by(source: Path) -> frozenset[str] | None:
    """The attributes that a module sets; None where it may change anything in another way.

    Such a module calls nothing but a few functions that change nothing, and signals' `connect`; it assigns to names and
    attributes alone.
    """
    try:
        nodes = list(ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
    except (OSError, ValueError, SyntaxError):
        return None
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    if not all(_is_harmless(node, own) for node in nodes):
        return None
    stored = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return frozenset(node.attr for node in stored)


_CHANGING = (
    *(ast.AugAssign, ast.Delete, ast.Global, ast.Nonlocal, ast.ClassDef, ast.With),
    *(ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await),
)
_PURE_CALLS = frozenset(
    (
        *("all", "any", "bool", "chain", "dict", "enumerate", "getattr", "hasattr", "int", "isinstance", "islice"),
        *("iter", "len", "list", "max", "min", "pairwise", "range", "reversed", "set", "sorted", "str", "sum"),
        *("tuple", "zip"),
    )
)
_PURE_MODULES = frozenset(("__future__", "itertools", "pelican", "typing"))
_SAFE_KEYWORDS = frozenset(("default", "reverse", "start", "strict"))


def _is_harmless(node: ast.AST, own: Collection[str]) -> bool:
    """Whether a part of a module changes nothing but by plain assignment; `own` are the functions that it defines."""
    if isinstance(node, ast.Call):
        function = node.func
        is_known = isinstance(function, ast.Name) and (function.id in _PURE_CALLS or function.id in own)
        is_known = is_known or (isinstance(function, ast.Attribute) and function.attr == "connect")
        return is_known and all(one.arg in _SAFE_KEYWORDS or isinstance(one.value, ast.Lambda) for one in node.keywords)
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        is_plain = all(one.asname is None for one in node.names)
        return is_plain and all(name.partition(".")[0] in _PURE_MODULES for name in modules)
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute):
        return node.attr != "context" and not node.attr.startswith("__")
    return not isinstance(node, _CHANGING)


def _plugin_names(settings: Mapping[str, Any]) -> Iterator[str]:
    for plugin in settings["PLUGINS"]:
        name = plugin if isinstance(plugin, str) else getattr(plugin, "__name__", "")
        if name != OURS:
            yield name


def _origin_of(name: str, settings: Mapping[str, Any]) -> Path | None:
    """The file of a plugin, where Pelican looks for it: in the site's own folders, then among what is installed."""
    for folder in map(Path, settings.get("PLUGIN_PATHS") or ()):
        found = _module_in(folder, name)
        if found:
            return found
    module = sys.modules.get(name) or sys.modules.get(f"pelican.plugins.{name}")
    origin = getattr(module, "__file__", None)
    return Path(origin) if origin else None


def _module_in(folder: Path, name: str) -> Path | None:
    place = folder.joinpath(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _imported(source: Path, folders: list[Path]) -> Iterator[Path]:
    """The modules that a file imports, where they stand in one of these folders or beside it."""
    for name in _names_imported(source):
        for folder in (source.parent, *folders):
            found = _module_in(folder, name)
            if found:
                yield found


def _names_imported(source: Path) -> Iterator[str]:
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}".lstrip(".") for alias in node.names)


def _modules_imported(source: Path) -> Iterator[str]:
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def _is_restless(source: Path) -> bool:
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return True
    modules = {name.partition(".")[0] for name in _names_imported(source)}
    calls = {_called(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(modules & _RESTLESS_MODULES or calls & _RESTLESS_CALLS)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _tree(source: Path) -> ast.AST:
    try:
        return ast.parse(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return ast.Module([], [])
