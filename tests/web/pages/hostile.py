"""Two hundred texts that try to become a script, for titles, bodies and names. Each would set `window.hit`."""

HIT = "window.hit=1"
QUOTED = "&#119;indow.hit=1"

TAGS = (
    f"<script>{HIT}</script>",
    f"<ScRiPt>{HIT}</sCrIpT>",
    f"<script/x>{HIT}</script>",
    f"<script\n>{HIT}</script\n>",
    f"<script src=data:text/javascript,{HIT}></script>",
    f"<img src=x onerror={HIT}>",
    f"<img src=x onerror='{HIT}'>",
    f"<img/src=x/onerror={HIT}>",
    f"<img src=x onerror={QUOTED}>",
    f"<image src=x onerror={HIT}>",
    f"<svg onload={HIT}>",
    f"<svg/onload={HIT}>",
    f"<svg><script>{HIT}</script></svg>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f"<svg><set onbegin={HIT} attributename=x>",
    f"<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>{HIT}</script></svg>#x\">",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={HIT}>",
    f"<body onload={HIT}>",
    f"<input autofocus onfocus={HIT}>",
    f"<select autofocus onfocus={HIT}>",
    f"<textarea autofocus onfocus={HIT}></textarea>",
    f"<details open ontoggle={HIT}>",
    f"<video><source onerror={HIT}>",
    f"<audio src=x onerror={HIT}>",
    f"<object data=data:text/html,<script>parent.{HIT}</script>>",
    f"<embed src=data:text/html,<script>{HIT}</script>>",
    f"<iframe srcdoc='<script>parent.{HIT}</script>'></iframe>",
    f"<iframe src=javascript:parent.{HIT}></iframe>",
    f"<iframe onload={HIT}></iframe>",
    f"<marquee onstart={HIT}>",
    f"<keygen autofocus onfocus={HIT}>",
    f"<style>@keyframes x{{}}</style><b style='animation:x 1s' onanimationstart={HIT}>x</b>",
    f"<style onload={HIT}></style>",
    f"<link rel=stylesheet href=data:text/css,x onload={HIT}>",
    f"<link rel=stylesheet href=x onerror={HIT}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{HIT}'>",
    f"<base href=javascript:{HIT}//>",
    f"<form action=javascript:{HIT}><button autofocus>x</button></form>",
    f"<a href=javascript:{HIT}>x</a>",
    f"<isindex type=image src=1 onerror={HIT}>",
)
# What may stand before it, to leave a tag, an attribute, a comment, a title, a template or a script first.
LEADS = ("", '">', "'>", "</title>", "--><!-- -->", "</textarea>", "{{7*7}}", "]]>", "\\x3c", "&lt;/p&gt;")
SCRIPTS = (
    f'";{HIT};//',
    f"';{HIT};//",
    f"</script><script>{HIT}</script>",
    f"${{{HIT}}}",
    f"{{{{constructor.constructor('{HIT}')()}}}}",
    f"{{% set x = '{HIT}' %}}{{{{ x }}}}",
    f'" onmouseover="{HIT}" autofocus onfocus="{HIT}" x="',
    f"' onmouseover='{HIT}' autofocus onfocus='{HIT}' x='",
    f"javascript:{HIT}",
    f"JaVaScRiPt:{HIT}",
    f"java\tscript:{HIT}",
    f"data:text/html,<script>{HIT}</script>",
    f"＜script＞{HIT}＜/script＞",
    f"\u202e<script>{HIT}</script>\u202c",
    f"<scr\u200bipt>{HIT}</script>",
    f"<<script>{HIT}//<</script>",
    f"%3Cscript%3E{HIT}%3C/script%3E",
    f"&#60;script&#62;{HIT}&#60;/script&#62;",
    f"<!--[if gte IE 4]><script>{HIT}</script><![endif]-->",
    f"<![CDATA[<script>{HIT}</script>]]>",
)

_LED = (LEADS[1 + number % (len(LEADS) - 1)] + TAGS[number % len(TAGS)] for number in range(140))
CORPUS = (*SCRIPTS, *TAGS, *_LED)
assert len(set(CORPUS)) == 200
