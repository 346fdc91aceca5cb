"""Where in a business an assumption belongs, so that whoever knows it finds it: customers, supply, stock, money."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["AREAS"]

#: Every assumption once, by the part of the business that knows it, in the order in which it is asked there.
AREAS: Mapping[str, tuple[str, ...]] = {
    "Customers": (
        "patience_per_day", "patience_curve", "patience_shape", "units_per_order", "waiting_cost_per_unit_day", "goodwill_per_unit",
        "price_premium", "price_elasticity", "cancellation_share", "deposit_share",
    ),
    "Supply": (
        "component_lead_days", "production_days", "assembly_days", "queue_days", "late_days", "review_days", "setup_cost", "order_setup_cost",
        "cost_premium", "scale_elasticity", "component_share", "cancellable_share", "sunk_share",
    ),
    "Stock": (
        "hazard_per_year", "storage_rate", "insurance_rate", "salvage_share", "clearing_share", "price_erosion_per_year", "todays_service",
        "excess_cover_weeks", "years_unsold", "longest_run_off_years",
    ),
    "Money": ("capital_rate", "fixed_cost_share", "gross_margin", "unit_value", "gain_error"),
}  # fmt: skip
