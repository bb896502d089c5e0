"""What the lines of a message must be on the wire. Pure."""

from __future__ import annotations


def has_sound_line_ends(message: bytes) -> bool:
    """Whether every line ends in CR LF.

    Servers disagree on bare line ends, and some would see a second message behind one (SMTP smuggling, 2023).
    """
    ends = message.count(b"\r\n")
    return message.count(b"\n") == ends and message.count(b"\r") == ends


def stuffed(message: bytes) -> bytes:
    """The message with a dot before each line that begins with one (RFC 5321 section 4.5.2)."""
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    return b"." + message if message.startswith(b".") else message


def final_dot(message: bytes) -> bytes:
    """What ends a message: its last line too must end in CR LF."""
    return b".\r\n" if message.endswith(b"\r\n") or not message else b"\r\n.\r\n"
