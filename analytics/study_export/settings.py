"""What of a study a system of planning is told: its settings today beside what to set, and the file of what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.items import GIVEN
from analytics.naming.labels import Strategy, Verdict
from analytics.naming.systems import OPTIONAL, SYSTEMS, System
from analytics.strategy.decision_rule import CLEAR_LEAD_SHARE
from analytics.strategy.planned_settings import component_levels, planned_settings
from analytics.strategy.present.present_settings import todays_levels
from analytics.writeup.systems.rules import (
    Rules,
    cannot_stand,
    changed_rows,
    rules_bytes,
    rules_table,
    setting_changes,
)

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["SettingsOfStudy", "settings_after", "settings_before", "study_settings"]

Array = NDArray[np.float64]


class SettingsOfStudy(NamedTuple):
    """The settings that a study changes in a system.

    `rules` are the rows of its file, `changes` one line per setting (`writeup.systems.rules.CHANGE_COLUMNS`), `notes` what the file leaves out and why.
    """

    system: System
    rules: pd.DataFrame
    changes: pd.DataFrame
    notes: tuple[str, ...]

    def file(self, locale: str = "en") -> bytes:
        """The file to import, as bytes."""
        return rules_bytes(self.rules, locale)


def _rules(study: Study, strategy: NDArray[Any], point: Array, level: Array, lot: Array) -> Rules:
    items = study.items
    make = np.asarray(items["make"], np.float64)
    return Rules(
        np.array([str(sku) for sku in items.skus], object),
        np.array([str(name) for name in items["name"]], object),
        strategy,
        np.where(make > 0.0, "make", np.where(make == 0.0, "buy", "")).astype(object),
        point,
        level,
        lot,
        np.asarray(study.setup.world.integer, bool),
        np.asarray(items["order_multiple"], np.float64),
        np.asarray(items["moq"], np.float64),
    )


def settings_before(study: Study) -> Rules:
    """The settings of every product today as the files give them; what they leave open is not known."""
    items = study.items
    mode = np.array([str(mode).upper() for mode in items["current_mode"]], object)
    known = np.isin(mode, (Strategy.MTS, Strategy.ATO, Strategy.MTO)) & (
        items.origin("current_mode") == GIVEN
    )
    strategy = np.where(known, mode, "").astype(object)
    point, level, lot, _ = todays_levels(items)
    stocked = strategy == Strategy.MTS
    alone = np.isfinite(level) & ~np.isfinite(
        point
    )  # filled up at every review: at one unit less it is ordered
    step = np.where(study.setup.world.integer, 1.0, 0.0)
    point = np.where(stocked & alone, level - step, point)
    return _rules(
        study,
        strategy,
        point,
        np.where(stocked, level, np.nan),
        np.where(stocked & np.isfinite(level), np.nan, lot),
    )


def settings_after(study: Study) -> Rules:
    """What to set for every product: strategy, reorder point and lot; of what is assembled its share of the component kits.

    What is split by order size is made to stock for its small orders: no system has a word for it.
    """
    r, comparison = study.recommendation, study.comparison
    chosen = np.array(comparison.strategies, object)[r.recommended]
    planned = planned_settings(study.setup, comparison, study.items, r.recommended)
    point, lot = planned["reorder_point"].copy(), planned["order_quantity"].copy()
    kits = np.flatnonzero((chosen == Strategy.ATO) & ~r.ended)
    if len(kits):
        point[kits], lot[kits] = component_levels(study.setup, comparison, kits)
    strategy = np.where(chosen == Strategy.HYBRID, Strategy.MTS, chosen).astype(object)
    return _rules(study, strategy, point, np.full(len(point), np.nan), lot)


def study_settings(study: Study, system: System = SYSTEMS["minmax"]) -> SettingsOfStudy:
    """The settings that a study changes, for a system: of products that are decided and do not stay as they are, those of which a setting differs.

    Where today's settings are not known every setting that is decided is new, and is said to be. What stays as it is today is never written: its
    levels may be none of the files'.
    """
    r = study.recommendation
    before, after = settings_before(study), settings_after(study)
    then, now = rules_table(before, system), rules_table(after, system)
    decided = ~r.ended & (r.verdict != Verdict.NOT_DECIDABLE)
    emptied = _emptied_for_little(study, before, after) & decided
    differs = decided & ~r.as_today & ~emptied & changed_rows(then, now)
    unfit = differs & cannot_stand(after.sku, system.longest)
    rows = np.flatnonzero(differs & ~unfit)
    table = now.iloc[rows].reset_index(drop=True)
    # a column that none of these products has a value for says nothing
    table = table[
        [name for name in table.columns if name not in _optional(system) or bool((table[name] != "").any())]
    ]
    changes = setting_changes(
        after.take(rows),
        then.iloc[rows].reset_index(drop=True)[table.columns.intersection(then.columns)],
        table,
        r.gain[rows],
    )
    to_order = np.isin([before.strategy[rows], after.strategy[rows]], (Strategy.ATO, Strategy.MTO))
    split = np.array(study.comparison.strategies, object)[r.recommended] == Strategy.HYBRID
    notes = [
        (int((before.strategy[rows] == "").sum()), "whose strategy today is not known: all that is decided for them is written"),
        (int((r.as_today & decided).sum()), "that stay as they are today: not in the file"),
        (int(emptied.sum()), "that would order only once a customer waits, for less than a change of strategy must bring: not in the file"),
        (int((decided & ~r.as_today & ~emptied & ~differs).sum()), f"whose settings in {system.title} are right already: not in the file"),
        (int((~r.ended & ~decided).sum()), "that cannot be decided: not in the file"),
        (int(r.ended.sum()), "that have ended: not in the file"),
        (int(split[rows].sum()), "split by order size: made to stock for small orders; set large orders to order by hand"),
        (int((after.strategy[rows] == Strategy.ATO).sum()), "assembled to order: set the rules of their components; their own share of these is written where it is not looked at"),
        (int((to_order[0] != to_order[1]).sum()) if system.by_hand else 0, f"that change between stock and order: {system.by_hand}"),
        (int(unfit.sum()), f"whose code is longer than {system.title} allows or could run as a formula: not in the file"),
    ]  # fmt: skip
    said = tuple(
        f"{count:,} {'product' if count == 1 else 'products'} {words}" for count, words in notes if count
    )
    return SettingsOfStudy(system, table, changes, said)


def _emptied_for_little(study: Study, before: Rules, after: Rules) -> NDArray[np.bool_]:
    """Products held in stock that would order only once a customer waits, for less than a change of strategy must bring.

    Right in the plan, whose levels follow the season, and not in a system where a level stands until it is told another.
    """
    r = study.recommendation
    held = (before.strategy == Strategy.MTS) & (after.strategy == Strategy.MTS) & (before.point >= 0.0)
    little = r.gain < CLEAR_LEAD_SHARE * np.abs(r.decided.margin)
    return np.asarray(held & (after.point < 0.0) & little & ~r.as_today)


def _optional(system: System) -> set[str]:
    return {system.columns[key] for key in OPTIONAL if key in system.columns}
