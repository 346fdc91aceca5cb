"""How a firm values its stock as a TOML file: read with every problem named, and written so that it can be changed and read again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analytics.assumptions import Signed
from analytics.assumptions_file import toml_tables
from analytics.errors import DataError, Problem
from analytics.valuation.policy import DEFAULT_POLICY, Override, StockPolicy

__all__ = ["policy_toml", "read_policy"]

_NUMBERS = {
    "selling_share": "cost to sell, a share of the price",
    "excess_months": "excess is what is beyond so many months of demand",
    "dead_months": "dead is what had no sale in so many months",
    "new_months": "what is sold for less is too young to judge",
    "ledger": "balance of all stock in the ledger",
    "one_off": "what switching costs once, for the programme",
}
_LADDERS = {
    "age_ladder": "from so many days on so much of the value is reserved",
    "cover_ladder": "from so many months of cover on so much of the value is reserved",
}
_BY_NAME = ("ledger_of", "one_off_of")
_COMPARE = "compare with the output of 'stock-or-order policy'"


def policy_toml(policy: StockPolicy = DEFAULT_POLICY) -> str:
    """A policy as the text of a TOML file; amounts that nobody stated stand as comments, what was typed by product or account below.

    >>> policy_toml().splitlines()[0], read_policy(policy_toml()) == DEFAULT_POLICY
    ('# How stock is valued. What is left out is as here.', True)
    """
    lines = [
        "# How stock is valued. What is left out is as here.",
        f'standard = "{policy.standard}"  # ifrs, usgaap or hgb',
    ]
    day = "2024-12-31" if np.isnat(policy.as_of) else str(policy.as_of.astype("datetime64[D]"))
    lines.append(f'{"# " if np.isnat(policy.as_of) else ""}as_of = "{day}"  # day of the stock')
    lines.append(
        f"bucket_days = [{', '.join(_said(one) for one in policy.bucket_days)}]  # ends of the buckets of age"
    )
    for name, words in _LADDERS.items():
        steps = ", ".join(f"[{_said(start)}, {_said(share)}]" for start, share in getattr(policy, name))
        lines.append(f"{name} = [{steps}]  # {words}")
    for name, words in _NUMBERS.items():
        value = float(getattr(policy, name))
        lines.append(
            f"{'# ' if math.isnan(value) else ''}{name} = {0.0 if math.isnan(value) else value!r}  # {words}"
        )
    for name in ("account_of", *_BY_NAME):
        if ones := getattr(policy, name):
            lines += ["", f"[{name}]"]
            lines += [
                f"{_text(key)} = {_text(one) if isinstance(one, str) else repr(float(one))}"
                for key, one in ones.items()
            ]
    for sku, one in policy.overrides.items():
        said = {"by": one.by, "note": one.note, "data_date": one.data_date}
        lines += ["", f"[overrides.{_text(sku)}]", f"amount = {one.amount!r}"]
        lines += [f"{key} = {_text(value)}" for key, value in said.items() if value]
    return "\n".join(lines) + "\n"


def _said(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else repr(float(value))


def _text(text: str) -> str:
    """A text of TOML with its quotes."""
    marks = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(marks.get(c, c) for c in text) + '"'


def read_policy(given: str | bytes, by: str = "", base: StockPolicy = DEFAULT_POLICY) -> StockPolicy:
    r"""A policy from TOML, as text or as the bytes of a file; what it leaves out is as in `base`, what it states was stated `by` a name ("": none).

    Keys are those of `policy_toml`: standard, as_of, bucket_days, age_ladder, cover_ladder, amounts, [account_of], [ledger_of],
    [one_off_of] and [overrides."SKU"] with amount, by and note. Raises DataError with every problem: a key that is none, a value
    of another kind, a reserve set by hand without a name, and what `StockPolicy` refuses.

    >>> read_policy('age_ladder = [[91, 0.1], [366, 0.6]]\nselling_share = 0.03').age_ladder
    ((91.0, 0.1), (366.0, 0.6))
    """
    document = toml_tables(given, "the settings of stock", _COMPARE)
    problems: list[Problem] = []
    readers: Mapping[str, tuple[Callable[[Any], Any], str]] = {
        "as_of": (_day, "a day such as 2024-12-31"),
        "standard": (_word, "ifrs, usgaap or hgb"),
        "bucket_days": (lambda one: tuple(_number(day) for day in one), "days, such as [90, 180, 365]"),
        **dict.fromkeys(_NUMBERS, (_number, "a number")),
        **dict.fromkeys(_LADDERS, (_ladder, "steps, such as [[181, 0.25], [366, 0.5]]")),
        "account_of": (lambda one: _by_name(one, _word), 'accounts by family, such as "Bikes" = "1400"'),
        **dict.fromkeys(
            _BY_NAME, (lambda one: _by_name(one, _number), 'amounts by name, such as "1400" = 250000.00')
        ),
        "overrides": (
            lambda one: _overrides(one, by),
            'tables such as [overrides."SKU"] with amount, by and note',
        ),
    }
    found: dict[str, Any] = {}
    for name, value in document.items():
        if name not in readers:
            problems.append(_wrong(f"{name} is no setting of stock", str(name), ", ".join(readers)))
            continue
        read, expected = readers[name]
        try:
            found[name] = read(value)
        except (TypeError, ValueError, AttributeError) as fault:
            why = str(fault) if name == "overrides" else ""
            problems.append(
                _wrong(f"{name} cannot be used{f': {why}' if why else ''}", str(value)[:80], expected)
            )
    if problems:
        raise DataError(problems)
    signed = {name: Signed(by, "") for name in found if name != "overrides"} if by else {}
    return replace(base, **found, signed={**base.signed, **signed})


def _wrong(message: str, found: str, expected: str) -> Problem:
    return Problem("stock_policy", message, _COMPARE, found=found, expected=expected)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("no number")
    return float(value)


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _day(value: Any) -> np.datetime64:
    """A day, written as a text or as a date of TOML."""
    text = str(value)
    if len(text) != 10:
        raise ValueError("no day")
    return np.datetime64(text, "D")


def _ladder(value: Any) -> tuple[tuple[float, float], ...]:
    return tuple((_number(start), _number(share)) for start, share in value)


def _by_name(value: Mapping[str, Any], read: Callable[[Any], Any]) -> dict[str, Any]:
    return {str(name): read(one) for name, one in value.items()}


def _overrides(value: Mapping[str, Any], by: str) -> dict[str, Override]:
    """Reserves set by hand. Raises ValueError for one without a name."""
    out = {}
    for sku, one in value.items():
        unknown = sorted(set(one) - {"amount", "by", "note", "data_date"})
        if unknown or "amount" not in one:
            raise ValueError(
                f"{sku} has {unknown[0] + ', which is none of its keys' if unknown else 'no amount'}"
            )
        who = _word(one.get("by", by)).strip()
        if not who:
            raise ValueError(f'{sku} names nobody who set it: write by = "NAME", or give --by')
        out[str(sku)] = Override(
            _number(one["amount"]), who, str(one.get("note", "")), str(one.get("data_date", ""))
        )
    return out
