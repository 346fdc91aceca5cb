"""What a column of states says of orders and invoices: sale, quotation, cancelled, not yet fulfilled."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from analytics.data.coded import Coded, blank_texts, matching, one_spaced
from analytics.data.meaning import Judged

__all__ = ["judged_states"]

_CANCELLED = re.compile(
    r"(?i)^(?:wc-)?(?:cancell?ed|void(?:ed)?|storniert|annull?iert|annulé|annule|annulée|cancelado|cancelada|anulado|anulada"
    r"|annullato|annullata|geannuleerd|anulowan[ey]|anulowano|zrusena|zrušena|annulleret|annullert|makulerad"
    r"|refunded|rejected|abgelehnt|quote|quotation|angebot|draft|entwurf"
    r"|failed|payment failed|fehlgeschlagen|expired|abgelaufen|declined|abandoned|checkout-draft|trash)$"
)


def inherited(cells: Coded, order: Coded | None) -> Coded:
    """A column in which blank cells take what the first filled line of their order says."""
    blank = blank_texts(cells.values)
    if order is None or not blank.any():
        return cells
    filled = np.flatnonzero(~blank[cells.codes])
    first = np.full(len(order.values), -1, np.int64)
    first[order.codes[filled[::-1]]] = cells.codes[filled[::-1]]
    first[blank_texts(order.values)] = -1
    said = first[order.codes]
    return Coded(np.where(blank[cells.codes] & (said >= 0), said, cells.codes).astype(np.int32), cells.values)


def judged_states(column: Mapping[str, Coded], named: Mapping[str, str], keep_cancelled: bool) -> list[Judged]:
    """The columns of states, judged."""
    if "status" not in column:
        return []
    cells = inherited(column["status"], column.get("order"))
    out = matching(one_spaced(cells.values), _CANCELLED)
    treatment = tuple("leave out" if o and not keep_cancelled else "count" for o in out)
    basis = tuple("told" if o and keep_cancelled else "known word" if o else "unknown" for o in out)
    words = tuple("a cancelled order, a quotation or a draft: not a sale" if o else "counted as a sale" for o in out)
    return [Judged(cells, named["status"], "state", treatment, basis, words, tuple("cancelled_order" if o else "" for o in out))]
