"""What comes back, in the style of the servers that write it; `TO` is where it goes, `ID` is of what it is about."""

from __future__ import annotations

TO = "bounces+16-0123456789abcdef@veillee.example"
ID = "<3f5e0c9ab1d2@veillee.example>"
TOKEN = "v1.7.weekly.0123456789abcdef0123456789abcdef"

RETURNED = f"""\
Return-Path: <{TO}>
From: La Veillee <news@veillee.example>
To: amina@example.org
Subject: Une nuit =?utf-8?q?=C3=A0_l=E2=80=99atelier?=
Message-ID: {ID}
List-Unsubscribe: <mailto:leave@veillee.example?subject=unsubscribe%20{TOKEN}>
"""


def report(
    status: str,
    *,
    to: str = TO,
    sender: str = "MAILER-DAEMON@mx.example.net (Mail Delivery System)",
    subject: str = "Undelivered Mail Returned to Sender",
    text: str = "I'm sorry to have to inform you that your message could not be delivered.",
    returned: str = RETURNED,
    headers: str = "Auto-Submitted: auto-replied\n",
    charset: str = "us-ascii",
) -> bytes:
    """A report by RFC 3464; `status` is the block of fields about each recipient."""
    return f"""\
Return-Path: <>
Delivered-To: {to}
Date: Fri, 20 Nov 2026 09:00:00 +0100
From: {sender}
To: {to}
Subject: {subject}
{headers}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN=_/mx"

This is a MIME-encapsulated message.

--9B095B5ADSN=_/mx
Content-Description: Notification
Content-Type: text/plain; charset={charset}

{text}

--9B095B5ADSN=_/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Fri, 20 Nov 2026 09:00:00 +0100 (CET)

{status}

--9B095B5ADSN=_/mx
Content-Description: Undelivered Message
Content-Type: message/rfc822

{returned}
Bonjour Amina,

--9B095B5ADSN=_/mx--
""".encode()


def fields(status: str, diagnostic: str = "", action: str = "failed") -> str:
    lines = f"Final-Recipient: rfc822; amina@example.org\nAction: {action}\nStatus: {status}"
    return lines + (f"\nDiagnostic-Code: {diagnostic}" if diagnostic else "")


