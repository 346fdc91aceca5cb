"""Names on the screen: one label, unit and format per measure; the one list of components and strategies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["COMPONENTS", "COMPONENT_BLOCKS", "MEASURES", "STRATEGIES", "Label"]


@dataclass(frozen=True)
class Label:
    """How a name is shown: its label, its unit and a format ('money', 'units', 'share', 'days', 'number')."""

    label: str
    unit: str
    format: str


#: The strategies in the order of every page.
STRATEGIES: Mapping[str, str] = {
    "MTS": "make to stock",
    "ATO": "assemble to order",
    "MTO": "make to order",
    "HYBRID": "stock small orders, make large ones to order",
}

#: What is lost against the frictionless benchmark demand x (price - unit cost), money over 12 months.
#: Components add up to benchmark minus profit. `premium` may be negative.
COMPONENTS: Mapping[str, Label] = {
    "capital": Label("Cost of capital", "money/year", "money"),
    "storage": Label("Storage and insurance", "money/year", "money"),
    "setup": Label("Set-up", "money/year", "money"),
    "lost_margin": Label("Margin of lost orders", "money/year", "money"),
    "goodwill": Label("Goodwill", "money/year", "money"),
    "waiting": Label("Waiting and lateness", "money/year", "money"),
    "obsolescence": Label("Obsolescence", "money/year", "money"),
    "markdown": Label("Markdown", "money/year", "money"),
    "cancellation": Label("Cancellation", "money/year", "money"),
    "premium": Label("Premium of single units", "money/year", "money"),
}

#: Three blocks of the Compare page.
COMPONENT_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "booked cost": ("storage", "setup", "obsolescence", "markdown", "cancellation", "premium"),
    "cost of capital (not booked)": ("capital",),
    "margin not earned": ("lost_margin", "goodwill", "waiting"),
}

#: Physical and service measures of `strategies.csv`, beside the components and `profit`.
MEASURES: Mapping[str, Label] = {
    "profit": Label("Contribution after stock costs", "money/year", "money"),
    "benchmark": Label("Perfect year", "money/year", "money"),
    "revenue": Label("Revenue", "money/year", "money"),
    "cash_tied_up": Label("Cash tied up", "money", "money"),
    "units_demanded": Label("Units demanded", "units/year", "units"),
    "units_sold": Label("Units sold", "units/year", "units"),
    "units_lost": Label("Units lost", "units/year", "units"),
    "units_scrapped": Label("Units stranded at the end of life", "units/year", "units"),
    "units_cleared": Label("Units cleared", "units/year", "units"),
    "units_on_hand": Label("Average stock on hand", "units", "units"),
    "units_in_process": Label("Average units in process", "units", "units"),
    "units_backordered": Label("Average units backordered", "units", "units"),
    "orders": Label("Set-ups", "lots/year", "number"),
    "fill_rate": Label("Share of demand served at once", "share", "share"),
    "share_waiting": Label("Share of served demand that waits", "share", "share"),
    "share_lost": Label("Share of demand lost", "share", "share"),
    "wait_days_median": Label("Median wait of those who wait", "days", "days"),
    "wait_days_p90": Label("Wait exceeded by 1 in 10 of those who wait", "days", "days"),
    "wait_days_mean": Label("Mean wait of those who wait", "days", "days"),
}
