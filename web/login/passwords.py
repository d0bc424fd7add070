"""Passwords as argon2id hashes (RFC 9106), and one hash that no password opens, so that a wrong name costs as much."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.errors import ZgcwatchError

SHORTEST, LONGEST = 10, 1_000
_hasher = PasswordHasher()


class PasswordError(ZgcwatchError):
    """The password cannot be taken; the message says why."""


def hash_password(password: str) -> str:
    """The hash to keep. Raises PasswordError: too short, or too long to be typed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordError(f"A password has at least {SHORTEST} characters and at most {LONGEST}: choose another one.")
    return _hasher.hash(password)


def opens(password: str, kept: str | None) -> bool:
    """Whether this password made the hash; takes as long where there is none."""
    try:
        _hasher.verify(kept or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobody() -> str:
    return _hasher.hash("the name is not known")