POSTFIX = report(
    fields("5.1.1", "smtp; 550 5.1.1 <amina@example.org>: Recipient address rejected:\n    User unknown"),
    text="<amina@example.org>: host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO)",
)
POSTFIX_EXPIRED = report(
    fields("4.4.1", "X-Postfix; connect to mx.example.org[192.0.2.1]:25: Connection timed out"),
    text="<amina@example.org>: connect to mx.example.org: Connection timed out",
)
POSTFIX_DELAYED = report(
    fields("4.4.1", "X-Postfix; connect to mx.example.org: Connection refused", action="delayed"),
    subject="Delayed Mail (still being retried)",
    text="YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
)
POSTFIX_DELIVERED = report(
    fields("2.1.5", "smtp; 250 2.1.5 OK", action="delivered"), subject="Successful Mail Delivery Report"
)
EXIM = report(
    fields("5.0.0", "smtp; 550 No such user here"),
    sender="Mail Delivery System <Mailer-Daemon@mail.example.net>",
    subject="Mail delivery failed: returning message to sender",
    headers="X-Failed-Recipients: amina@example.org\nAuto-Submitted: auto-replied\n",
)
EXIM_SPAM = report(
    fields("5.0.0", "smtp; 550 This message was classified as SPAM and may not be delivered"),
    sender="Mail Delivery System <Mailer-Daemon@mail.example.net>",
    headers="X-Failed-Recipients: amina@example.org\nAuto-Submitted: auto-replied\n",
)
EXCHANGE = report(
    fields(
        "5.1.10",
        "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ),
    sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>",
    subject="Non remis : =?utf-8?B?VW5lIG51aXQgw6AgbOKAmWF0ZWxpZXI=?=",
    text="Échec de la remise à ces destinataires : amina@example.org. L’adresse n’a pas été trouvée.",
    headers="X-MS-Exchange-Message-Is-Ndr:\nContent-Language: fr-FR\n",
    charset="utf-8",
)
OFFICE_365 = report(
    fields(
        "5.4.1",
        "smtp;550 5.4.1 Recipient address rejected: Access denied. AS(201806281)\n [X.prod.protection.outlook.com]",
    ),
    sender="postmaster@example.onmicrosoft.com",
    subject="Undeliverable: Une nuit",
)
OFFICE_365_BLOCKED = report(
    fields("5.7.606", "smtp;550 5.7.606 Access denied, banned sending IP [192.0.2.9]"),
    sender="postmaster@example.onmicrosoft.com",
)
GMAIL = report(
    fields(
        "5.1.1",
        "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
        " 550-5.1.1 double-checking the recipient's email address for typos. NoSuchUser",
    ),
    sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    subject="Delivery Status Notification (Failure)",
    text="** Adresse introuvable **\n\nVotre message n'est pas parvenu à amina@example.org.",
    headers="X-Failed-Recipients: amina@example.org\nAuto-Submitted: auto-replied\n",
    charset="utf-8",
)
GMAIL_FULL = report(
    fields("4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space."),
    sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    headers="X-Failed-Recipients: amina@example.org\nAuto-Submitted: auto-replied\n",
)
OVH_FULL = report(
    fields("5.2.2", "smtp; 552 5.2.2 <amina@example.org>: La boîte de réception est pleine"),
    sender="MAILER-DAEMON@mo560.mail-out.ovh.net (Mail Delivery System)",
    text="Désolé, votre message n'a pas pu être remis : la boîte de réception est pleine.",
    charset="utf-8",
)
YAHOO = f"""\
Return-Path: <>
X-Original-To: {TO}
From: MAILER-DAEMON@yahoo.com
To: {TO}
Subject: Failure Notice
Content-Type: text/plain; charset=utf-8

Sorry, we were unable to deliver your message to the following address.

<amina@example.org>:
554: delivery error: dd This user doesn't have a yahoo.com account (amina@example.org) [0] - mta1.mail.yahoo.com

--- Below this line is a copy of the message.

{RETURNED}
""".encode()
QMAIL = f"""\
Return-Path: <>
Delivered-To: {TO}
From: MAILER-DAEMON@ns0.ovh.net
To: {TO}
Subject: failure notice

Hi. This is the qmail-send program at ns0.ovh.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<amina@example.org>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 <amina@example.org>: Adresse d au moins un destinataire invalide.
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

{RETURNED}
""".encode()
FRENCH_IN_WORDS = f"""\
Return-Path: <>
To: {TO}
From: =?utf-8?q?Syst=C3=A8me_de_messagerie?= <postmaster@free.example>
Subject: =?iso-8859-1?q?=C9chec_de_remise?=
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Votre message n'a pas pu =EAtre remis.
Le serveur distant a r=E9pondu : 550 5.1.1 Utilisateur inconnu
""".encode()
EXIM_OLD = f"""\
Return-Path: <>
Envelope-To: {TO}
X-Failed-Recipients: amina@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.net>
To: {TO}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  amina@example.org
    retry timeout exceeded
""".encode()

HARD = {
    "postfix": POSTFIX,
    "exim": EXIM,
    "exchange": EXCHANGE,
    "office 365": OFFICE_365,
    "gmail": GMAIL,
    "yahoo": YAHOO,
    "qmail at ovh": QMAIL,
    "french in words": FRENCH_IN_WORDS,
}
SOFT = {
    "postfix expired": POSTFIX_EXPIRED,
    "exim spam": EXIM_SPAM,
    "office 365 blocked": OFFICE_365_BLOCKED,
    "gmail full": GMAIL_FULL,
    "ovh full": OVH_FULL,
    "exim old": EXIM_OLD,
}


def complaint(kind: str = "abuse", *, fields: str = f"Original-Mail-From: <{TO}>\n", returned: str = RETURNED) -> bytes:
    """By RFC 5965."""
    return f"""\
From: <fbl@provider.example>
To: <abuse@veillee.example>
Subject: FW: Une nuit
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--part
Content-Type: message/rfc822
Content-Disposition: inline

{returned}
Bonjour Amina,

--part--
""".encode()


COMPLAINT = complaint()
COMPLAINT_HIDDEN = complaint(fields="", returned=RETURNED.replace(f"Return-Path: <{TO}>\n", ""))
HOTMAIL = f"""\
From: <staff@hotmail.com>
To: <abuse@veillee.example>
Subject: complaint about message from 192.0.2.9
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: <amina@example.org>
{RETURNED}
Bonjour

--part--
""".encode()


def mail(subject: str, *, body: str = "", sender: str = "Amina <amina@example.org>", headers: str = "") -> bytes:
    """Something that a person, or their program, wrote to us."""
    return f"From: {sender}\nTo: leave@veillee.example\nSubject: {subject}\n{headers}\n{body}\n".encode()


AUTOMATIC = {
    "vacation in French": mail("Absence du bureau : Une nuit", headers="Auto-Submitted: auto-replied\n"),
    "vacation in English": mail("Out of office: Une nuit"),
    "exchange in French": mail(
        "=?utf-8?Q?R=C3=A9ponse_automatique_=3A_Une_nuit?=", headers="X-Auto-Response-Suppress: All\n"
    ),
    "vacation that says left": mail(
        "Automatic reply: Une nuit",
        body="550 5.1.1 I do not work here any more",
        headers="Auto-Submitted: auto-replied\n",
    ),
    "old autoresponder": mail("Bonjour", headers="X-Autoreply: yes\nPrecedence: auto_reply\n"),
}
