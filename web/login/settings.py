"""How people log in to the pages: part of the web room's section of the settings."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no address or network like 10.0.0.2 or 10.0.0.0/24 ({error})") from error
    return value


Network = Annotated[str, AfterValidator(_network)]


class LoginSettings(BaseModel):
    """How people (`zgcwatch user add`) log in to the pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session_idle_minutes: int = Field(
        default=720, ge=1, le=43_200, description="A session ends after so long without a click."
    )
    session_hours: int = Field(
        default=168, ge=1, le=8_760, description="A session ends so long after the login in any case."
    )
    plain_http: bool = Field(
        default=False,
        description="Let people of other machines log in over plain HTTP, where anybody on the way can read their "
        "password. Without it they need HTTPS, by a reverse proxy that sends X-Forwarded-Proto.",
    )
    user_header: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9-]{0,64}$",
        description="Header in which a reverse proxy of `web.trusted_proxies` says who is logged in there, as "
        "Remote-User; the name has to be a user of ours. The proxy must not let visitors send it. Empty: none.",
    )
