"""The table of line rules: which wording, at which place, makes a line something other than article text.

A rule has three conditions, all of which must hold: the wording, the length, and the place. `anywhere` is kept for wordings
that no sentence of an article has by accident; everything else counts only around the article's prose (`edge`: before the
first or after the last sentence, `tail`: after the last one). A line that is a sentence is never taken unless `sentence`
says that the rule's own wording is one ("무단전재를 금합니다.").
"""

import re
from dataclasses import dataclass
from typing import Literal

from crawler.extract.article import Reason

Place = Literal["anywhere", "edge", "tail", "head"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of line. `links`: the least share of its characters that must be inside links."""

    reason: Reason
    wording: re.Pattern[str]
    place: Place = "edge"
    longest: int = 120
    sentence: bool = False
    links: float = 0.0


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_OPEN = r"^[\s\[<(【〈《「\"'※*#■□▲△▶▷◆◇●○☞→\-–—·|:/]*"
_DATE = r"(?:19|20)\d\d\s*[.\-/년]\s*\d{1,2}\s*[.\-/월]\s*\d{1,2}"

# Labels of share bars and viewers. A line is a toolbar line when nothing is left after these words are taken out.
TOOLBAR_WORDS = (
    "기사 스크랩하기|기사 스크랩|기사스크랩|기사 공유하기|기사 공유|기사공유|기사 인쇄하기|기사 인쇄|기사인쇄|기사 저장|기사저장|기사 듣기|기사듣기|기사 보내기|기사보내기|기사 원문|기사원문|"
    "기사 URL 복사|기사 URL공유|기사 URL|기사 의견쓰기|기사 의견|스크랩하기|스크랩|공유하기|공유|댓글쓰기|댓글 쓰기|댓글보기|댓글달기|댓글 달기|댓글|클린뷰|클린 뷰|프린트하기|프린트|인쇄하기|인쇄|"
    "글자 크기 변경하기|글자 크기 변경|글자크기 변경|글자크기 조절|글자크기조절|글자크기 설정|글자 크기 설정|글자크기|글자 크기|글자 작게|글자 크게|글자작게|글자크게|글씨크기 조절하기|글씨크기|글씨 크기|글씨키우기|글씨줄이기|글꼴 선택|폰트 크기|폰트크기|본문 글씨 키우기|본문 글씨 줄이기|"
    "작게보기|크게보기|작게|보통|크게|매우 크게|더 작게|더 크게|가장 크게|가장 작게|가나다라마바사|가|"
    "카카오톡에 공유하기|카카오톡으로 공유하기|카카오톡|카카오스토리|카카오|페이스북에 공유하기|페이스북으로 공유하기|페이스북|트위터에 공유하기|트위터로 공유하기|트위터|엑스|네이버블로그|네이버 블로그|네이버밴드|네이버 밴드|네이버|밴드|라인|텔레그램|링크드인|인스타그램|유튜브|"
    "URL 복사하기|URL 복사|URL복사|URL|링크 복사|링크복사|주소 복사|주소복사|복사하기|이메일로 보내기|이메일 보내기|이메일|메일|SNS 공유|SNS공유|sns공유 더보기|SNS 보내기|SNS|"
    "좋아요|싫어요|슬퍼요|화나요|감동이에요|훈훈해요|후속기사 원해요|후속기사 원해요|추천해요|쏠쏠정보|흥미진진|공감백배|분석탁월|후속강추|추천|북마크|저장|즐겨찾기|관심기사|번역|다크모드|읽기모드|음성으로 듣기|음성 듣기|본문듣기|본문 듣기|뉴스듣기|듣기|재생|정지|요약봇|본문 요약봇|본문요약|AI 요약|"
    "확대보기|이미지 확대보기|이미지 확대|사진 확대|사진확대|원본보기|원본 보기|닫기|열기|더보기|목록|목록으로|이전|다음|이전기사|다음기사|이전 기사|다음 기사|맨위로|위로|TOP|prev|next|previous|close|print|share|scrap|copy|email|facebook|twitter|kakao|band|line|pinterest|linkedin|"
    "구독하기|구독|구독중|응원하기|응원|후원하기|신고하기|신고|오류신고|오탈자 신고|PDF|지면보기|지면 보기|가\\+|가\\-|A\\+|A\\-|\\+|\\-|0|\\d{1,4}"
)  # fmt: skip
_TOOLBAR = re.compile(rf"(?<![가-힣A-Za-z])(?:{TOOLBAR_WORDS})(?![가-힣A-Za-z])", re.IGNORECASE)
_TOOLBAR_DECORATION = re.compile(r"[\s()\[\]<>|·ㆍ/,.:;+\-–—•∙*&▲▼▶◀■□○●☆★\d가]+")
BULLET = re.compile(r"^[\s\-–—•∙·ㆍ*|/+>▶▷■□○●]{1,3}$")


def is_toolbar(line: str) -> bool:
    """True for a line made of toolbar labels and nothing else."""
    if len(line) > 160:
        return False
    rest, labels = _TOOLBAR.subn(" ", line)
    return labels > 0 and not _TOOLBAR_DECORATION.sub("", rest)


RULES = (
    # 기사제보
    Rule(Reason.TIP, _line(_OPEN + r"(?:기사\s*)?제보\s*(?:하기|및|를|는|는?\s*카카오톡|전화|메일|이메일|[:=☞▶])"), "anywhere", 100),
    Rule(Reason.TIP, _line(_OPEN + r"(?:기사\s*제보|보도\s*자료|독자\s*제보|뉴스\s*제보|제보\s*문의|취재\s*제보)(?:[\s:·및]|$)"), "anywhere", 100),
    Rule(Reason.TIP, _line(r"(?:제보를?\s*(?:기다립니다|받습니다|해\s*주세요|바랍니다)|제보하[세시]|보도자료\s*(?:및|발송|보내)|기사제휴)"), "edge", 160, sentence=True),
    Rule(Reason.TIP, _line(_OPEN + r"(?:카카오톡|카톡|이메일|전화|유튜브|문의)\s*[:：▶☞].{0,80}(?:제보|@|\d{2,4}-\d{3,4})"), "tail", 160, sentence=True),
    Rule(Reason.TIP, _line(r"^고충처리인|반론.{0,6}정정.{0,12}추후\s*보도"), "tail", 200, sentence=True),
    # 저작권
    Rule(Reason.COPYRIGHT, _line(_OPEN + r"(?:저작권자?\s*(?:\(c\)|[ⓒ©:]|는|ⓒ)|copyrights?\s*[ⓒ©(]|[ⓒ©]\s*\S|\(c\)\s*\S)"), "anywhere", 240),
    Rule(Reason.COPYRIGHT, _line(r"(?:무단\s*(?:전재|복제|배포|사용|도용)[^다]{0,40}(?:금지|금합니다|금함|불허))|재배포\s*(?:및\s*AI\s*학습\s*)?(?:이용\s*)?금지|재판매\s*및\s*DB\s*금지|all\s*rights?\s*reserved"), "anywhere", 240, sentence=True),
    Rule(Reason.COPYRIGHT, _line(_OPEN + r"이\s*(?:기사|콘텐츠|글)의?\s*(?:저작권|무단)|본\s*(?:기사|콘텐츠)의?\s*저작권|AI\s*(?:학습|데이터)\s*(?:및|이용|활용)?\s*(?:이용|활용)?\s*금지"), "edge", 240, sentence=True),
    # 사진 설명
    Rule(Reason.CAPTION, _line(_OPEN + r"(?:사진|그래픽|이미지|삽화|일러스트|영상|자료사진|자료|캡처|출처|포토)\s*(?:출처|제공|설명|자료)?\s*[=:│ㅣ|/]"), "anywhere", 160),
    Rule(Reason.CAPTION, _line(r"^\s*[\[(【<]\s*(?:사진|그래픽|이미지|자료사진|자료|영상|포토|일러스트)[^\])】>]{0,60}[\])】>]\s*\S{0,20}(?:\s\S{1,12})?$"), "anywhere", 120),
    Rule(Reason.CAPTION, _line(r"[/ⓒ©(\[{.\s](?:사진|자료|그래픽|이미지|영상|일러스트)\s*(?:출처|제공|자료)?\s*[=:ㅣ|]\s*[^.]{1,40}$"), "anywhere", 260, sentence=True),
    Rule(Reason.CAPTION, _line(r"(?:[/ⓒ©(\[]\s*|[.다]\s+)(?:[가-힣A-Za-z0-9·]{2,14}\s*(?:제공|DB|캡처|갈무리)|연합뉴스|뉴시스|뉴스1|로이터|AFP|AP|신화|게티이미지(?:뱅크)?|자료\s*사진)[)\]]?\s*$"), "anywhere", 260, sentence=True),
    Rule(Reason.CAPTION, _line(r"(?:photo@newsis\.com|\w+@(?:yna|yonhapnews)\.co\.kr)\s*\*?\s*(?:재판매.*)?$"), "anywhere", 400, sentence=True),
    Rule(Reason.CAPTION, _line(r"^▲\s*[^▲]{4,200}(?:모습|장면|있다\.?|전경|사진|제공|캡처|갈무리)[^가-힣]{0,4}$"), "anywhere", 220, sentence=True),
    # 다른 기사
    Rule(Reason.RELATED, _line(_OPEN + r"(?:관련\s*(?:기사|뉴스|글|영상)|이\s*(?:기사와\s*관련된|시각?)\s*(?:기사|주요|많이|뉴스)|(?:많이|가장\s*많이)\s*(?:본|읽은)\s*(?:기사|뉴스)?|인기\s*(?:기사|뉴스)|주요\s*(?:기사|뉴스)|추천\s*(?:기사|뉴스)|최신\s*(?:기사|뉴스)|함께\s*(?:보면|읽으면)|더\s*많은\s*기사|핫\s*(?:뉴스|이슈|클릭)|HOT\s*NEWS|실시간\s*(?:뉴스|급상승)|내가\s*본\s*뉴스|당신이\s*(?:관심|좋아)|다른\s*기사\s*(?:보기|더)|기자의\s*다른|.{2,12}\s*관련뉴스|기사\s*모아보기|다른\s*글\s*보기|[가-힣]{2,4}\s*기자\s*다른\s*기사)"), "anywhere", 60, sentence=True),
    Rule(Reason.RELATED, _line(r"^(?:▶|☞|▷|→|◆|▲|△|■|●|\[?관련기사\]?)\s*\S"), "anywhere", 120, sentence=True, links=0.6),
    Rule(Reason.RELATED, _line(r"^(?:▶|☞|▷)\s*\S"), "tail", 120),
    Rule(Reason.RELATED, _line(r"^\s*(?:#[^\s#]{1,20}\s*){1,20}$"), "edge", 200),
    Rule(Reason.RELATED, _line(r"^(?:키워드|태그|tags?|keyword)\s*[:#]?"), "edge", 200),
    # 구독, 후원, 앱
    Rule(Reason.APPEAL, _line(r"(?:구독|팔로우|채널\s*추가|친구\s*추가|앱\s*(?:설치|다운|받기)|뉴스레터|후원|기부|응원|회원\s*가입|무료\s*체험|알림\s*(?:받기|신청))[^다]{0,30}(?:하기|하세요|해\s*주세요|바로\s*가기|클릭|신청|받으세요|받아보세요|됩니다|합니다|바랍니다|되었습니다)"), "edge", 160, sentence=True),
    Rule(Reason.APPEAL, _line(_OPEN + r"(?:네이버|다음|카카오|유튜브|텔레그램|구글)[^다]{0,24}(?:구독|에서\s*만나|채널|바로가기|선호)"), "edge", 140, sentence=True),
    Rule(Reason.APPEAL, _line(r"이\s*기사(?:가|를|의)\s*(?:마음에|도움이|구독료|좋|추천|응원)|기사\s*잘\s*보셨나요|기자를?\s*응원해|독자님|로그인\s*(?:후|하시면|하고)|회원용\s*콘텐츠|유료\s*(?:회원|구독)|무엇이든\s*물어보세요"), "edge", 160, sentence=True),
    # 요약
    Rule(Reason.SUMMARY, _line(_OPEN + r"(?:뉴스\s*요약|핵심\s*요약|AI\s*(?:핵심\s*)?요약|기사\s*요약|본문\s*요약|요약봇|3줄\s*요약|세\s*줄\s*요약)"), "edge", 160, sentence=True),
    Rule(Reason.SUMMARY, _line(r"AI가?\s*(?:자동으로\s*)?(?:요약|생성)한?[^다]{0,30}(?:입니다|결과|내용|있습니다|수\s*있)|이\s*(?:요약|기사)은?는?\s*AI"), "edge", 200, sentence=True),
    # 광고
    Rule(Reason.ADVERT, _line(_OPEN + r"(?:AD|광고|PR|sponsored|파워\s*링크|스폰서|advertisement|google\s*ads?)[\s\])>:]*$"), "anywhere", 40),
    Rule(Reason.ADVERT, _line(r"<a\s+href=|클릭초이스|\$\$[A-Z]+\$\$|googletag|adsbygoogle|광고영역|AMP\s*Video"), "anywhere", 4000, sentence=True),
    # 머리의 날짜, 분류
    Rule(Reason.METADATA, _line(_OPEN + rf"(?:기사\s*)?(?:입력|등록|승인|작성|수정|발행|게재|송고|업데이트|최종\s*수정|최초\s*입력|기사입력|기사승인)(?:일|일시|시간|날짜)?\s*[:：|]?\s*(?:{_DATE}.*)?$"), "anywhere", 140),
    Rule(Reason.METADATA, _line(rf"^\s*(?:\(?{_DATE}[.일]?\)?[\s가-힣()]*(?:오[전후])?\s*(?:\d{{1,2}}:\d\d(?::\d\d)?)?)\s*(?:\||ㅣ|수정.*)?$"), "edge", 80),
    Rule(Reason.METADATA, _line(_OPEN + r"편집자\s*주"), "head", 400, sentence=True),
    Rule(Reason.METADATA, _line(r"이\s*기사는?\s*언론사에서|섹션으로\s*분류|언론사는\s*개별\s*기사"), "anywhere", 200, sentence=True),
)  # fmt: skip
