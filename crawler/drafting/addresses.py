"""What the addresses of an outlet's articles have in common, as rules of an outlet file."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from crawler.urls import _TRACKING

_ND_SOFT = re.compile(r"/news/articleView\.html\?(?:.*&)?idxno=\d+")
_ND_RULES = (r"/news/articleView\.html\?(?:.*&)?idxno=\d+", r"[?&]idxno=(\d+)", ("idxno",))
_NUMBER_DIGITS = 4  # fewer are a page or a section, not an article
_COMMON_HOSTS = ("www", "m", "news", "mobile", "amp")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """The `[urls]` of a draft. `examples` are addresses that follow the rules, in the order they were announced."""

    article: str
    number: str | None
    keep_params: tuple[str, ...]
    hosts: tuple[str, ...]
    host_aliases: dict[str, str]
    is_nd_soft: bool
    examples: tuple[str, ...]


def same_site(url: str, home: str) -> bool:
    """Whether two addresses belong to one site: the same host, but for www, m, news and the like."""
    return _bare(urlsplit(url)) == _bare(urlsplit(home)) != ""


def guess_rules(urls: Iterable[str], home: str) -> AddressRules | None:
    """The rules that the largest family of alike addresses follows; None when there is no such family."""
    own = [url for url in dict.fromkeys(urls) if same_site(url, home)]
    families = Counter(_shape(urlsplit(url)) for url in own if _is_deep(urlsplit(url)))
    if not families:
        return None
    shape, _ = max(families.items(), key=lambda row: (row[1], row[0]))
    family = [url for url in own if _is_deep(urlsplit(url)) and _shape(urlsplit(url)) == shape]
    parts = [urlsplit(url) for url in family]
    is_nd_soft = all(_ND_SOFT.search(url) for url in family)
    path, number, keep = _ND_RULES if is_nd_soft else _rules_of(parts)
    main = Counter(part.netloc.lower() for part in parts).most_common(1)[0][0]
    hosts = tuple(dict.fromkeys([main, *(part.netloc.lower() for part in (*parts, urlsplit(home)))]))
    bare = _bare(parts[0])
    aliases = {bare: main} if bare != main and bare not in hosts and main == f"www.{bare}" else {}
    return AddressRules(
        article=rf"^https?://(?:[a-z]+\.)?{re.escape(bare)}{path}",
        number=number,
        keep_params=keep,
        hosts=hosts,
        host_aliases=aliases,
        is_nd_soft=is_nd_soft,
        examples=tuple(family),
    )


def _rules_of(parts: Sequence[SplitResult]) -> tuple[str, str | None, tuple[str, ...]]:
    """Path expression, number expression and identifying parameters of addresses of one shape."""
    columns = list(zip(*(part.path.strip("/").split("/") for part in parts), strict=True))
    segments = [_column(column) for column in columns]
    path = "/" + "/".join(segments)
    varying = _varying_params(parts)
    if varying:
        query = "".join(rf"(?=.*[?&]{re.escape(name)}=\w+)" for name in varying)
        return f"{path}{query}", rf"[?&]{re.escape(varying[0])}=(\w+)", tuple(varying)
    places = [at for at, column in enumerate(columns) if len(set(column)) > 1 and all(map(_has_number, column))]
    if not places:
        return path, None, ()
    last = places[-1]
    before = segments[last - 1] if last else ""
    numbered = segments[last] if "(" not in segments[last] else r"[^/?#]+"
    return path, f"{before}/({numbered})", ()


def _column(values: Sequence[str]) -> str:
    """An expression for what stands at one place of the path."""
    if len(set(values)) == 1:
        return re.escape(values[0])
    suffixes = {re.sub(r"^.*?(\.[a-z]{3,5})?$", r"\1", value) for value in values}
    suffix = re.escape(suffixes.pop()) if len(suffixes) == 1 else ""
    stems = [value.removesuffix(suffix.replace("\\", "")) for value in values]
    if all(stem.isdigit() for stem in stems):
        least = min(map(len, stems))
        return (rf"\d{{{least},}}" if least > 1 else r"\d+") + suffix
    return r"[^/?#]+" if not suffix else rf"[^/?#]+{suffix}"


def _varying_params(parts: Sequence[SplitResult]) -> list[str]:
    """The parameters that differ from article to article and carry a number, the most telling first."""
    rows = [dict(parse_qsl(part.query)) for part in parts]
    names = [name for name in rows[0] if all(name in row for row in rows) and not _TRACKING.fullmatch(name)]
    differing = {name: len({row[name] for row in rows}) for name in names}
    return sorted(
        (name for name in names if differing[name] > 1 and all(_has_number(row[name]) for row in rows)),
        key=lambda name: -differing[name],
    )[:1]


def _has_number(text: str) -> bool:
    return re.search(r"\d{%d,}" % _NUMBER_DIGITS, text) is not None  # noqa: UP031 - braces belong to the expression


def _is_deep(parts: SplitResult) -> bool:
    """Whether an address can be an article's at all: it carries a number, or a long name."""
    values = [value for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    return any(map(_has_number, (parts.path, *values))) or len(parts.path.rstrip("/").rpartition("/")[2]) > 20  # noqa: PLR2004


def _shape(parts: SplitResult) -> tuple[int, str, tuple[str, ...]]:
    """What addresses of one family share: depth, kind of the last part, names of their parameters."""
    segments = parts.path.strip("/").split("/")
    kind = re.sub(r"\d+", "9", segments[-1])
    kind = kind if re.fullmatch(r"9?[\w.]{0,24}", kind) and len(re.findall(r"9", kind)) <= 2 else "name"  # noqa: PLR2004
    names = tuple(sorted({name for name, _ in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)}))
    return len(segments), kind, names


def _bare(parts: SplitResult) -> str:
    """The host without www, m and the like; its port stays."""
    host = parts.netloc.lower().rpartition("@")[2]
    first, _, rest = host.partition(".")
    return rest if first in _COMMON_HOSTS and "." in rest else host
