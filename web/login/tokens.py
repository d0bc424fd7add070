"""The token every form carries: made from a key that only the visitor's cookie has, so that no other site knows it.

Each page has another one (a salt and what the key makes of it), so that a compressing proxy gives nothing away.
"""

import hashlib
import hmac
import secrets

KEY_BYTES = 32
SALT_BYTES = 12


def new_key() -> str:
    """The key of a visitor who is not logged in."""
    return secrets.token_urlsafe(KEY_BYTES)


def form_token(key: str) -> str:
    """A token for forms shown to the visitor with this key."""
    salt = secrets.token_hex(SALT_BYTES)
    return f"{salt}.{_made(key, salt)}"


def is_form_token(key: str, token: str) -> bool:
    """Whether a form was made for the visitor with this key."""
    salt, _, made = token.partition(".")
    return hmac.compare_digest(_made(key, salt).encode(), made.encode("utf-8", "replace"))


def _made(key: str, salt: str) -> str:
    words = (f"form {salt}".encode("utf-8", "replace"), hashlib.sha256)
    return hmac.new(key.encode("utf-8", "replace"), *words).hexdigest()
