"""What may enter the archive: text without characters a database or a reader would choke on, and when two are equal."""

import hashlib
import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Value = TypeVar("Value")

# PostgreSQL refuses NUL, XML and mail refuse the other control characters; tab and line breaks stay.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_SURROGATES = re.compile("[\ud800-\udfff]")
# Characters nobody sees: soft hyphen, zero-width spaces and joiners, direction marks, byte order mark.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def clean_text(text: str) -> str:
    """The text without control characters; surrogate halves are joined where they pair, else become U+FFFD."""
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.translate(_CONTROLS)


def clean_value(value: Value) -> Value:
    """The same record, tuple or text with every text in it cleaned; bytes, numbers and times are left alone."""
    return _clean(value)  # type: ignore[no-any-return]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (tuple, list)):
        return type(value)(_clean(entry) for entry in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _clean(getattr(value, field.name)) for field in fields(value)})
    return value


def readable(text: str) -> str:
    """What a reader sees of a text: forms of one character unified, white space collapsed, invisible marks dropped."""
    return " ".join(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).split())


def content_hash(title: str, subtitle: str | None, body: tuple[str, ...]) -> bytes:
    """Equal for texts that read the same: a new break between paragraphs or a wider space is no correction."""
    parts = (readable(title), readable(subtitle or ""), readable(" ".join(body)))
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()


def url_key(url: str) -> bytes:
    """The key of an address: a digest, because an address may be longer than an index row."""
    return hashlib.blake2b(url.encode(), digest_size=16).digest()
