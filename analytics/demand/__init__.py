"""Demand: units per product and period net of returns, classes, life cycle, and items completed from the sales."""

from analytics.demand.classes import demand_classes
from analytics.demand.complete import complete_items, with_life
from analytics.demand.life.life_cycle import STAGES, LifeCycle, life_cycle
from analytics.demand.life.reliability import DeathReliability, death_reliability
from analytics.demand.panel import DemandPanel, demand_panel, panel_until
from analytics.demand.salvage import with_salvage_from_sales

__all__ = [
    "STAGES",
    "DeathReliability",
    "DemandPanel",
    "LifeCycle",
    "complete_items",
    "death_reliability",
    "demand_classes",
    "demand_panel",
    "life_cycle",
    "panel_until",
    "with_life",
    "with_salvage_from_sales",
]
