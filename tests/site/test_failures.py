"""What a failing disk, template or plugin is called in messages."""

from __future__ import annotations

import errno
import os

from veillee.site.failures import fault_of_exception


def test_a_full_disk_is_named_with_the_output_folder() -> None:
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    fault = fault_of_exception(error, {"OUTPUT_PATH": "public"})
    assert str(fault).startswith("public: this cannot be read or written: No space left on device")
    assert "disk" in fault.todo


def test_a_file_without_rights_is_named_itself() -> None:
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), "public/index.html")
    assert fault_of_exception(error, {"OUTPUT_PATH": "public"}).path == "public/index.html"
