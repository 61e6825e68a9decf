from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet

COUNT_CAP = 10_000


class CappedPaginator(Paginator):
    """Counts to 10.000 and no further: a count of a million rows would cost more than the page."""

    _counted: int | None = None

    @property
    def count(self) -> int:
        """Rows found, at most one over the cap."""
        if self._counted is None:
            rows = cast(QuerySet, self.object_list)
            self._counted = rows.order_by()[: COUNT_CAP + 1].count()
        return self._counted

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.count > COUNT_CAP


class CountedPaginator(Paginator):
    """Pages of rows that were counted already, for example with the other tabs of their page."""

    def __init__(self, rows: Any, per_page: int, counted: int) -> None:
        super().__init__(rows, per_page)
        self._counted = counted

    @property
    def count(self) -> int:
        """Rows, as they were counted."""
        return self._counted
