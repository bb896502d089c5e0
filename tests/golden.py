"""Golden files: what people see, one readable file each, made anew by `make golden` and reviewed as a diff."""

from __future__ import annotations

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class TextFile(SingleFileSnapshotExtension):
    """One readable file for each golden text."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class HtmlFile(TextFile):
    file_extension = "html"


class MjmlFile(TextFile):
    file_extension = "mjml"


class XmlFile(TextFile):
    file_extension = "xml"


class JsonFile(TextFile):
    file_extension = "json"


class MessageFile(TextFile):
    file_extension = "eml"
