"""The templates of a digest: files of its folder, and what they may include -> NewsletterTemplates."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from veillee.errors import ContentError, Fault
from veillee.model.newsletter import NewsletterTemplates
from veillee.shipped import digests_folder
from veillee.shown import shown_path

MJML_NAME, TEXT_NAME = "newsletter.mjml", "newsletter.txt"
SHARED = "shared"
_MAX_INCLUDES = 100


def read_templates(digest_folder: Path, shared_folder: Path | None = None) -> NewsletterTemplates:
    """The two templates in a digest's folder; includes come from `shared_folder`, by default beside it.

    Where a site has no shared folder, the one that comes with Veillée serves. Raises ContentError with every file
    that is missing or cannot be read.
    """
    faults: list[Fault] = []
    shared = shared_folder or digest_folder.parent / SHARED
    if not shared.is_dir():
        shared = digests_folder() / SHARED
    mjml_path, text_path = digest_folder / MJML_NAME, digest_folder / TEXT_NAME
    templates = NewsletterTemplates(
        mjml=_read(mjml_path, faults),
        text=_read(text_path, faults),
        mjml_path=shown_path(mjml_path),
        text_path=shown_path(text_path),
        includes=MappingProxyType(_read_includes(shared, faults)),
        includes_folder=shown_path(shared),
    )
    if faults:
        raise ContentError(faults=faults)
    return templates


def _read_includes(folder: Path, faults: list[Fault]) -> dict[str, str]:
    files = sorted(path for path in folder.glob("*.*") if path.suffix in (".mjml", ".txt"))
    if len(files) > _MAX_INCLUDES:
        faults.append(Fault(shown_path(folder), 0, f"{len(files)} files", f"{_MAX_INCLUDES} at most", "remove some"))
        return {}
    return {path.name: _read(path, faults) for path in files}


def _read(path: Path, faults: list[Fault]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        todo = f"copy {path.name} from another digest's folder, such as {shown_path(digests_folder() / 'weekly')}"
        faults.append(Fault(shown_path(path), 0, "the template is missing", f"{MJML_NAME} and {TEXT_NAME}", todo))
    except UnicodeDecodeError as err:
        line = path.read_bytes()[: err.start].count(b"\n") + 1
        faults.append(Fault(shown_path(path), line, "the template is not UTF-8", "", "save the file as UTF-8"))
    except OSError as err:
        faults.append(
            Fault(shown_path(path), 0, f"the template cannot be read: {err.strerror}", "", "look at the file")
        )
    return ""
