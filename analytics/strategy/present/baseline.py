"""What every gain is compared with, as a record: how much of today the file says, and what stands for what it leaves open."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Baseline", "BaselineKind"]


class BaselineKind(StrEnum):
    """How much the file says of the strategies in use today: of every living product, of some, of none."""

    KNOWN = "known"
    PARTLY = "partly"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Baseline:
    """What today's way rests on: how much of it the file says, and how much is assumed.

    Living `products`, those whose `strategy_known` the file says, those whose levels follow from the stated `service` (share, NaN: none) because the
    file gives none (`confirmed`: by the user, not assumed), and those whose levels are `outdated`: they could not deliver what is expected to be sold.

    >>> Baseline(10, 10, 0, 0, float("nan")).name
    "today's way"
    >>> Baseline(10, 10, 4, 0, 0.95).name
    "today's way (95 % service assumed where the file gives no levels)"
    >>> Baseline(10, 0, 10, 0, 0.95).name
    'everything to stock at 95 % service (assumed: the file does not say how it is run today)'
    """

    products: int
    strategy_known: int
    by_service: int
    outdated: int
    service: float
    confirmed: bool = False

    @property
    def kind(self) -> BaselineKind:
        """How much the file says."""
        if self.strategy_known >= self.products:
            return BaselineKind.KNOWN
        return BaselineKind.PARTLY if self.strategy_known else BaselineKind.ASSUMED

    @property
    def is_today(self) -> bool:
        """Whether the file says of at least one product how it is run today."""
        return self.kind is not BaselineKind.ASSUMED

    @property
    def against(self) -> str:
        """The baseline in two or three words, after "than" or "as".

        >>> Baseline(10, 0, 10, 0, 0.95).against, Baseline(10, 3, 7, 0, 0.95).against
        ('everything to stock', 'today')
        """
        return "today" if self.is_today else "everything to stock"

    @property
    def name(self) -> str:
        """The baseline in words."""
        service = f"{100.0 * self.service:.3g} % service" if math.isfinite(self.service) else ""
        at = f" at {service}" if service else ""
        stated = "confirmed" if self.confirmed else "assumed"
        if self.kind is BaselineKind.ASSUMED:
            return f"everything to stock{at} ({stated}: the file does not say how it is run today)"
        if self.kind is BaselineKind.PARTLY:
            return f"today's way (where the file does not say: to stock{at}, {stated})"
        parts = [f"{service} {stated} where the file gives no levels"] if self.by_service else []
        if self.outdated:
            parts.append(
                f"levels of {self.outdated:,} product{'s' if self.outdated > 1 else ''} too low to deliver, counted at the service that the other levels give"
            )
        return "today's way" + (f" ({'; '.join(parts)})" if parts else "")
