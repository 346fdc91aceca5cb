"""Origins of a backtest: from which points in the past a decision can be replayed."""

from __future__ import annotations

from typing import NamedTuple

from tests.closed_forms.distributions.arguments import whole

__all__ = ["Origin", "rolling_origins"]


class Origin(NamedTuple):
    """One origin: the periods known then and the periods judged afterwards, both counted from 1, ends included."""

    first_known: int
    last_known: int
    first_judged: int
    last_judged: int


def rolling_origins(periods: int, least_known: int, horizon: int, step: int = 1) -> list[Origin]:
    """The origins of a rolling backtest: each knows all periods up to it and is judged on the next `horizon`.

    Formula: floor((T - least known - horizon) / step) + 1 origins, none where the history is too short. Periods.
    Source: definition (Tashman 2000, rolling origin with an expanding window).

    >>> [origin[1:] for origin in rolling_origins(30, 24, 3, 2)]
    [(24, 25, 27), (26, 27, 29)]
    """
    total, known, ahead, pace = (
        whole("periods", periods),
        whole("least_known", least_known, 1),
        whole("horizon", horizon, 1),
        whole("step", step, 1),
    )
    return [Origin(1, end, end + 1, end + ahead) for end in range(known, total - ahead + 1, pace)]
