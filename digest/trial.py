"""A mail to try how it looks: to one address, marked, outside the outbox."""

from datetime import datetime

from digest.message import as_test, envelope_sender
from digest.settings import ADDRESS, DigestSettings
from digest.smtp import Verdict, open_line
from storage.errors import ZgcwatchError


def send_test(mail: bytes, recipient: str, settings: DigestSettings, *, now: datetime) -> str:
    """Hand a preview to the mail server for one address; its answer. Raises ZgcwatchError when it is not taken."""
    if not ADDRESS.fullmatch(recipient):
        raise ZgcwatchError(f"{recipient!r} is not a plain mail address like analyst@example.com.")
    message = as_test(mail, recipient=recipient, now=now)
    with open_line(settings.smtp) as line:
        verdict, answer = line.send(message, sender=envelope_sender(settings), recipient=recipient)
    if verdict is not Verdict.ACCEPTED:
        raise ZgcwatchError(f"The mail server did not take the test mail: {answer}")
    return answer
