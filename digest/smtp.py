"""One conversation with the mail server: one message for one reader at a time, every answer put into a class.

smtplib's `sendmail` does not tell a line lost before the message from one lost after it; the commands are said one by
one here, because only the second case leaves it open whether the reader has the mail.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from digest.safe import one_line, shorten
from digest.settings import SmtpSettings
from storage.errors import ZgcwatchError

LONGEST_ANSWER = 300
_START_OF_DATA = 354
_CLOSING = 421
_ACCEPTED = range(200, 300)
_REFUSED = range(500, 600)
_LINE_DOT = re.compile(rb"(?m)^\.")


class Verdict(StrEnum):
    """What became of one message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # 5xx for this reader: never again
    LATER = "later"  # 4xx, or the line was lost before the message
    UNKNOWN = "unknown"  # the line was lost after the message was sent, before the answer


class MailServerError(ZgcwatchError):
    """The server cannot be reached or refuses us whoever the reader is: nothing is sent until that is mended."""


class Line:
    """An open, encrypted and logged-in connection."""

    def __init__(self, smtp: smtplib.SMTP, where: str) -> None:
        self._smtp = smtp
        self._where = where
        self.lost = False

    def send(self, message: bytes, *, sender: str, recipient: str) -> tuple[Verdict, str]:
        """One message to one reader: what became of it and the server's answer. Raises MailServerError: it is us."""
        try:
            return self._send(message, sender, recipient)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.lost = True
            return Verdict.LATER, f"the connection was lost before the message was sent ({_said(error)})"

    def _send(self, message: bytes, sender: str, recipient: str) -> tuple[Verdict, str]:
        code, answer = self._say(f"MAIL FROM:<{sender}>")
        if code in _REFUSED:
            raise MailServerError(
                f"{self._where} refuses the sender {sender} ({answer}): correct digest.sender or the account."
            )
        if code in _ACCEPTED:
            code, answer = self._say(f"RCPT TO:<{recipient}>")
        if code in _ACCEPTED:
            code, answer = self._say("DATA")
        if code == _START_OF_DATA:
            return self._hand_over(message)
        return self._refusal(code, answer)

    def _hand_over(self, message: bytes) -> tuple[Verdict, str]:
        try:
            self._smtp.send(_LINE_DOT.sub(b"..", message) + b".\r\n")
            code, answer = _read(self._smtp.getreply())
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.lost = True
            return Verdict.UNKNOWN, f"the connection was lost after the message was sent ({_said(error)})"
        if code in _ACCEPTED:
            return Verdict.ACCEPTED, answer
        return self._refusal(code, answer)

    def _refusal(self, code: int, answer: str) -> tuple[Verdict, str]:
        try:
            self.lost = code == _CLOSING or self._say("RSET")[0] not in _ACCEPTED
        except (smtplib.SMTPServerDisconnected, OSError):
            self.lost = True
        return (Verdict.REFUSED if code in _REFUSED else Verdict.LATER), answer

    def _say(self, command: str) -> tuple[int, str]:
        return _read(self._smtp.docmd(command))


@contextmanager
def open_line(settings: SmtpSettings) -> Iterator[Line]:
    """A connection ready for messages. Raises MailServerError: not reached, no encryption, login refused."""
    where = f"The mail server {settings.host}:{settings.port}"
    smtp = _connect(settings, where)
    try:
        _secure(smtp, settings, where)
        _log_in(smtp, settings, where)
        yield Line(smtp, where)
    finally:
        _hang_up(smtp)


def _connect(settings: SmtpSettings, where: str) -> smtplib.SMTP:
    try:
        if settings.security == "tls":
            return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=_tls(settings))
        return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
    except ssl.SSLError as error:
        raise MailServerError(_no_trust(where, error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerError(
            f"{where} does not answer ({_said(error)}): start it, or correct digest.smtp.host and digest.smtp.port."
        ) from error


def _secure(smtp: smtplib.SMTP, settings: SmtpSettings, where: str) -> None:
    with _explained(where):
        smtp.ehlo_or_helo_if_needed()
        if settings.security != "starttls":
            return
        if not smtp.has_extn("starttls"):
            raise MailServerError(
                f'{where} offers no STARTTLS: set digest.smtp.security to "tls", or to "none" on a network you trust.'
            )
        try:
            smtp.starttls(context=_tls(settings))
        except ssl.SSLError as error:
            raise MailServerError(_no_trust(where, error)) from error
        smtp.ehlo()


def _log_in(smtp: smtplib.SMTP, settings: SmtpSettings, where: str) -> None:
    if settings.username is None or settings.password is None:
        return
    with _explained(where):
        try:
            smtp.login(settings.username, settings.password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerError(
                f"{where} refuses the login of {settings.username} ({error.smtp_code}): "
                "correct digest.smtp.username and digest.smtp.password."
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailServerError(
                f"{where} takes no login: remove digest.smtp.username and digest.smtp.password."
            ) from error


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerError(
            f"{where} ended the conversation at its start ({_said(error)}): look at its log."
        ) from error


def _tls(settings: SmtpSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise MailServerError(
            f"The file {settings.ca_file} of digest.smtp.ca_file is no readable PEM certificate: correct the path."
        ) from error


def _no_trust(where: str, error: ssl.SSLError) -> str:
    return (
        f"{where} cannot be talked to over TLS ({_said(error)}): correct digest.smtp.security, "
        "or name the authority of its certificate in digest.smtp.ca_file."
    )


def _hang_up(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _read(reply: tuple[int, bytes]) -> tuple[int, str]:
    code, words = reply
    return code, shorten(f"{code} {one_line(words.decode('utf-8', 'replace'))}".strip(), LONGEST_ANSWER)


def _said(error: Exception) -> str:
    return shorten(one_line(str(error)) or type(error).__name__, LONGEST_ANSWER)
