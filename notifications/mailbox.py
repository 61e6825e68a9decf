"""The mail folder of the embedded mode: one .eml file a mail, and the reading of it."""

from __future__ import annotations

import datetime
import email
import email.policy
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend

from core import clock

_NAME = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{8}\.eml")


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file of its own in `settings.MAIL_FOLDER`; a name is never used twice."""

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.wall_now():%Y%m%d-%H%M%S-%f}-{os.urandom(4).hex()}.eml"
            partial = folder / f".{name}"
            partial.write_bytes(message.message().as_bytes())
            partial.rename(folder / name)
        return len(email_messages)


@dataclass(frozen=True)
class StoredMail:
    """One mail of the folder; `text` is its plain part."""

    name: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def to(self) -> str:
        return str(self.mail["To"])

    @property
    def date(self) -> datetime.datetime:
        written = self.mail["Date"].datetime
        # Django writes "-0000", which Python reads as a time without a zone; it is UTC.
        return written if written.tzinfo else written.replace(tzinfo=datetime.UTC)

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        return part.get_content() if part else ""


def mail_names() -> list[str]:
    """Names of the stored mails, newest first."""
    folder = Path(settings.MAIL_FOLDER)
    return sorted((p.name for p in folder.glob("*.eml") if _NAME.fullmatch(p.name)), reverse=True)


def read_mail(name: str) -> StoredMail | None:
    """One stored mail; None for a name that is none of ours or does not exist."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (Path(settings.MAIL_FOLDER) / name).read_bytes()
    except FileNotFoundError:
        return None
    return StoredMail(name, email.message_from_bytes(content, policy=email.policy.default))
