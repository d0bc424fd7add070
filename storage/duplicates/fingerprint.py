"""What of a text is compared: character 5-shingles, their MinHash in bands, sentence hashes, numbers."""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rensa import RMinHash

from storage.duplicates.numbers import numbers

SHINGLE = 5
PERMUTATIONS = 128
ROWS_A_BAND = 4  # 32 bands of 4: half of all pairs that share 42 % of their shingles share a band
SEED = 1
SHORTEST_TEXT = 40  # letters and digits; below that a caption or a headline is no text to recognise
SHORTEST_SENTENCE = 15
MOST_SENTENCES = 100

_NOT_TEXT = re.compile(r"[\W_]+")
SENTENCE_END = re.compile(r"(?<=[.!?。])[\"'”’)]*\s+|\n")


@dataclass(frozen=True, slots=True)
class Text:
    """What two texts are judged by. Without shingles it is too short to judge."""

    shingles: frozenset[str] = frozenset()
    numbers: frozenset[Decimal] = frozenset()
    running: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text, and the hashes under which texts like it are found."""

    text: Text = Text()
    bands: tuple[int, ...] = ()
    sentences: tuple[int, ...] = ()

    @property
    def hashes(self) -> list[int]:
        """All of them, each once."""
        return sorted({*self.bands, *self.sentences})


def text_of(body: Sequence[str]) -> Text:
    """The comparable form of an article's paragraphs. Titles do not count: outlets write their own over one text."""
    running = "\n".join(body)
    letters = letters_of(running)
    if len(letters) < SHORTEST_TEXT:
        return Text()
    shingles = frozenset([letters[i : i + SHINGLE] for i in range(len(letters) - SHINGLE + 1)])
    return Text(shingles, numbers(running), running)


def fingerprint(body: Sequence[str]) -> Fingerprint:
    """The fingerprint of an article's paragraphs."""
    text = text_of(body)
    if not text.shingles:
        return Fingerprint()
    return Fingerprint(text, _bands(text.shingles), _sentences(text.running))


def letters_of(text: str) -> str:
    """What of a text is compared: letters and digits, folded."""
    return _NOT_TEXT.sub("", unicodedata.normalize("NFKC", text).casefold())


def _bands(shingles: Iterable[str]) -> tuple[int, ...]:
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update(list(shingles))
    digest = minhash.digest()
    starts = range(0, PERMUTATIONS, ROWS_A_BAND)
    return tuple(_hash(struct.pack("<5I", start, *digest[start : start + ROWS_A_BAND])) for start in starts)


def _sentences(running: str) -> tuple[int, ...]:
    letters = (letters_of(sentence) for sentence in SENTENCE_END.split(running))
    long_enough = (sentence for sentence in letters if len(sentence) >= SHORTEST_SENTENCE)
    # The smallest hashes: of two long texts the same sentences are chosen.
    return tuple(sorted({_hash(sentence.encode()) for sentence in long_enough})[:MOST_SENTENCES])


def _hash(data: bytes) -> int:
    """Four bytes: among ten million articles two unlike ones share a hash once in twenty look-ups, and are compared."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()[:4], "little", signed=True)
