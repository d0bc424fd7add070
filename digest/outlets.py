"""The outlets as a mail speaks of them: their names, samples marked, and what each lets us print."""

from collections.abc import Mapping
from typing import Self

from digest.content import Report
from digest.licence import DEFAULT_LICENCE
from digest.safe import one_line, safe_url
from storage.database import Session
from storage.digests import DigestArticle
from storage.outlets import outlet_names
from storage.records import OutletRow

SAMPLE_MARK = "(예시)"


class OutletBook:
    """The outlets of one moment."""

    def __init__(self, rows: Mapping[str, OutletRow]) -> None:
        self._rows = rows
        self.names = {outlet: self._name(row) for outlet, row in rows.items()}

    @classmethod
    def read(cls, session: Session) -> Self:
        """All outlets of the archive."""
        return cls(outlet_names(session))

    def name(self, outlet: str) -> str:
        """The name, (예시) behind it when the outlet is made up."""
        return self.names.get(outlet) or one_line(outlet) or outlet

    def is_sample(self, outlet: str) -> bool:
        row = self._rows.get(outlet)
        return row is not None and row.sample

    def licence(self, outlet: str) -> str:
        row = self._rows.get(outlet)
        return row.licence if row else DEFAULT_LICENCE

    def report(self, article: DigestArticle) -> Report:
        """An article as lists of names show it."""
        return Report(article.id, self.name(article.outlet), article.reported_at, safe_url(article.url))

    @staticmethod
    def _name(row: OutletRow) -> str:
        name = one_line(row.name) or row.id
        return f"{name} {SAMPLE_MARK}" if row.sample and SAMPLE_MARK not in name else name
