"""The signature of a build: what every page hangs on without reading it by name; with it, all are rendered anew."""

from __future__ import annotations

import locale
import platform
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pelican.settings import DEFAULT_CONFIG

import veillee
from veillee.site.outputs.digests import Digester, UnknownValueError

_PACKAGES = ("pelican", "jinja2", "markupsafe", "markdown", "pygments", "feedgenerator", "feedgen", "babel", "tzdata")
_READ_BY_NAME = frozenset(
    {
        "SITENAME",
        "SITEURL",
        "SITESUBTITLE",
        "SOCIAL",
        "LINKS",
        "MENUITEMS",
        "THEME",
        "THEME_STATIC_DIR",
        "OUTPUT_PATH",
        "PATH",
        "CACHE_PATH",
        "PLUGINS",
        "PLUGIN_PATHS",
    }
)
"""Settings of Pelican that only templates look at, or that show in what is read and rendered."""
_SUFFIXES = (".py", ".po")


def signature_of(settings: Mapping[str, Any]) -> bytes:
    """Versions, the program itself, the locale, and those of Pelican's settings that its own code looks at."""
    digester = Digester(lambda: "")
    parts = [_versions(), _own_code(), repr(locale.setlocale(locale.LC_ALL)).encode()]
    for name in sorted(name for name in DEFAULT_CONFIG if name not in _READ_BY_NAME):
        try:
            parts.append(name.encode() + digester.value(settings.get(name)))
        except UnknownValueError:
            parts.append(name.encode() + _said(settings.get(name), digester))
    return blake2b(b"\0".join(parts), digest_size=16).digest()


def _said(value: object, digester: Digester) -> bytes:
    """Functions of a settings file, and what else only its text can tell apart."""
    functions = value.values() if isinstance(value, Mapping) else ()
    sources = {one.__code__.co_filename for one in functions if hasattr(one, "__code__")}
    names = sorted(map(str, value)) if isinstance(value, Mapping) else [type(value).__qualname__]
    return b"".join([repr(names).encode(), *(digester.source(source) for source in sorted(sources))])


@cache
def _versions() -> bytes:
    return "\n".join([platform.python_version(), *(f"{name} {_version(name)}" for name in _PACKAGES)]).encode()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


@cache
def _own_code() -> bytes:
    """When the files of the program were changed: whoever develops it has one version for months."""
    folder = Path(veillee.__file__).parent
    files = sorted(path for suffix in _SUFFIXES for path in folder.rglob(f"*{suffix}"))
    stats = ((path, path.stat()) for path in files)
    return "\n".join(f"{path.name} {found.st_size} {found.st_mtime_ns}" for path, found in stats).encode()
