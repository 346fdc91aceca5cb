"""What kind of line each row is: sale, cancellation, service, stock correction, free of charge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.coded import Coded
from analytics.errors import DataError, Problem

__all__ = ["Choices", "LineKinds", "line_kinds"]


@dataclass(frozen=True)
class Choices:
    """What to do with lines that are not sales of products: reject or keep."""

    service_lines: str = "reject"
    stock_corrections: str = "reject"

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value not in ("reject", "keep"):
                raise DataError(Problem("choice", f"{name} cannot be {value!r}", "use reject or keep", found=str(value), expected="reject or keep"))


@dataclass(frozen=True, eq=False)
class LineKinds:
    """One flag per row and kind."""

    service: NDArray[np.bool_]
    correction: NDArray[np.bool_]
    free: NDArray[np.bool_]
    cancellation: NDArray[np.bool_]


_WORD = r"postage|carriage|freight|shipping(?: cost| fee| charge)?s?|delivery (?:fee|charge|cost)s?|handling (?:fee|charge)s?|bank charges?|commission|service fee|fees?|amazon ?fee|discount|rebate|manual|adjust(?: bad debt|ment)?|bad debt|surcharge|packaging|deposit|samples?|gift ?(?:voucher|card)s?|voucher|versand(?:kosten)?|porto|fracht(?:kosten)?|lieferkosten|verpackung(?:skosten)?|mindermengenzuschlag|rabatt|skonto|gutschein|pfand|gebuhr(?:en)?|frais(?: de port| d'expedition| de livraison)?|port|remise|gastos(?: de envio)?|envio|portes|descuento|spese(?: di spedizione)?|spedizione|sconto|frete|desconto|verzendkosten|verzending|korting|fragt|frakt"
_CODES = re.compile(r"(?i)^(?:post|postage|dot|carriage|freight|shipping|ship|handling|bank charges|amazonfee|fee|fees|cruk|versand|versandkosten|porto|fracht|frais|port|envio|spese|verzendkosten|frakt|fragt|discount|rabatt|rabat|adjust|adjust\d*|manual|pads|test\d*|gift_.*|voucher.*|giftcard.*|dcgs.*)$")
_SINGLE = re.compile(r"^(?:[mMdDsSbB]|C2|c2)$")
_NAME = re.compile(rf"(?i)^(?:dotcom |next day |uk |dotcomgiftshop |next day )?(?:{_WORD})(?:\s.*)?$")


def line_kinds(column: Mapping[str, Coded], numbers: Mapping[str, NDArray[np.float64]], sku: Coded) -> LineKinds:
    """Tell the kinds of lines apart by product code, description, price, customer and order number."""
    n = len(sku)
    regular = np.array([sum(c.isdigit() for c in t) >= 3 for t in sku.values], bool)
    counts = sku.counts()
    mostly = counts[regular].sum() > 0.8 * max(counts.sum(), 1) and len(counts) > 20
    service_code = np.array([bool(_CODES.match(t)) or bool(mostly and _SINGLE.match(t)) for t in sku.values], bool) if len(sku.values) else np.zeros(0, bool)
    service = sku.spread(service_code)
    if "name" in column and mostly:
        named = np.array([bool(_NAME.match(t.strip())) for t in column["name"].values], bool)
        service = service | (column["name"].spread(named) & ~sku.spread(regular))
    price = numbers.get("price", numbers.get("revenue"))
    correction = free = np.zeros(n, bool)
    if price is not None:
        zero = price == 0
        if "customer" in column and zero.any():
            nobody = column["customer"].spread(np.array([not t.strip() for t in column["customer"].values], bool))
            if nobody.mean() < 0.9:
                correction = zero & nobody
        free = zero & ~correction
        if "price" in numbers:
            service = service | (numbers["price"] < 0)
    quantity = numbers.get("quantity", np.zeros(n))
    cancellation = np.zeros(n, bool)
    if "order" in column:
        marked = np.array([bool(re.match(r"^[A-Za-z]", t)) for t in column["order"].values], bool)
        marked_rows = column["order"].spread(marked)
        if 0 < marked_rows.mean() < 0.5:
            cancellation = marked_rows & (quantity < 0)
    return LineKinds(service & ~correction, correction & ~service, free & ~service, cancellation)
