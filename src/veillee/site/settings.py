"""Settings of a site: a settings file and a command's overrides -> Pelican's settings, with our defaults below them.

Our defaults apply where the theme is Veillée's (its folder holds `veillee.toml`); any other site keeps Pelican's.
"""

from __future__ import annotations

import copy
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pelican.settings import DEFAULT_CONFIG, read_settings

from veillee.config import site_settings
from veillee.errors import ConfigurationError, Fault
from veillee.languages import FOLDER, CatalogueError, use_catalogues
from veillee.model import Kind
from veillee.shipped import theme_folder
from veillee.shown import shown_path
from veillee.site.leftovers import LIST_NAME
from veillee.site.logs import collected_logs
from veillee.site.run import RUN_KEY, Run, moment_of

DEFAULT_FILE = "pelicanconf.py"
PLUGIN = "veillee.plugin"
FILE_KEY = "_VEILLEE_FILE"
ROOT_KEY = "_VEILLEE_ROOT"
CHOSEN_KEY = "_VEILLEE_CHOSEN"
DRAFTS_KEY = "_VEILLEE_DRAFTS"
NOTES_KEY = "_VEILLEE_NOTES"
CATALOGUES_KEY = "_VEILLEE_CATALOGUES"

_PATHS = ("PATH", "OUTPUT_PATH", "THEME", "CACHE_PATH")
_STOCK_FEEDS = ("FEED_ALL_ATOM", "CATEGORY_FEED_ATOM", "AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS", "TRANSLATION_FEED_ATOM")

OUR_DEFAULTS: dict[str, Any] = {
    "ARTICLE_PATHS": [""],  # every post of the content, wherever it stands: none is left out in silence
    "IGNORE_FILES": [".*", "*~", "#*#", "node_modules", "__pycache__"],
    "PAGE_PATHS": ["pages"],
    "STATIC_PATHS": ["images", "files"],
    "ARTICLE_URL": "{category}/{slug}.html",
    "ARTICLE_SAVE_AS": "{category}/{slug}.html",
    "ARTICLE_LANG_URL": "{lang}/{category}/{slug}.html",
    "ARTICLE_LANG_SAVE_AS": "{lang}/{category}/{slug}.html",
    "DRAFT_URL": "drafts/{category}/{slug}.html",
    "DRAFT_SAVE_AS": "drafts/{category}/{slug}.html",
    "DRAFT_LANG_URL": "drafts/{lang}/{category}/{slug}.html",
    "DRAFT_LANG_SAVE_AS": "drafts/{lang}/{category}/{slug}.html",
    "PAGE_URL": "{slug}.html",
    "PAGE_SAVE_AS": "{slug}.html",
    "PAGE_LANG_URL": "{lang}/{slug}.html",
    "PAGE_LANG_SAVE_AS": "{lang}/{slug}.html",
    "DRAFT_PAGE_URL": "drafts/{slug}.html",
    "DRAFT_PAGE_SAVE_AS": "drafts/{slug}.html",
    "DRAFT_PAGE_LANG_URL": "drafts/{lang}/{slug}.html",
    "DRAFT_PAGE_LANG_SAVE_AS": "drafts/{lang}/{slug}.html",
    "ARTICLE_TRANSLATION_ID": "",  # ours tells stories and questions of one name apart, and takes linear time
    "WITH_FUTURE_DATES": True,  # ours looks at the run's clock, which can be set
    "DEFAULT_CATEGORY": "stories",
    "DIRECT_TEMPLATES": [],
    "TAG_SAVE_AS": "",
    "AUTHOR_SAVE_AS": "",
    "RELATIVE_URLS": True,
    "CACHE_CONTENT": False,
    "LOAD_CONTENT_CACHE": False,
    "TIMEZONE": "UTC",
    "SITENAME": "Veillée",
    **dict.fromkeys(_STOCK_FEEDS),
}
_JEKYLLS = ("_includes", "_layouts", "_site", "_sass", "_plugins")
_JINJA: dict[str, Any] = {
    "trim_blocks": True,
    "lstrip_blocks": True,
    "autoescape": True,
    "extensions": ["jinja2.ext.i18n"],
}


