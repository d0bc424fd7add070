"""The archive's section of the settings."""

from pydantic import BaseModel, ConfigDict, Field


class StorageSettings(BaseModel):
    """Where the archive is and how long raw pages are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str = Field(
        default="sqlite:///zgcwatch.db",
        description="sqlite:///relative/path, sqlite:////absolute/path or postgresql://user:password@host/name.",
    )
    keep_pages_days: int = Field(default=90, ge=1, description="Days a raw page is kept for extraction to run again.")
    keep_visits_days: int = Field(
        default=90, ge=30, description="Days the history of visits is kept, by which outlets are judged."
    )
