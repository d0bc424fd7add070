"""The forms of one issue, each printed once and kept at once: no more than one of them is in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from digest.content import IssueContent
from digest.frozen import Frozen, freeze
from digest.render import Renderer
from digest.settings import DigestSettings
from digest.variants import Variant
from storage.database import Session
from storage.digests import save_rendering


@dataclass(slots=True)
class Press:
    """Prints an issue or an edition of it. `key` is its name for ever (digest/issue.py), of which the bytes depend."""

    content: IssueContent
    settings: DigestSettings
    key: str
    watch: str
    now: datetime = field(kw_only=True)
    renderer: Renderer = field(default_factory=Renderer, kw_only=True)

    def printed(self, variant: Variant) -> Frozen:
        """The issue in one form."""
        return freeze(
            variant.of(self.content),
            self.settings,
            key=f"{self.key} {variant.name}".strip(),
            now=self.now,
            watch=self.watch,
            renderer=self.renderer,
            parts=variant.format,
        )

    def keep(self, session: Session, issue_id: int, variant: Variant, *, name: str) -> None:
        """Print a form and keep it with the issue under `name`."""
        made = self.printed(variant)
        save_rendering(
            session, issue_id, name, subject=made.subject, html=made.html, text=made.text, message=made.message
        )
