"""The scheduler's section of the settings. Truth about what is due is in the database; these say how often to look."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from digest.settings import Address
from scheduler.health import HealthRules

Role = Literal["scheduler", "crawler", "web"]
ROLES: tuple[Role, ...] = ("scheduler", "crawler", "web")


class SchedulerSettings(BaseModel):
    """How often the service looks for due work."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: tuple[Role, ...] = Field(default=ROLES, min_length=1, description="What this process does.")
    dispatch: Literal["embedded", "procrastinate"] = Field(
        default="embedded",
        description="embedded: one process makes all visits, others stand by; procrastinate: visits go through a queue "
        "in PostgreSQL to any number of crawler processes on any number of machines.",
    )
    tick_seconds: int = Field(default=30, ge=1, le=600, description="How often due visits are looked for.")
    concurrent_visits: int = Field(default=32, ge=1, le=64, description="Outlets visited at the same time.")
    delivery_tick_seconds: int = Field(default=20, ge=1, le=600, description="How often the outbox is looked at.")
    stop_timeout_seconds: int = Field(
        default=22, ge=1, le=300, description="Longest wait for running visits when the service is told to stop."
    )


class MonitorSettings(BaseModel):
    """The door for monitoring that every process has, whatever its roles: /metrics, /healthz and /readyz."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on; what is told is for operators only.")
    port: int = Field(
        default=9464,
        ge=0,
        le=65535,
        description="TCP port; 0: no such door. A second process on one machine needs another one.",
    )


class OperatorSettings(BaseModel):
    """Who is told when an outlet falls silent, fails, shuts us out or changes. Readers of the digest never are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mail: tuple[Address, ...] = Field(
        default=(), description="Mail addresses; messages leave by the digest's mail server and sender."
    )
    notify: tuple[SecretStr, ...] = Field(
        default=(),
        description="Addresses of apprise (github.com/caronc/apprise) like tgram://token/chat: secrets, best kept "
        'in a file that ZGCWATCH_OPERATOR__NOTIFY_FILE names and that holds ["…", "…"].',
    )

    @field_validator("mail")
    @classmethod
    def _each_once(cls, mail: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mail))

    @field_validator("notify")
    @classmethod
    def _known(cls, notify: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        from scheduler.channels import is_known_to_apprise

        for number, url in enumerate(notify, start=1):
            if not is_known_to_apprise(url.get_secret_value()):
                kind = url.get_secret_value().partition("://")[0][:20]
                raise ValueError(f"address {number} (of kind {kind!r}) is none that apprise knows or is complete")
        return notify


class HealthSettings(BaseModel):
    """When an outlet counts as quiet, failing or blocked. Days are working days in Korea."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every_seconds: int = Field(
        default=600, ge=1, le=86400, description="How often outlets are judged; the changes between are one message."
    )
    quiet_days: float = Field(
        default=3, gt=0, description="Working days without anything new before an outlet can be quiet,"
    )
    quiet_gaps: float = Field(default=5, ge=1, description="and so many times its own median gap between two news.")
    failing_after: int = Field(default=5, ge=1, description="Failures in a row that make a source failing,")
    failing_hours: float = Field(default=6, gt=0, description="or hours without an answer.")
    blocked_after: int = Field(
        default=3, ge=1, description="Refusals in a row (401, 403, 429, robots.txt, riddles for robots): blocked."
    )

    @property
    def rules(self) -> HealthRules:
        """The bounds of the judgement."""
        return HealthRules(
            quiet_after=timedelta(days=self.quiet_days),
            quiet_gaps=self.quiet_gaps,
            failing_after=self.failing_after,
            failing_for=timedelta(hours=self.failing_hours),
            blocked_after=self.blocked_after,
        )
