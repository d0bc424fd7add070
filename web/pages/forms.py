"""What a form sent: read only if it is small, from our own pages, and has the visitor's token."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from web.login.tokens import is_form_token
from web.pages.visitor import Visitor

MOST_BYTES = 64_000
MOST_FIELDS = 200
TOKEN = "form_token"  # noqa: S105 - the field's name
KIND = "application/x-www-form-urlencoded"


class BadForm(Exception):  # noqa: N818 - it refuses a form, nothing is wrong
    """The form is not one of ours, or of another visitor: `key` names the text that says so."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key, self.status = key, status


class Form:
    """The fields of a form, without outer spaces."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def one(self, name: str, default: str = "") -> str:
        """The last value of a field."""
        return next((value.strip() for key, value in reversed(self._fields) if key == name), default)

    def exact(self, name: str) -> str:
        """The last value of a field as it was typed: for passwords."""
        return next((value for key, value in reversed(self._fields) if key == name), "")

    def every(self, name: str) -> list[str]:
        """The values of a field that may be given several times."""
        return [value.strip() for key, value in self._fields if key == name and value.strip()]

    @property
    def values(self) -> Mapping[str, str]:
        """The last value of each field, for showing the form again."""
        return {name: self.one(name) for name, _ in self._fields if name != TOKEN}


async def read_form(request: Request, visitor: Visitor) -> Form:
    """The form of a POST. Raises BadForm: from another site, without our token, too large, or no form at all."""
    if _is_foreign(request):
        raise BadForm("form.foreign", 403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        raise BadForm("form.odd", 415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadForm("form.large", 413)
    try:
        text = body.decode("ascii")
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadForm("form.odd", 400) from None
    if any("\x00" in name or "\x00" in value for name, value in fields):
        raise BadForm("form.odd", 400)
    form = Form(fields)
    if visitor.is_new or not is_form_token(visitor.key, form.one(TOKEN)):
        raise BadForm("form.token", 403)
    return form


def _is_foreign(request: Request) -> bool:
    """Whether the browser says that a page of another site sent this."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
