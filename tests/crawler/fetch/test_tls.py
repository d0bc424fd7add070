"""Certificates: one nobody vouches for is refused, one that is vouched for (here by SSL_CERT_FILE) is accepted."""

import http.server
import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.fetch.once import FetchFailed, fetch_once
from crawler.settings import CrawlerSettings


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"over TLS" if self.path == "/page" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    alternatives = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def address(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}/page"
    server.shutdown()
    server.server_close()
    thread.join(5)


def fetch(loop, address, **settings):
    given = CrawlerSettings(allow_private_addresses=True, download_timeout=5, **settings)
    return loop.run(lambda: fetch_once(address, given))


def test_an_unknown_certificate_is_refused_and_said(loop, address):
    with pytest.raises(FetchFailed, match="certificate does not hold"):
        fetch(loop, address)


def test_a_certificate_that_is_vouched_for(loop, address, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch(loop, address).body == b"over TLS"


def test_certificates_are_not_judged_where_the_operator_says_so(loop, address):
    assert fetch(loop, address, verify_certificates=False).body == b"over TLS"
