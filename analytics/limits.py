"""Limits: what the whole portfolio shares and cannot exceed, and the marks of single products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from analytics.errors import Problem

__all__ = ["LIMIT_KEYS", "Limits", "limits_from_table", "limits_toml"]

#: Keys of the table [limits]: unit, lowest and highest value, and what it means. The order is the order of the screen.
LIMIT_KEYS: Mapping[str, tuple[str, float, float, str]] = {
    "order_capacity_per_month": (
        "units or hours",
        0.0,
        1e12,
        "what can be made to order in a month: units, or hours where hours_per_unit is given",
    ),
    "hours_per_unit": (
        "hours",
        0.0,
        1e6,
        "work on one unit made to order; [limits.hours] gives it for a product or a family",
    ),
    "highest_utilisation": ("share", 0.01, 0.99, "share of that capacity that is planned at most"),
    "working_capital": ("money", 0.0, 1e15, "average money in stock and in work, less deposits"),
    "stocked_products": ("products", 0.0, 1e9, "how many products may lie finished in stock"),
    "least_share_served": ("share", 0.0, 1.0, "share of demand, by value, that must be sold"),
    "least_share_at_once": (
        "share",
        0.0,
        1.0,
        "share of demand, by value, that must be served from stock at once",
    ),
}
_FLAGS: Mapping[str, str] = {
    "every_month": "true: the capacity must hold in every month, not only on average over the year",
    "bad_years": "true: capacity and working capital must hold in 95 of 100 simulated years, not only on average",
}
_MARKS: Mapping[str, str] = {
    "must_stock": "products that must be made to stock",
    "must_order": "products that must be made to order",
}
_DEFAULTS: Mapping[str, float] = {"highest_utilisation": 0.9}


@dataclass(frozen=True)
class Limits:
    """What is shared and limited; None: no limit. Names and units as in LIMIT_KEYS; `hours` is work per unit by SKU or family."""

    order_capacity_per_month: float | None = None
    hours_per_unit: float | None = None
    highest_utilisation: float = 0.9
    working_capital: float | None = None
    stocked_products: float | None = None
    least_share_served: float | None = None
    least_share_at_once: float | None = None
    every_month: bool = False
    bad_years: bool = False
    must_stock: tuple[str, ...] = ()
    must_order: tuple[str, ...] = ()
    hours: Mapping[str, float] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether anything is limited or marked at all.

        >>> Limits().any, Limits(working_capital=5.0).any
        (False, True)
        """
        stated = (
            self.order_capacity_per_month,
            self.working_capital,
            self.stocked_products,
            self.least_share_served,
            self.least_share_at_once,
        )
        return any(value is not None for value in stated) or bool(self.must_stock or self.must_order)

    @property
    def in_hours(self) -> bool:
        """Whether capacity is counted in hours (else in units)."""
        return self.hours_per_unit is not None or bool(self.hours)


def _number(
    name: str, value: Any, low: float, high: float, unit: str, problems: list[Problem]
) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        problems.append(
            Problem(
                "not_a_number",
                f"limits.{name} is not a number",
                "write a plain number",
                column=name,
                found=str(value),
                expected=f"a number of {unit}",
            )
        )
        return None
    if not low <= value <= high:
        expected = f"between {low:g} and {high:g} ({unit})"
        problems.append(
            Problem(
                "out_of_range",
                f"limits.{name} is out of range",
                "correct the value",
                column=name,
                found=f"{value:g}",
                expected=expected,
            )
        )
        return None
    return float(value)


def limits_from_table(table: Any, problems: list[Problem]) -> Limits:
    """Limits from the TOML table [limits]; every fault is added to `problems`.

    >>> limits_from_table({"working_capital": 2e6}, []).working_capital
    2000000.0
    """
    if not isinstance(table, dict):
        problems.append(
            Problem(
                "not_a_table",
                "[limits] is not a table",
                "write it as a TOML table",
                found=str(table),
                expected="a table",
            )
        )
        return Limits()
    found: dict[str, Any] = {}
    for name, value in table.items():
        if name in LIMIT_KEYS:
            unit, low, high, _ = LIMIT_KEYS[name]
            found[name] = _number(name, value, low, high, unit, problems)
            if name == "stocked_products" and found[name] is not None and found[name] != int(found[name]):
                problems.append(
                    Problem(
                        "not_whole",
                        f"limits.{name} is not a whole number",
                        "write a whole number",
                        column=name,
                        found=str(value),
                        expected="whole products",
                    )
                )
        elif name in _FLAGS:
            if not isinstance(value, bool):
                problems.append(
                    Problem(
                        "not_a_flag",
                        f"limits.{name} is neither true nor false",
                        "write true or false",
                        column=name,
                        found=str(value),
                        expected="true or false",
                    )
                )
            found[name] = value is True
        elif name in _MARKS:
            if not isinstance(value, list) or not all(isinstance(sku, str) for sku in value):
                remedy = 'write ["SKU", "SKU"]'
                problems.append(
                    Problem(
                        "not_a_list",
                        f"limits.{name} is not a list of products",
                        remedy,
                        column=name,
                        found=str(value),
                        expected="a list of texts",
                    )
                )
                continue
            found[name] = tuple(value)
        elif name == "hours":
            if not isinstance(value, dict):
                problems.append(
                    Problem(
                        "not_a_table",
                        "[limits.hours] is not a table",
                        'write "SKU or family" = hours',
                        found=str(value),
                        expected="a table",
                    )
                )
                continue
            read = {
                str(key): _number(f"hours.{key}", hours, 0.0, 1e6, "hours", problems)
                for key, hours in value.items()
            }
            found[name] = {key: hours for key, hours in read.items() if hours is not None}
        else:
            known = ", ".join((*LIMIT_KEYS, *_FLAGS, *_MARKS, "hours"))
            problems.append(
                Problem(
                    "unknown_key",
                    f"limits.{name} is not understood",
                    f"use {known}",
                    column=str(name),
                    found=str(name),
                    expected="a name of the list",
                )
            )
    return Limits(**{name: value for name, value in found.items() if value is not None})


def _text(value: Any) -> str:
    return (
        '"'
        + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\' or ord(c) == 127 else c for c in str(value))
        + '"'
    )


def limits_toml(limits: Limits) -> list[str]:
    """The table [limits] as lines of TOML: what is stated, and the rest as comments."""
    lines = ["", "[limits]", "# what the whole portfolio shares; leave out what is not limited"]
    for name, (unit, _, _, words) in LIMIT_KEYS.items():
        value = getattr(limits, name)
        stated = value is not None and value != _DEFAULTS.get(name)
        lines += [
            f"# {words} ({unit})",
            f"{'' if stated else '# '}{name} = {value if value is not None else 0!r}",
        ]
    for name, words in _FLAGS.items():
        lines += [
            f"# {words}",
            f"{'' if getattr(limits, name) else '# '}{name} = {str(getattr(limits, name)).lower()}",
        ]
    for name, words in _MARKS.items():
        lines += [
            f"# {words}",
            f"{'' if getattr(limits, name) else '# '}{name} = [{', '.join(_text(sku) for sku in getattr(limits, name))}]",
        ]
    if limits.hours:
        lines += ["", "[limits.hours]", *(f"{_text(key)} = {hours!r}" for key, hours in limits.hours.items())]
    return lines


assert {f.name for f in fields(Limits)} == {*LIMIT_KEYS, *_FLAGS, *_MARKS, "hours"}
