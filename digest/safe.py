"""Words and addresses from other people's pages, made safe to print in a mail: one line, no commands, no surprises."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

LONGEST_TITLE = 200
LONGEST_URL = 2000
UNTITLED = "(제목 없음)"
ELLIPSIS = "…"

# Controls, format characters (among them the marks that reverse the direction of text), surrogates, private use.
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SENTENCE_END = re.compile(r"[.!?。…][\"'”’」』)]*\s")


def one_line(text: str) -> str:
    """`text` on one line: composed (NFC), white space run together, unprintable characters gone."""
    if not text.isprintable():  # nearly all are, and looking at each character costs fifty times as much
        spaced = "".join(" " if character.isspace() else character for character in text)
        text = "".join(character for character in spaced if unicodedata.category(character) not in _UNPRINTABLE)
    return " ".join(unicodedata.normalize("NFC", text).split())


def safe_title(title: str) -> str:
    """A headline for a mail: one line of at most 200 characters, never empty."""
    return shorten(one_line(title), LONGEST_TITLE) or UNTITLED


def shorten(text: str, longest: int) -> str:
    """`text` cut at a word's end to at most `longest` characters, the cut marked by an ellipsis."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    word_end = cut.rfind(" ")
    return cut[: word_end if word_end > longest // 2 else longest].rstrip(" ,·") + ELLIPSIS


def excerpt(paragraphs: tuple[str, ...], longest: int = 110) -> str:
    """The opening of an article: whole sentences as far as `longest` characters reach, else a marked cut."""
    text = one_line(" ".join(paragraphs[:2]))
    if len(text) <= longest:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: longest + 1])]
    if ends and ends[-1] >= longest // 2:
        return text[: ends[-1]].rstrip()
    return shorten(text, longest)


def safe_url(url: str) -> str | None:
    """An http(s) address fit for a link, its odd characters escaped; None for anything else (javascript:, no host)."""
    try:
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            return None
        escaped = quote(url.strip(), safe="%/:=&?~#+!$,;@()*[]-._")
    except (ValueError, UnicodeEncodeError):
        return None
    return escaped if len(escaped) <= LONGEST_URL else None
