"""A real SMTP server on loopback that keeps what it receives and misbehaves by plan."""

import asyncio
import socket
import ssl
from collections import defaultdict
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP = "drop"  # hang up where an answer is due
DROP_AFTER_KEEPING = "drop after keeping"  # the message is kept, its 250 never arrives


class MailServer:
    """`rcpt[address]`, `data[address]` and `mail` hold the answers to give, one a try; then it is friendly."""

    def __init__(self):
        self.rcpt = defaultdict(list)
        self.data = defaultdict(list)
        self.slow = defaultdict(list)  # seconds before the answer to a message
        self.mail = []
        self.letters = []  # (recipient, bytes) as received
        self.sessions = 0
        self.port = None

    def received(self, recipient):
        return [content for address, content in self.letters if address == recipient]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802 - aiosmtpd's names
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):  # noqa: N802
        answer = self.mail.pop(0) if self.mail else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        answer = self.rcpt[address].pop(0) if self.rcpt[address] else "250 OK"
        if answer == DROP:
            server.transport.abort()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        [recipient] = envelope.rcpt_tos
        answer = self.data[recipient].pop(0) if self.data[recipient] else "250 kept"
        if self.slow[recipient]:
            await asyncio.sleep(self.slow[recipient].pop(0))
        if answer == DROP_AFTER_KEEPING or answer.startswith("250"):
            self.letters.append((recipient, envelope.original_content))
        if answer in {DROP, DROP_AFTER_KEEPING}:
            server.transport.abort()
        return answer


@contextmanager
def mail_server(server=None, **options):
    """Yields a running MailServer. `options` are the Controller's, such as a TLS context."""
    server = server or MailServer()
    server.port = _free_port()  # aiosmtpd calls its own port to see that it answers, so 0 will not do
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def _free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def only(username, password):
    """An authenticator that knows one account."""

    def authenticate(server, session, envelope, mechanism, credentials):
        right = (credentials.login, credentials.password) == (username.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return authenticate


def certificate(folder):
    """A self-signed certificate for 127.0.0.1: (TLS context of the server, PEM file to trust)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "server.pem", folder / "server.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, secret)
    return context, pem