def load_settings(path: Path | None = None, *, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Pelican's settings for a site. `path` None means `pelicanconf.py` here, or our defaults where there is none.

    `overrides` win over the file (`PATH`, `OUTPUT_PATH`, `VEILLEE_NOW`, ...); their paths are relative to where the
    command runs, those of the file to the file. Raises ConfigurationError with every fault found.
    """
    path = _found_file(path)
    root = path.parent if path else Path.cwd()
    typed = _read_file(path) if path else _without_file()
    chosen = {**_absolute(typed, root), **_absolute(dict(overrides or {}), Path.cwd())}
    names = frozenset(chosen)
    chosen = {**_usual_folders(chosen, root), **chosen}
    _check_folders(chosen, place=shown_path(path) if path else "")
    merged = {**_defaults_below(chosen, root), **chosen, "PLUGINS": _plugins(chosen)}
    merged.update({FILE_KEY: shown_path(path) if path else DEFAULT_FILE, ROOT_KEY: str(root), CHOSEN_KEY: names})
    with collected_logs() as logs:
        settings = _read_by_pelican(merged, place=merged[FILE_KEY])
    settings[NOTES_KEY] = logs.notes()
    site_settings(settings, root=root)
    return settings


def is_our_theme(theme: str | Path) -> bool:
    return (Path(theme) / "veillee.toml").is_file()


def open_run(settings: dict[str, Any]) -> Run:
    """The run that belongs to these settings, made now; our defaults go below what the site chose.

    Works for Pelican's own command too, where nobody has called `load_settings`.
    """
    root = Path(settings.get(ROOT_KEY) or _root_of_stock_site())
    is_ours = is_our_theme(settings["THEME"])
    if is_ours and CHOSEN_KEY not in settings:
        _put_defaults_below(settings, root)
    site = site_settings(settings, root=root)
    settings[CATALOGUES_KEY] = _use_catalogues(root)
    run = Run(
        site=site,
        now=moment_of(site),
        settings=settings,
        is_ours=is_ours,
        is_foreign=is_ours and not has_our_folders(site.content),
        with_drafts=bool(settings.get(DRAFTS_KEY)),
    )
    settings[RUN_KEY] = run
    return run


def _use_catalogues(root: Path) -> bytes:
    try:
        return use_catalogues(root / FOLDER)
    except CatalogueError as error:
        place = shown_path(error.path)
        allowed, todo = "a message in quotation marks", "mend the line, or take the file away"
        raise ConfigurationError(
            faults=[Fault(place, line, found, allowed, todo) for line, found in error.faults]
        ) from error


def _usual_folders(chosen: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Where content and output stand unless a site says so."""
    is_ours = is_our_theme(chosen.get("THEME") or DEFAULT_CONFIG["THEME"])
    content = root / "content" if is_ours and (root / "content").is_dir() else root
    return {"PATH": str(content), "OUTPUT_PATH": str(root / "output")}


def _found_file(path: Path | None) -> Path | None:
    if path is None:
        here = Path.cwd() / DEFAULT_FILE
        return here if here.is_file() else None
    path = path.absolute()
    if path.is_dir():
        path = path / DEFAULT_FILE
    if not path.is_file():
        raise ConfigurationError(f"there is no settings file {shown_path(path)}; name another one with --settings")
    return path


def _without_file() -> dict[str, Any]:
    return {"PATH": "content", "OUTPUT_PATH": "output", "THEME": str(theme_folder())}


def _read_file(path: Path) -> dict[str, Any]:
    """The assignments of a settings file; whatever it imports from its own folder is read anew each time."""
    with _importing_from(path.parent):
        try:
            names = runpy.run_path(str(path))
        except SyntaxError as error:
            fault = Fault(shown_path(path), error.lineno or 0, f"this is not Python: {error.msg}", "", "mend the line")
            raise ConfigurationError(faults=[fault]) from error
        except Exception as error:
            raise ConfigurationError(faults=[_failure_of(path, error)]) from error
    return {name: value for name, value in names.items() if name.isupper()}


def _failure_of(path: Path, error: Exception) -> Fault:
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    found = f"the settings file fails: {type(error).__name__}: {error}"
    return Fault(shown_path(path), line, found, "", "mend the line; a settings file needs assignments only")


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Modules of `folder` can be imported, and none of them stays behind."""
    known = set(sys.modules)
    import_path, writes_bytecode = list(sys.path), sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.path[:], sys.dont_write_bytecode = import_path, writes_bytecode
        for name in set(sys.modules) - known:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).parent == folder:
                del sys.modules[name]


def _absolute(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same settings with absolute paths; a theme may be a name instead (`veillee` is the shipped one)."""
    result = dict(settings)
    for name in _PATHS:
        value = result.get(name)
        if value is None:
            continue
        path = Path(os.path.normpath(folder / Path(str(value)).expanduser()))
        if name == "THEME" and not path.exists():
            result[name] = str(theme_folder()) if value == "veillee" else str(value)
        else:
            result[name] = str(path)
    if result.get("PLUGIN_PATHS"):
        result["PLUGIN_PATHS"] = [str(folder / place) for place in result["PLUGIN_PATHS"]]
    return result


def _check_folders(chosen: Mapping[str, Any], *, place: str) -> None:
    content = Path(chosen.get("PATH", Path.cwd()))
    if not content.is_dir():
        if not place and content == Path.cwd() / "content":
            todo = "go into your site's folder (cd mysite), or make a site with: veillee init mysite"
            raise ConfigurationError(
                f"there is no site in this folder: no {DEFAULT_FILE}, and no folder content; {todo}"
            )
        todo = "make the folder, or name another one with --content DIR or PATH in the settings"
        raise ConfigurationError(faults=[Fault(place or shown_path(content), 0, _no_folder(content), "", todo)])
    output = chosen.get("OUTPUT_PATH")
    if output and Path(output).exists() and not Path(output).is_dir():
        found = f"the output {shown_path(Path(output))} is a file"
        raise ConfigurationError(faults=[Fault(place or str(output), 0, found, "a folder", "name another one")])
    if output and _is_same_or_inside(content, Path(output)):
        found = f"the output folder {shown_path(Path(output))} holds the content"
        todo = "write to a folder of its own, such as output"
        raise ConfigurationError(faults=[Fault(place or str(output), 0, found, "", todo)])


def _no_folder(content: Path) -> str:
    return f"there is no content folder {shown_path(content)}"


def _is_same_or_inside(path: Path, folder: Path) -> bool:
    return path.absolute() == folder.absolute() or folder.absolute() in path.absolute().parents


def _plugins(chosen: Mapping[str, Any]) -> list[Any]:
    plugins = list(chosen.get("PLUGINS") or [])
    return plugins if PLUGIN in plugins else [*plugins, PLUGIN]


def _defaults_below(chosen: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Our defaults for what was not chosen, where the theme is ours; else only what every site needs."""
    if not is_our_theme(chosen.get("THEME") or DEFAULT_CONFIG["THEME"]):
        content = Path(chosen.get("PATH", Path.cwd()))
        return {"TIMEZONE": "UTC", "ARTICLE_EXCLUDES": _folders_of_others(content)}
    defaults = copy.deepcopy(OUR_DEFAULTS)
    content = Path(chosen.get("PATH", Path.cwd()))
    pages = chosen.get("PAGE_PATHS", defaults["PAGE_PATHS"])
    static = chosen.get("STATIC_PATHS", defaults["STATIC_PATHS"]) if has_our_folders(content) else []
    defaults["ARTICLE_EXCLUDES"] = [*pages, "members", *static, *_folders_inside(content, chosen, root)]
    return defaults


def _put_defaults_below(settings: dict[str, Any], root: Path) -> None:
    """The same for settings that Pelican has completed: what differs from its own defaults was chosen."""
    chosen = {name: value for name, value in settings.items() if value != DEFAULT_CONFIG.get(name, ...)}
    chosen.pop("ARTICLE_EXCLUDES", None)
    settings.update({name: value for name, value in _defaults_below(chosen, root).items() if name not in chosen})
    settings["JINJA_ENVIRONMENT"] = _jinja(settings.get("JINJA_ENVIRONMENT"))


def _jinja(chosen: Mapping[str, Any] | None) -> dict[str, Any]:
    merged = {**_JINJA, **(chosen or {})}
    merged["extensions"] = [*dict.fromkeys([*_JINJA["extensions"], *merged["extensions"]])]
    return merged


def has_our_folders(content: Path) -> bool:
    """Somebody laid out this content for us: there is a folder for a kind of post."""
    return any((content / kind.folder).is_dir() for kind in Kind)


def _folders_inside(content: Path, chosen: Mapping[str, Any], root: Path) -> list[str]:
    """Folders of the site that stand inside its content, where the content is the whole site."""
    folders = (
        Path(chosen.get("OUTPUT_PATH") or root / "output"),
        Path(chosen.get("THEME") or root / "theme"),
        root / str(chosen.get("VEILLEE_VAR") or "var"),
        root / str(chosen.get("VEILLEE_DIGESTS") or "digests"),
    )
    inside = [folder.relative_to(content).as_posix() for folder in folders if content in folder.parents]
    return list(dict.fromkeys([*inside, *_folders_of_others(content)]))


def _folders_of_others(content: Path) -> list[str]:
    """Folders of templates and pages that another program, or an earlier build of ours, has put into the content."""
    built = [file.parent for file in content.glob(f"*/{LIST_NAME}")]
    folders = [*built, *(content / name for name in _JEKYLLS)]
    return [folder.name for folder in folders if folder.is_dir()]


def _read_by_pelican(merged: dict[str, Any], *, place: str) -> dict[str, Any]:
    if is_our_theme(merged.get("THEME") or DEFAULT_CONFIG["THEME"]):
        merged["JINJA_ENVIRONMENT"] = _jinja(merged.get("JINJA_ENVIRONMENT"))
    try:
        settings: dict[str, Any] = read_settings(override=merged)
    except (ValueError, TypeError, OSError) as error:
        raise ConfigurationError(faults=[Fault(place, 0, str(error), "", "mend the settings")]) from error
    return settings


def _root_of_stock_site() -> Path:
    module = sys.modules.get("pelicanconf")
    origin = getattr(module, "__file__", None)
    return Path(origin).absolute().parent if origin else Path.cwd()
