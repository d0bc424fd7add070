"""What makes two addresses the same page. Pure functions over an outlet's rules; nothing is fetched."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from crawler.catalogue import Outlet, Urls

# Parameters that say where a reader came from, never which page it is.
_TRACKING = re.compile(
    r"(?:utm|mtm|hsa|oly)_\w+|pk_(?:campaign|kwd|keyword|source|medium|content|cid)|(?:fb|g|dc|y|tw|tt|ms)clid|gclsrc|[gw]braid|igshid|mc_[ce]id|mkt_tok"
    r"|_g[al]|_hs(?:enc|mi)|ocid|cmpid|ref_(?:src|url)|spm|scm|vero_id|wickedid",
    re.IGNORECASE,
)

_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str, outlet: Outlet) -> str:
    """The one spelling of an address under which the archive knows it.

    Host aliases become the kept host, the outlet's own hosts get the scheme of its home, its rewrites are applied,
    tracking parameters and the fragment go, parameters are sorted by name. Raises ValueError when the address is not
    http or https.
    """
    parts = urlsplit(safe_url_string(url.strip()))
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not an http or https address.")
    query = _kept_query(parts.query, outlet.urls)
    host = _kept_host(parts, outlet.urls.host_aliases)
    if host in outlet.hosts and ":" not in host:
        scheme = urlsplit(outlet.home).scheme or scheme
    url = urlunsplit((scheme, host, parts.path or "/", query, ""))
    for pattern, replacement in outlet.urls.rewrites:
        url = re.sub(pattern, replacement, url, count=1)
    return url


def _kept_host(parts: SplitResult, aliases: dict[str, str]) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    bracketed = f"[{host}]" if ":" in host else host
    port = None if parts.port == _DEFAULT_PORTS[parts.scheme.lower()] else parts.port
    with_port = f"{bracketed}:{port}" if port else bracketed
    if with_port in aliases:
        return aliases[with_port]
    kept = aliases.get(host, bracketed)
    return f"{kept}:{port}" if port and ":" not in kept.rpartition("]")[2] else kept


def _kept_query(query: str, rules: Urls) -> str:
    pairs = [pair for pair in query.split("&") if pair]
    named = [(unquote_plus(pair.partition("=")[0]), pair) for pair in pairs]
    kept = [(name, pair) for name, pair in named if _belongs_to_identity(name, rules.keep_params)]
    return "&".join(pair for _, pair in sorted(kept, key=lambda row: row[0]))


def _belongs_to_identity(name: str, keep: tuple[str, ...] | None) -> bool:
    if keep is not None:
        return name in keep
    return _TRACKING.fullmatch(name) is None


def is_own(url: str, outlet: Outlet) -> bool:
    """Whether the address is on one of the outlet's hosts or their aliases, with or without its port."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().rstrip(".")
        port = parts.port
    except ValueError:
        return False
    own = {known.lower() for known in (*outlet.hosts, *outlet.urls.host_aliases, *outlet.urls.host_aliases.values())}
    return parts.scheme in _DEFAULT_PORTS and (host in own or f"{host}:{port}" in own)


def is_article(url: str, outlet: Outlet) -> bool:
    """Whether a canonical address can be an article: on the outlet's hosts, and of a form its file names."""
    if not is_own(url, outlet):
        return False
    patterns = outlet.urls.article
    return not patterns or any(re.search(pattern, url) for pattern in patterns)


def article_number(url: str, outlet: Outlet) -> str | None:
    """The article's own number, where the outlet's file says how its addresses carry it."""
    found = re.search(outlet.urls.number, url) if outlet.urls.number else None
    return found.group(1) if found else None


def identity_of(url: str, outlet: Outlet) -> str:
    """What two addresses of one article share: its number, else its canonical address itself."""
    return article_number(url, outlet) or url


def article_address(candidate: str, base: str, outlet: Outlet) -> str | None:
    """The canonical form of a link found at `base`, or None when it leads to no article of this outlet."""
    try:
        url = canonical_url(urljoin(base, candidate), outlet)
    except ValueError:
        return None
    return url if is_article(url, outlet) else None


def stated_address(stated: str | None, page_url: str, outlet: Outlet) -> str:
    """The address a page claims for itself (rel=canonical, og:url) where that can be believed, else its own.

    Pages of a careless CMS all name the front page, and some name another site: neither is believed. A page whose
    number the outlet's file can read keeps it.
    """
    own = canonical_url(page_url, outlet)
    claimed = article_address(stated, page_url, outlet) if stated else None
    if claimed is None or is_front_page(claimed, outlet):
        return own
    if article_number(own, outlet) != article_number(claimed, outlet):
        return own
    return claimed


def is_front_page(url: str, outlet: Outlet) -> bool:
    """Whether an address is the outlet's home, or the root of a host with or without an index file."""
    parts = urlsplit(url)
    is_root = re.fullmatch(r"/?(?:(?:index|main|default|home)\.\w{2,5})?", parts.path, re.IGNORECASE) is not None
    return (is_root and not parts.query) or url.rstrip("/") == outlet.home.rstrip("/")


def aliases_of(canonical: str, urls: Iterable[str]) -> tuple[str, ...]:
    """Every other address that led to the page, each once, in order."""
    return tuple(dict.fromkeys(url for url in urls if url != canonical))
