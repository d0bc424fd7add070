"""Bytes to text. The bytes themselves are believed, never what a header or a meta tag says about them."""

import codecs
from dataclasses import dataclass

# UTF-32 marks begin like UTF-16 marks, so they are looked for first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the charset it was read with; `damaged` counts characters that could not be read."""

    text: str
    charset: str
    damaged: int = 0


def decode(raw: bytes) -> Decoded:
    """The text of a Korean page or feed: byte order mark, strict UTF-8, else cp949 (which contains EUC-KR).

    Bytes that are neither are read by whichever of the two leaves fewer unreadable characters. Never raises.
    """
    for mark, charset in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return _forgiving(raw[len(mark) :], charset)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return Decoded(raw.decode("cp949"), "cp949")
    except UnicodeDecodeError:
        return min(_forgiving(raw, "utf-8"), _forgiving(raw, "cp949"), key=lambda decoded: decoded.damaged)


def as_utf8(raw: bytes) -> bytes:
    """The same text as UTF-8 bytes; a page that is UTF-8 already is only checked."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode(raw).text.encode("utf-8", errors="ignore")
    return raw.removeprefix(codecs.BOM_UTF8)


def _forgiving(raw: bytes, charset: str) -> Decoded:
    text = raw.decode(charset, errors="replace")
    return Decoded(text, charset, text.count(_REPLACEMENT))
