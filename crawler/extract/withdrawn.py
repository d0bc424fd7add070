"""Pages that say, with status 200, that their article is no longer there."""

import re

from crawler.extract.encoding import decode

_LONGEST = 400_000
_NOT_SHOWN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SAID = re.compile(
    r"삭제된\s*(?:기사|뉴스|페이지|게시물|글)|(?:기사|뉴스)(?:가|는)?\s*삭제\s*(?:되었|됐|처리)|삭제\s*처리된\s*(?:기사|뉴스)"
    r"|존재하지\s*않는\s*(?:기사|뉴스)|(?:기사|뉴스)(?:가|를)?\s*(?:존재하지\s*않|찾을\s*수\s*없)"
    r"|(?:언론사|제공사|본지)의?\s*요청(?:으로|에\s*(?:의해|따라))\s*(?:삭제|노출\s*중단|서비스\s*중단)|서비스(?:가|를)?\s*(?:종료|중단)된\s*기사"
)


def says_withdrawn(html: bytes) -> bool:
    """True for a page on which the outlet says that it took the article down. Ask only where no article was found."""
    return _SAID.search(_NOT_SHOWN.sub(" ", decode(html[:_LONGEST]).text)) is not None
