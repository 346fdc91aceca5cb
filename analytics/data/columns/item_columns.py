"""Which column of a list of items or stock has which role: by its name, and by its words where a name may say two things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analytics.data.columns.column_look import look
from analytics.data.columns.column_roles import RoleMap, told_columns
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.header_names import ITEM_NAMES, normal_name, role_of_name
from analytics.data.values.stated_scale import may_be_price_unit
from analytics.data.values.todays_words import made_of, mode_of, modes_said
from analytics.data.values.vocabulary import yes_or_no
from analytics.items import ITEM_FIELDS

__all__ = ["STOCK_DAYS", "map_item_columns"]

#: columns that say something of stock alone
_OF_STOCK = ("place", "stock_date", "lot", "receipt_date", "stock_value", "stock_reserved")
#: days that say something of stock alone: where they decide nothing they are left out, and said
STOCK_DAYS = {"stock_date", "receipt_date", "arrival_date"}
#: names of what is filled up from, and to: a rule only where both stand there
_MIN = frozenset(
    "min|min stock|min level|minimum stock|minimum level|min qty on hand|mindestbestand|minbestand|stock min|stock mini|minimo|scorta minima|minimale voorraad|minimum".split(
        "|"
    )
)
_MAX = frozenset(
    "max|max stock|max level|maximum stock|maximum level|maxbestand|hochstbestand|stock max|stock maxi|maximo|scorta massima|maximale voorraad|maximum".split(
        "|"
    )
)
#: what remains of an entry into stock, and the day of the entry
_REMAINING = frozenset(
    "remaining quantity|remaining qty|quantity remaining|qty remaining|restmenge".split("|")
)
_ENTERED = frozenset("posting date|entry date|date|buchungsdatum|datum".split("|"))
#: names that say something else of a product in other files: they count where their words do
_UNSURE = frozenset(
    "source|supply source|item source|herkunft|bezugsart|stocked|is stocked|stocking status|stock policy|supply type|lagerartikel|a stock|tipo de gestion".split(
        "|"
    )
)


def map_item_columns(
    table: RawTable, mapping: Mapping[str, str | int] | None, stock_list: bool = False
) -> tuple[RoleMap, list[str]]:
    """Find the column of every role of a list of items, and the columns that say nothing; in a list of stock the quantity is what is on hand.

    `mapping` names columns for roles; raises DataError where it names what the file does not have.
    """
    told = told_columns(table.names, mapping or {}, {**{name: "" for name in ITEM_FIELDS}, **ITEM_NAMES})
    role = {r: i for r, i in told.items() if i >= 0}
    confidence, evidence = dict.fromkeys(role, 1.0), dict.fromkeys(role, "told")
    candidates = sorted(
        (
            (sure, -i, found, i)
            for i, name in enumerate(table.names)
            for found, sure in [role_of_name(name, items=True)]
            if found and found not in told
        ),
        reverse=True,
    )
    for sure, _, found, i in candidates:
        seen = look(table.columns[i])
        if (
            found in role
            or i in role.values()
            or seen.blank >= 1.0
            or (found in STOCK_DAYS and seen.dates < 0.5)
            or (found == "end_date" and _marks_alone(table.columns[i].values))
            or (found == "price_unit" and not may_be_price_unit(table.names[i], table.columns[i].values))
        ):
            continue
        found = _by_words(found, table.names[i], table.columns[i].values, role)
        if found:
            role[found], confidence[found], evidence[found] = i, sure, "name"
    if "sku" not in told:
        _code_of(table, [i for _, _, found, i in candidates if found == "sku"], role, confidence, evidence)
    _min_and_max(table.names, role, confidence, evidence, told)
    if stock_list and "on_hand" not in role:
        held = [
            i
            for i, n in enumerate(table.names)
            if role_of_name(n)[0] == "quantity" and i not in role.values()
        ]
        if held:
            role["on_hand"], confidence["on_hand"], evidence["on_hand"] = held[0], 1.0, "a list of stock"
            for i, name in enumerate(table.names):  # what says something of stock alone was passed over
                found = role_of_name(name, items=True)[0]
                if found in _OF_STOCK and found not in role and i not in role.values():
                    role[found], confidence[found], evidence[found] = i, 1.0, "name"
    for found in _OF_STOCK:
        if ("on_hand" not in role or (found == "stock_value" and not stock_list)) and found not in told:
            role.pop(found, None)
    if (
        "on_hand" in role
        and normal_name(table.names[role["on_hand"]]) in _REMAINING
        and "receipt_date" not in role
    ):
        days = [
            i
            for i, name in enumerate(table.names)
            if normal_name(name) in _ENTERED and i not in role.values()
        ]
        if (
            stock_list and days and look(table.columns[days[0]]).dates > 0.9
        ):  # an entry in of which something remains
            role["receipt_date"], confidence["receipt_date"], evidence["receipt_date"] = days[0], 0.8, "name"
    if "on_order" not in role and "arrival_date" not in told:
        role.pop("arrival_date", None)
    ignored = [name for i, name in enumerate(table.names) if i not in role.values()]
    return RoleMap(role, confidence, evidence), ignored


def _code_of(
    table: RawTable,
    named: Sequence[int],
    role: dict[str, int],
    confidence: dict[str, float],
    evidence: dict[str, str],
) -> None:
    """Of several columns named as products the one of codes, where the one found holds names; without any, a first column without a name whose every row differs."""
    found = role.get("sku", -1)
    codes = [i for i in named if look(table.columns[i]).codes > 0.9 and i not in role.values()]
    if found >= 0 and codes and look(table.columns[found]).codes < 0.1:
        role["sku"] = codes[0]
        if "name" not in role:
            role["name"], confidence["name"], evidence["name"] = found, 0.7, "name"
    elif found < 0 and table.names[:1] == ("column 1",) and len(table):
        first = table.columns[0]
        if look(first).numbers < 0.9 and len(first.values) >= 0.9 * len(table) and look(first).blank < 0.1:
            role["sku"], confidence["sku"], evidence["sku"] = 0, 0.5, "content"


def _min_and_max(
    names: Sequence[str],
    role: dict[str, int],
    confidence: dict[str, float],
    evidence: dict[str, str],
    told: Mapping[str, int],
) -> None:
    """A minimum and a maximum beside each other are the reorder point and the level that is filled up to."""
    free = [i for i in range(len(names)) if i not in role.values() or i == role.get("order_up_to_level")]
    low = next((i for i in free if normal_name(names[i]) in _MIN), -1)
    high = next((i for i in free if normal_name(names[i]) in _MAX), -1)
    if low < 0 or high < 0 or {"reorder_point", "order_up_to_level"} & set(told) or "reorder_point" in role:
        return
    for found, at in (("reorder_point", low), ("order_up_to_level", high)):
        role[found], confidence[found], evidence[found] = at, 0.8, "name"


def _marks_alone(texts: Iterable[str]) -> bool:
    """Whether every filled cell answers yes or no: "discontinued: yes" is a mark and no day."""
    filled = [text for text in texts if text.strip()]
    return bool(filled) and all(yes_or_no(text) for text in filled)


def _by_words(found: str, name: str, texts: Iterable[str], role: Mapping[str, int]) -> str:
    """The role of a column whose name may say make or buy, or how a product is run today: by its words; "" where neither name nor words say either."""
    if found not in ("make", "current_mode"):
        return found
    listed = list(texts)
    known = any((made_of(text) if found == "make" else mode_of(text) or None) is not None for text in listed)
    if found == "make" and not known and modes_said(listed) and "current_mode" not in role:
        return "current_mode"
    return found if known or normal_name(name) not in _UNSURE else ""
