"""The digest's section of the settings: who gets the mail, when a day is cut, and the server that sends it."""

import re
from datetime import date, time
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from digest.workdays import Workdays

# The dot-atom of RFC 5321, ASCII only: what every server accepts without SMTPUTF8.
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+")
LONGEST_ADDRESS = 254
LONGEST_URL = 900  # a header line of List-Unsubscribe stays below the 998 characters SMTP allows


def _address(value: str) -> str:
    name, address = parseaddr(value)
    if name or address != value or not ADDRESS.fullmatch(value) or len(value) > LONGEST_ADDRESS:
        raise ValueError(f"{value!r} is not a plain mail address like analyst@example.com")
    return value


def _sender(value: str) -> str:
    _, address = parseaddr(value)
    if not value.isprintable():
        raise ValueError("a sender has no line breaks or control characters")
    _address(address)
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not _printable(value):
        raise ValueError("must be an absolute http or https URL")
    return value.rstrip("/")


def _web_host(value: str) -> str | None:
    try:
        return urlsplit(value).hostname
    except ValueError:
        return None


def _way_out(value: str) -> str:
    if urlsplit(value).scheme not in {"https", "mailto"} or not _printable(value):
        raise ValueError("must be a mailto: or https: address")
    return value


def _printable(value: str) -> bool:
    return len(value) <= LONGEST_URL and value.isascii() and not re.search(r"[\s<>\"\x00-\x1f\x7f]", value)


def _hour(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("must be an hour like 07:20")
    return value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone like Asia/Seoul") from error
    return name


def _some_day(days: Any) -> Any:
    if days == ():
        raise ValueError("names no day: nothing would ever be mailed")
    return days


Address = Annotated[str, AfterValidator(_address)]
Sender = Annotated[str, AfterValidator(_sender)]
Hour = Annotated[str, AfterValidator(_hour)]
Zone = Annotated[str, AfterValidator(_known_zone)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WayOut = Annotated[str, AfterValidator(_way_out)]


class SmtpSettings(BaseModel):
    """The mail server that takes the digest for delivery."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="localhost", min_length=1, description="Host name of the mail server.")
    port: int = Field(default=587, ge=1, le=65535, description="TCP port: 587 starttls, 465 tls, 25 none.")
    security: Literal["none", "starttls", "tls"] = Field(
        default="starttls",
        description="starttls: no mail unless the line becomes encrypted; tls: from the start.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authority behind the server's certificate; absent: the system's.",
    )
    username: str | None = Field(default=None, description="Account on the server; absent: no login.")
    password: SecretStr | None = Field(default=None, description="Password of the account.")
    timeout: float = Field(default=30.0, gt=0, le=300, description="Seconds to wait for an answer of the server.")

    @model_validator(mode="after")
    def _whole_account(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("`username` and `password` belong together")
        if self.username is not None and self.security == "none":
            raise ValueError('a password is only sent over an encrypted line: set security to "starttls" or "tls"')
        return self


DayNames = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Days = Annotated[Literal["every", "business"] | tuple[DayNames, ...], AfterValidator(_some_day)]
NoNews = Literal["note", "skip", "always"]


class DkimSettings(BaseModel):
    """DKIM: the signature by which a receiving server knows that a mail is from the sender's domain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str | None = Field(
        default=None, pattern=r"^[a-z0-9.-]+$", description="Domain that signs: that of digest.sender, or above it."
    )
    selector: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]+$",
        description="Name of the public key below _domainkey in that domain's DNS.",
    )
    key_file: Path | None = Field(default=None, description="PEM file of the private key, RSA or Ed25519.")

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        given = [self.domain is not None, self.selector is not None, self.key_file is not None]
        if any(given) and not all(given):
            raise ValueError("`domain`, `selector` and `key_file` belong together")
        return self


