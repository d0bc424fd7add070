"""The archive's section of the settings."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class StorageSettings(BaseModel):
    """Where the archive is and how long raw pages are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str = Field(
        default="sqlite:///zgcwatch.db",
        description="sqlite:///relative/path, sqlite:////absolute/path or postgresql://user:password@host/name.",
    )
    duplicate_window_days: int = Field(
        default=60, ge=30, le=90, description="Days between two articles that may still be copies of one report."
    )
    keep_pages_days: int = Field(default=90, ge=1, description="Days a raw page is kept for extraction to run again.")
    keep_visits_days: int = Field(
        default=90, ge=30, description="Days the history of visits is kept, by which outlets are judged."
    )

    keep_deliveries_days: int = Field(
        default=400, ge=30, description="Days it is kept who was mailed what; the mails themselves stay."
    )

    backups: Path | None = Field(
        default=None, description="Folder into which the service copies the archive every night (04:30)."
    )
    backups_keep: int = Field(default=14, ge=1, le=1000, description="Newest of these copies that are kept.")

    @property
    def duplicate_window(self) -> timedelta:
        """How far apart two articles may be first seen to be compared."""
        return timedelta(days=self.duplicate_window_days)
