"""Ways out for messages, one file each; `transport_for` chooses by the settings."""

from __future__ import annotations

from veillee.config import MailSettings
from veillee.delivery.envelope import Transport
from veillee.delivery.transports.maildir import MaildirTransport
from veillee.delivery.transports.memory import MemoryTransport
from veillee.delivery.transports.smtp import SmtpTransport

__all__ = ["MaildirTransport", "MemoryTransport", "SmtpTransport", "transport_for"]


def transport_for(mail: MailSettings) -> Transport:
    """The transport that the settings name."""
    if mail.transport == "smtp":
        return SmtpTransport(mail)
    return MaildirTransport(mail.maildir)
