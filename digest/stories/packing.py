"""Signatures as the archive keeps them."""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from digest.stories.signature import Keys, Number, Signature, happening_names
from storage.stories import StoredSignature, StoryDealFact, StoryText

_KEY = "I"  # four bytes, unsigned
_WEIGHT = "f"


def pack(text: StoryText, signature: Signature) -> StoredSignature:
    """The row of an article's signature."""
    return StoredSignature(
        article_id=text.article_id,
        mark=text.mark,
        reported_at=text.reported_at,
        keys=pack_keys(signature),
        terms=array(_KEY, signature.terms).tobytes() + array(_WEIGHT, signature.terms.values()).tobytes(),
        facts={
            "entities": signature.entities,
            "numbers": {key: [one.written, one.weight] for key, one in signature.numbers.items()},
            "deals": [
                [deal.company, deal.known, deal.kind, deal.value, deal.currency, deal.krw, deal.round]
                for deal in signature.deals
            ],
            "words": signature.words,
        },
    )


def unpack(row: StoredSignature) -> Signature:
    """The signature of a row; the same as the one it was made of, but for the last digits of weights."""
    facts: dict[str, Any] = row.facts
    half = len(row.terms) // 2
    keys = unpack_keys(row.keys)
    return Signature(
        entities=facts["entities"],
        numbers={key: Number(written, weight) for key, (written, weight) in facts["numbers"].items()},
        deals=tuple(StoryDealFact(*deal) for deal in facts["deals"]),
        terms=dict(zip(_array(_KEY, row.terms[:half]), _array(_WEIGHT, row.terms[half:]), strict=True)),
        words=facts["words"],
        happenings=frozenset(name for place, name in enumerate(happening_names()) if keys.mask >> place & 1),
        keys=Keys(frozenset(keys.names), frozenset(keys.numbers), frozenset(keys.words)),
    )


class UnpackedKeys(NamedTuple):
    """Keys as numbers, and what happens as bits."""

    mask: int
    names: Sequence[int]
    numbers: Sequence[int]
    words: Sequence[int]


def pack_keys(signature: Signature) -> bytes:
    """What happens as bits, how many names and numbers there are, and all keys."""
    mask = sum(1 << place for place, name in enumerate(happening_names()) if name in signature.happenings)
    parts = [sorted(some) for some in (signature.keys.names, signature.keys.numbers, signature.keys.words)]
    return array(_KEY, [mask, len(parts[0]), len(parts[1]), *parts[0], *parts[1], *parts[2]]).tobytes()


def unpack_keys(packed: bytes) -> UnpackedKeys:
    """The inverse of `pack_keys`."""
    keys = _array(_KEY, packed)
    names_end = 3 + keys[1]
    numbers_end = names_end + keys[2]
    return UnpackedKeys(keys[0], keys[3:names_end], keys[names_end:numbers_end], keys[numbers_end:])


def _array(kind: str, packed: bytes) -> Any:
    values = array(kind)
    values.frombytes(packed)
    return values
