"""Sample stories whose sentences look like something a cleaner removes, and editions in other languages. All made up."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

from .stories import Story, lines_of

SUBSCRIPTIONS = Story(
    title="‘구독하기’ 버튼 하나에 갈린 앱 3곳의 운명",
    paragraphs=lines_of("""
        구독 앱 3곳이 지난해 똑같은 실험을 했다. 화면 아래 있던 '구독하기' 버튼을 위로 올린 것이다.
        첫 번째 앱은 알림 받기를 먼저 권했다. 가입자는 4만2000명 늘었지만 한 달 안에 71%가 떠났다.
        두 번째 앱은 "지금 구독하세요"라는 문구를 지웠다. 해지율은 12%에서 7%로 내려갔다.
        세 번째 앱은 뉴스레터를 무료로 풀었다. 회원 가입을 요구하지 않자 공유 횟수가 3배로 뛰었다.
        예시캐피털 박예시 파트너는 "댓글과 공유가 많은 앱일수록 구독 유지율이 높다"며 "좋아요 수는 상관이 없었다"고 말했다.
        앱을 설치하면 5,000원을 주던 행사는 세 곳 모두 접었다. 받은 사람의 93%가 하루 만에 앱을 지웠기 때문이다.
    """),
)

MAIL_IN_TEXT = Story(
    title="중관춘 창업 대회, 4월 말까지 참가 접수",
    paragraphs=lines_of("""
        중관춘 창업 대회가 다음 달 30일까지 참가 신청을 받는다. 총상금은 2억3000만원이다.
        참가를 원하는 기업은 신청서를 apply@example.org로 보내면 된다. 우편 접수는 받지 않는다.
        문의 전화는 02-000-7788이며, 평일 오전 9시부터 오후 6시까지 받는다.
        심사위원은 9명이다. 지난해에는 27개국 618개 팀이 참가해 14개 팀이 상을 받았다.
        대회 관계자는 "제보나 추천이 아니라 시제품으로만 평가한다"고 말했다.
    """),
    reporter="이보기",
    mail="bogi@example.com",
)

BULLETS = Story(
    title="견본지수 오름세…보기반도체 3.2% 상승",
    paragraphs=lines_of("""
        17일 오전 견본지수가 오름세로 출발했다. 주요 종목의 등락은 다음과 같다.
        ▲ 보기반도체 3.2% 오른 41,900원
        ▲ 예시로봇 1.2% 오른 17,350원
        ▼ 시험배터리 3.2% 내린 128,500원
        ▼ 견본모터스 1.2% 내린 9,870원
        ▶ 오늘 볼 것: 오전 11시 수출입 통계, 오후 4시 시험은행 금리 결정
        증권가는 외국인의 순매수가 이어지면 지수가 2,700선을 시험할 것으로 본다.
    """),
    reporter="최시험",
    mail="siheom@example.com",
)

APPOINTMENTS = Story(
    title="[인사] 보기반도체",
    paragraphs=lines_of("""
        ◇ 부사장 승진
        ▲ 설계본부 김견본 ▲ 생산본부 이보기
        ◇ 상무 승진
        ▲ 구매실 박예시 ▲ 품질실 최시험 ▲ 법무실 한견본
        ◇ 전보
        ▲ 베이징 연구소장 정보기 ▲ 상하이 사무소장 윤예시
    """),
)

TIMETABLE = Story(
    title="견본 기술 주간 사흘 일정 확정",
    paragraphs=lines_of("""
        견본 기술 주간이 18일부터 사흘 동안 열린다. 참가비는 하루 3만원, 사흘 7만원이다.
        18일
        오전 10시 여는 강연
        낮 12시 점심과 전시 관람
        오후 2시 투자 상담
        19일
        오전 10시 여는 강연
        낮 12시 점심과 전시 관람
        오후 3시 채용 설명회
        20일
        오전 10시 여는 강연
        낮 12시 점심과 전시 관람
        오후 4시 시상식
        주최 측은 사흘 동안 1만2,000명이 다녀갈 것으로 내다봤다.
    """),
    reporter="박예시",
    mail="yesi.park@example.com",
)

ENGLISH = Story(
    title="Bogi Semiconductor raises 30 billion won in Zhongguancun",
    paragraphs=lines_of("""
        Bogi Semiconductor, a chip designer based in Beijing's Zhongguancun, said Tuesday it had raised 30 billion won ($21.7 million).
        Three investors took part in the round. Sample Ventures put in 15 billion won, Example Capital 10 billion and a fund of Test Bank 5 billion.
        The company was founded in 2021 by seven researchers and now employs 182 people. "We doubled our output in 11 months," said chief executive Lee Bogi.
        Half of the money goes into mass production of a 12-nanometer chip. The rest is for testing equipment and software tools.
        Unit prices at its foundry rose 18 percent within a year, and two customers account for 58 percent of sales.
        The next chip will be shown in September, and tests with six customers start in November.
    """),
    reporter="Kim Gyeonbon",
)

CHINESE = Story(
    title="中关村例示芯片完成三亿元融资",
    paragraphs=lines_of("""
        总部位于北京中关村的例示芯片17日宣布，公司完成三亿元B轮融资，投后估值达到21亿元。
        本轮融资由样本创投领投，示例资本和测试银行旗下基金跟投，出资额分别为1.5亿元、1亿元和5000万元。
        公司成立于2021年，最初只有7名员工，如今已有182人，其中64%从事研发工作。
        “去年营收8700万元，同比增长41%。”公司负责人表示，“明年产量将翻一番，并实现盈利。”
        业内人士指出，两家客户贡献了58%的收入，代工价格一年内上涨18%，这是公司面临的主要风险。
    """),
    reporter="样本一",
)

JAPANESE = Story(
    title="中関村の例示ロボット、香港に上場申請",
    paragraphs=lines_of("""
        物流ロボットを手がける例示ロボットは4日、香港市場への上場を申請したと発表した。調達目標は15億香港ドルである。
        昨年の売上高は1240億ウォン、営業損失は96億ウォンだった。2年前の310億ウォンから3分の1以下に縮小した。
        主力製品は倉庫で箱を運ぶ自律移動ロボットで、累計出荷は2万3000台、顧客は31カ国412社に上る。
        「倉庫1カ所に平均56台が入ります」と副社長は話す。1台当たりの価格は3年で22％下がった。
        上場審査には通常4～6カ月かかる。早ければ8月に取引が始まる見通しだ。
    """),
    reporter="見本一郎",
)

FLASH = Story(
    title="[속보] 견본은행, 기준금리 0.25%p 인하",
    paragraphs=("견본은행이 17일 기준금리를 연 2.75%에서 2.50%로 내렸다.",),
)

RANKING = Story(
    title="견본시 창업 리그 순위, 보기팀 단독 선두",
    paragraphs=lines_of("""
        창업 리그 9주차에서 보기팀이 3승을 더해 단독 선두에 올랐다. 2위와의 차이는 4점이다.
        예시팀은 두 경기를 모두 비겨 2위로 내려갔고, 시험팀은 2패를 당해 4위까지 밀렸다.
        다음 경기는 24일에 열린다. 선두 보기팀은 최하위 샘플팀을 만난다.
    """),
    reporter="한견본",
    mail="han@example.com",
)
STANDINGS = (
    ("1", "보기팀", "27", "19", "6", "2", "63"),
    ("2", "예시팀", "27", "18", "5", "4", "59"),
    ("3", "견본팀", "27", "17", "4", "6", "55"),
    ("4", "시험팀", "27", "17", "3", "7", "54"),
    ("5", "샘플팀", "27", "2", "3", "22", "9"),
)

SUMMARY_FEATURE = Story(
    title="포털 ‘AI 요약’ 써 보니…10번 중 3번은 숫자 틀려",
    paragraphs=lines_of("""
        포털 3곳의 'AI 요약' 기능을 기사 100건에 써 봤다. 요약에 나온 숫자가 원문과 다른 경우가 31건이었다.
        AI가 자동으로 요약한 결과에는 단위가 빠진 경우가 많았다. 300억원이 300원으로 바뀐 사례도 2건 있었다.
        '본문 요약봇'을 누르면 첫 세 문장만 보여 주는 곳도 있었다. 이 기사는 AI가 쓴 글이 아니라는 안내는 한 곳에만 있었다.
        저작권 표시가 사라지는 문제도 드러났다. 사진 설명을 본문으로 읽은 요약은 18건이었다.
        포털 관계자는 "관련 기사까지 함께 요약하다 보니 생긴 오류"라며 "5월까지 고치겠다"고 밝혔다.
    """),
    reporter="이보기",
    mail="bogi@example.com",
)

COLUMN = Story(
    title="[시론] 창업은 속도가 아니라 방향이다",
    paragraphs=lines_of("""
        중관춘을 처음 찾은 것은 2009년 봄이었다. 골목에는 전자 부품을 파는 가게가 400곳쯤 있었다.
        지금 그 자리에는 창업 카페 60곳이 들어섰다. 커피값은 12위안에서 38위안으로 올랐다.
        사람들은 속도를 이야기한다. 하루에 기업 두세 곳이 생기고, 석 달이면 시제품이 나온다고 한다.
        그러나 내가 만난 창업자 51명 가운데 살아남은 9명의 공통점은 속도가 아니었다. 그들은 모두 한 번 이상 멈춰 서서 방향을 바꿨다.
        멈추는 데도 돈이 든다. 석 달을 버틸 2억원이 없으면 방향을 바꿀 수 없다. 지원은 바로 그 석 달에 필요하다.
    """),
    reporter="최시험",
    mail="siheom@example.com",
    section="오피니언",
)
