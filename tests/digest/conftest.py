"""The mail server of the digest's tests."""

import pytest

from tests.digest.mailserver import mail_server


@pytest.fixture
def server():
    """A friendly mail server on loopback, until a test plans otherwise."""
    with mail_server() as running:
        yield running
