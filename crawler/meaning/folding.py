"""Text as it is compared: one form of each character, lower case, simplified Chinese; and the way back."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

# What NFKC and lower case may leave longer, shorter or different. All other characters are taken over in one piece.
_PLAIN = r"\x20-\x7e\n가-힣一-鿿·…"
_ODD = re.compile(rf"[^{_PLAIN}]+")
_HANJA = re.compile(r"[一-鿿]+")
# A character with what combines with it, or the letters of one Hangul syllable.
_CLUSTER = re.compile(
    "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|.[\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a]*", re.DOTALL
)
_SAME = {
    **dict.fromkeys("‘’‛′｀´「」『』〈〉《》", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("〜∼～˜", "~"),
    **dict.fromkeys("・‧∙•ㆍᆞ⋅", "·"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
    **dict.fromkeys("\t\r\u000b\u000c\u0085\u2028\u2029", " "),
}


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text; `offsets[n]` is where its character n begins in the original (None: the same places)."""

    text: str
    original: str
    offsets: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the folded text as a stretch of the original."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self._end(end)

    def _end(self, end: int) -> int:
        """Where the character before `end` stops: several folded characters may come of one original."""
        assert self.offsets is not None
        last = self.offsets[end - 1]
        following = end
        while following < len(self.offsets) and self.offsets[following] == last:
            following += 1
        return self.offsets[following] if following < len(self.offsets) else len(self.original)


@lru_cache(maxsize=8)
def fold(text: str) -> Folded:
    """The text as names and amounts are looked for in it. The last few are remembered: facts and topics ask for one."""
    if _ODD.search(text) is None:
        return Folded(_simplified(text.lower()), text)
    folded: list[str] = []
    offsets: list[int] = []
    end = 0
    for odd in _ODD.finditer(text):
        folded.append(text[end : odd.start()].lower())
        offsets.extend(range(end, odd.start()))
        for cluster in _CLUSTER.finditer(odd[0]):
            piece = _one(cluster[0])
            folded.append(piece)
            offsets.extend([odd.start() + cluster.start()] * len(piece))
        end = odd.end()
    folded.append(text[end:].lower())
    offsets.extend(range(end, len(text)))
    result = _simplified("".join(folded))
    return Folded(result, text, offsets)


def fold_name(name: str) -> str:
    """A name as it is found in folded text."""
    return fold(name.strip()).text


def _one(cluster: str) -> str:
    if cluster in _SAME:
        return _SAME[cluster]
    form = unicodedata.normalize("NFKC", cluster).lower()
    return "".join(_SAME.get(character, character) for character in form)


def _simplified(text: str) -> str:
    return _HANJA.sub(lambda run: run[0].translate(_table()), text)


@cache
def _table() -> dict[int, int]:
    """Traditional to simplified Chinese, one character for one, for the characters that names are written with."""
    lines = (files("crawler") / "meaning" / "data" / "simplified.txt").read_text(encoding="utf-8").split()
    return {ord(pair[0]): ord(pair[1]) for pair in lines}