class ChannelSettings(BaseModel):
    """A chat or a program that gets issues as a reader does; watches name the channels they go to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="What watches call it.")
    url: SecretStr = Field(
        description="An https: webhook that gets JSON (docs/digest.md), or an address of apprise like slack://…, "
        "msteams://…, tgram://…"
    )
    secret: SecretStr | None = Field(
        default=None, description="A webhook's calls are signed with it after Standard Webhooks."
    )
    allow_private: bool = Field(
        default=False, description="Whether the webhook may be in a private network. Redirects are never followed."
    )
    default: bool = Field(default=False, description="Whether the mail of these settings goes there, too.")

    @property
    def is_webhook(self) -> bool:
        """Whether it is a program that takes JSON, not a service of apprise."""
        return self.url.get_secret_value().lower().startswith(("http://", "https://"))

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        from digest.notify import is_known_to_apprise

        url = self.url.get_secret_value()
        if self.is_webhook:
            if not _web_host(url):
                raise ValueError("the webhook's address has no host")
        elif not is_known_to_apprise(url):
            raise ValueError(f"the address (of kind {url.partition('://')[0][:20]!r}) is none that apprise knows")
        return self


class DigestSettings(BaseModel):
    """The daily mail: its name, its readers, its hours. They are the watch `default`; `zgcwatch watch` makes others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(default="중관춘 데일리", min_length=1, max_length=60, description="Name of the mail.")
    recipients: tuple[Address, ...] = Field(default=(), description="Plain mail addresses; each gets its own message.")
    sender: Sender = Field(
        default="zgcwatch@localhost", description="From: a mail address, a name may stand before it: Name <address>."
    )
    cutoff: Hour = Field(
        default="07:20",
        description="Hour at which a day's window closes; later articles are in the next mail.",
    )
    deliver_at: Hour = Field(default="07:40", description="Hour at which the mail goes out, not before `cutoff`.")
    timezone: Zone = Field(default="Asia/Seoul", description="Zone of both hours and of the times shown in the mail.")
    days: Days = Field(
        default="every",
        description='Days with a mail: "every", "business" (working days of Korea) or a list like ["mon", "thu"]. '
        "What comes on the other days is in the next mail.",
    )
    no_news: NoNews = Field(
        default="note",
        description="When there is nothing to tell. note: a short note on working days; always: on every day with a "
        "mail; skip: no mail.",
    )
    holidays: tuple[date, ...] = Field(
        default=(), description="Days that are no working days, besides the public holidays of Korea."
    )
    workdays: tuple[date, ...] = Field(
        default=(), description="Days that are working days although they are a weekend or a public holiday."
    )
    minimum_relevance: float = Field(
        default=0.0, ge=0, description="Articles scored below this stay in the archive and out of the mail."
    )
    smtp: SmtpSettings = Field(default_factory=SmtpSettings, description="The mail server.")
    web_url: WebAddress | None = Field(
        default=None, description="Public address of this installation's web server; the mail links to its API."
    )
    sign_up: bool = Field(
        default=False,
        description="Whether people may sign up by themselves at /subscribe, for this mail and for watches that are "
        "open to all (`zgcwatch watch edit NAME --open`); they confirm by a link in a mail. Needs `web_url`.",
    )
    unsubscribe: WayOut | None = Field(
        default=None,
        description="Where a reader leaves the list (mailto: or https:); shown in the mail and in List-Unsubscribe.",
    )

    dkim: DkimSettings = Field(
        default_factory=DkimSettings, description="The signature of each mail; absent: the mail server's affair."
    )
    channels: tuple[ChannelSettings, ...] = Field(
        default=(),
        description="Chats and programs that get issues, too, for watches to name: tables [[digest.channels]] with a "
        "name, a url (slack://…, or a webhook at https://…), its secret (whsec_…), and default to get this mail.",
    )

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not title.isprintable():
            raise ValueError("must be one line without control characters")
        return title

    @field_validator("recipients")
    @classmethod
    def _each_once(cls, recipients: tuple[str, ...]) -> tuple[str, ...]:
        folded = [recipient.casefold() for recipient in recipients]
        twice = sorted({recipient for recipient in folded if folded.count(recipient) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is listed more than once")
        return recipients

    @field_validator("channels")
    @classmethod
    def _named_once(cls, channels: tuple[ChannelSettings, ...]) -> tuple[ChannelSettings, ...]:
        names = [channel.name for channel in channels]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"more than one channel is called {', '.join(twice)}")
        return channels

    @model_validator(mode="after")
    def _hours_in_order(self) -> Self:
        if self.deliver_at < self.cutoff:
            raise ValueError("`deliver_at` must not be before `cutoff`")
        return self

    @model_validator(mode="after")
    def _links_for_sign_up(self) -> Self:
        if self.sign_up and self.web_url is None:
            raise ValueError("`sign_up` needs `web_url`: the mail with the link to confirm must say where it leads")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the hours and of the times shown."""
        return ZoneInfo(self.timezone)

    @property
    def calendar(self) -> Workdays:
        """The working days of Korea as the operator knows them."""
        return Workdays(self.holidays, self.workdays)

    @property
    def cutoff_time(self) -> time:
        """`cutoff` as a wall-clock time in `zone`."""
        return time.fromisoformat(self.cutoff)

    @property
    def delivery_time(self) -> time:
        """`deliver_at` as a wall-clock time in `zone`."""
        return time.fromisoformat(self.deliver_at)
