"""The web room's section of the settings."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from web.login.settings import LoginSettings, Network


class WebSettings(BaseModel):
    """Where the archive API and the pages listen, and who may read them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 inside a container.")
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port to listen on.")
    require_token: Literal["remote", "always", "never"] = Field(
        default="remote",
        description=(
            "Who needs a token (`zgcwatch token add`) to read the API. remote: everyone but programs on this machine "
            "that ask for localhost or a loopback address, who may read without one; always: everyone; never: nobody, "
            "for a port that only trusted programs reach. Full texts need a token with the scope fulltext in any case."
        ),
    )
    rate_per_minute: int = Field(
        default=600,
        ge=0,
        description="Requests a minute of one token, or of one address (of IPv6 one /64) without token; 0: any number. "
        "A token may have its own figure.",
    )
    burst: int = Field(
        default=60, ge=1, description="Requests that may come at once before the rate above is enforced."
    )
    threads: int = Field(
        default=4,
        ge=1,
        le=64,
        description="Answers that are made at the same time at most. Quick ones are made one after the other, which is "
        "faster; one that takes long makes room for another.",
    )
    trusted_proxies: tuple[Network, ...] = Field(
        default=("127.0.0.0/8", "::1/128"),
        description="Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed.",
    )
    login: LoginSettings = Field(default_factory=LoginSettings)
