"""The scheduler's section of the settings. Truth about what is due is in the database; these say how often to look."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["scheduler", "crawler", "web"]
ROLES: tuple[Role, ...] = ("scheduler", "crawler", "web")


class SchedulerSettings(BaseModel):
    """How often the service looks for due work."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: tuple[Role, ...] = Field(default=ROLES, min_length=1, description="What this process does.")
    tick_seconds: int = Field(default=30, ge=1, le=600, description="How often due visits are looked for.")
    concurrent_visits: int = Field(default=8, ge=1, le=64, description="Outlets visited at the same time.")
    delivery_tick_seconds: int = Field(default=20, ge=1, le=600, description="How often the outbox is looked at.")
    stop_timeout_seconds: int = Field(
        default=40, ge=1, le=300, description="Longest wait for running visits when the service is told to stop."
    )
