"""Which language a text is in, by the script of its letters; the page is believed only where the letters agree."""

import re
from collections.abc import Iterable

_HANGUL = re.compile(r"[가-힣]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 1000  # characters looked at
_KOREAN = 0.3  # share of Hangul among the letters of a Korean text
_JAPANESE = 0.1  # share of kana in a Japanese one
_CHINESE = 0.3
_LATIN_SHARE = 0.8
_NOT_LATIN = frozenset({"ko", "zh", "ja", ""})


def is_korean(texts: Iterable[str]) -> bool:
    """True where enough of the letters are Hangul."""
    return _share(_HANGUL, _sample(texts)) >= _KOREAN


def language_of(texts: Iterable[str], declared: str | None = None) -> str | None:
    """ko, ja, zh, or what the page declares in its lang attribute ("en-US" is en); None where nothing tells."""
    sample = _sample(texts)
    stated = (declared or "").strip().lower().replace("_", "-").split("-")[0]
    if _share(_HANGUL, sample) >= _KOREAN:
        return "ko"
    if _share(_KANA, sample) >= _JAPANESE:
        return "ja"
    if _share(_HAN, sample) >= _CHINESE:
        return "zh"
    if _share(_LATIN, sample) >= _LATIN_SHARE and stated in _NOT_LATIN:
        return "en"
    return stated or None


def _sample(texts: Iterable[str]) -> str:
    sample = ""
    for text in texts:
        sample += text
        if len(sample) >= _SAMPLE:
            break
    return sample[:_SAMPLE]


def _share(letters: re.Pattern[str], sample: str) -> float:
    return len(letters.findall(sample)) / max(1, len(_LETTER.findall(sample)))
