"""How a product is run today, in the words of systems and languages: to stock, assembled to order or to order, made or bought in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary import yes_or_no

__all__ = ["made_of", "mode_of", "modes_said"]

#: strategy groups of a common system by code
_GROUPS = {
    "10": "MTS",
    "11": "MTS",
    "40": "MTS",
    "81": "ATO",
    "82": "ATO",
    "20": "MTO",
    "50": "MTO",
    "60": "MTO",
}
_GROUP = re.compile(r"^(\d\d)(?: [^\W\d]{2,}.*)?$")
_ASSEMBLED = re.compile(
    r"\b(ato|assembled? to order|assembly to order|assemble on order|configure to order|cto|montage auf bestellung|montage a la commande|ensamble bajo pedido)\b"
)
_ORDERED = re.compile(
    r"\b(mto|eto|bto|dto|(?:make|made|build|built|buy|engineer|engineered|produce|design)\w* (?:to|on) order|to order|on order|per order|order only|special order\w*"
    r"|(?:non|not|un|no) ?stock\w*|nonstock\w*|unstocked|auftragsfertigung|auftragsbezogen\w*|kundeneinzelfertigung|einzelfertigung|kundenauftrag\w*|auf bestellung|auf auftrag"
    r"|nicht lagerhaltig|nicht lager\w*|sur commande|a la commande|hors stock|non stocke\w*|bajo pedido|sobre pedido|contra pedido|sob encomenda"
    r"|su ordinazione|su commessa|su ordine"
    r"|op bestelling|op order|klantorder|ordrestyrt|ordreproduktion|mot order|na zamowienie|na objednavku)\b"
)
_STOCKED = re.compile(
    r"\b(mts|bts|(?:make|made|build|buy|produce)\w* (?:to|for) stock|to stock|for stock|in stock|stock|stocked|stock item|lager|lagerfertigung|lagerartikel|lagerhaltig|auf lager"
    r"|sur stock|stocke|en stock|contra stock|para stock|para almacen|a magazzino|per magazzino|op voorraad|voorraad|lagervare|lagerstyrt|mot lager|na sklad|do magazynu)\b"
)
_MADE = frozenset(
    "make|m|made|manufactured|manufacture|manufacturing|in house|inhouse|e|eigenfertigung|eigen|fabrique|fabricado|fabrication|produced|production|produce"
    "|prod order|production order"
    "|assembly|assembled|own production|self made|yes|y|true|ja|oui|si|x|1|wahr|hergestellt|eigenproduktion|prodotto|produzione|interno|gemaakt|eigen productie".split(
        "|"
    )
)
_BOUGHT = frozenset(
    "buy|b|bought|purchased|purchase|purchasing|buy in|bought in|external|f|fremdbeschaffung|fremd|zukauf|kauf|kaufteil"
    "|handelsware|achete|achat|comprado|compra|acquisto|acquistato|externo"
    "|no|n|false|nein|non|0|falsch|inkoop|ingekocht|vendor|supplier|trading good|resale|resell".split("|")
)


def mode_of(text: str) -> str:
    """MTS, ATO or MTO as a cell says it, "" where it says nothing known; yes means to stock (a column "Stocked"), no to order.

    A code of a strategy group at the beginning decides; words for to order go before words for stock ("non-stock").

    >>> [mode_of(text) for text in ("Stocked", "Non-stock", "20 - Make-to-order production", "40", "Assemble to order", "Sur commande", "20-A5")]
    ['MTS', 'MTO', 'MTO', 'MTS', 'ATO', 'MTO', '']
    """
    plain = normal_name(text.replace("-", " "))
    if (group := _GROUP.match(plain)) and group[1] in _GROUPS:
        return _GROUPS[group[1]]
    if _ASSEMBLED.search(plain):
        return "ATO"
    if _ORDERED.search(plain) or plain in ("order", "auftrag"):
        return "MTO"
    if _STOCKED.search(plain):
        return "MTS"
    return {"yes": "MTS", "no": "MTO" if plain else ""}.get(yes_or_no(text), "")


def modes_said(texts: Iterable[str]) -> bool:
    """Whether the cells of a column say how products are run: more than half of those filled are known words of it, and none is only yes or no."""
    filled = [text for text in texts if text.strip()]
    known = [text for text in filled if mode_of(text) and not yes_or_no(text)]
    return bool(filled) and len(known) > 0.5 * len(filled)


def made_of(text: str) -> float | None:
    """1 where a cell says made in house, 0 bought in, None where it says neither.

    >>> made_of("Manufactured"), made_of("Fremdbeschaffung"), made_of("Prod. Order"), made_of("?")
    (1.0, 0.0, 1.0, None)
    """
    plain = normal_name(text.strip().removesuffix(".0"))
    return 1.0 if plain in _MADE else 0.0 if plain in _BOUGHT else None
