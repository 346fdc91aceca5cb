"""From the words of a value to what its rows are: states of orders and invoices, movements of stock, each in the light of the other values of its column.

One concept: the words are the same for all systems, what follows from them is not. Each verdict is taken with
the other values of its column, so kinds, company and verdicts are read together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary import SAP_MOVEMENTS, spoken

__all__ = ["ASK", "BY_CODE", "PLAIN", "Verdict", "movement_verdict", "state_verdict"]


@dataclass(frozen=True)
class Verdict:
    """What a value says: its kind (fulfilled, open, quote, ..., sale, receipt, ...), the treatment that follows, why, and the reason with which rows are left out."""

    kind: str
    treatment: str
    words: str
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether the value says anything of the row."""
        return self.kind not in ("", "plain")


ASK = Verdict("", "ask", "not a word that is known")
PLAIN = Verdict("plain", "count", "says nothing of whether the row is a sale: counted")
_FULFILLED = Verdict("fulfilled", "count", "fulfilled, invoiced or paid: a sale")
_OPEN = Verdict("open", "count", "an order that stands: demand")
_QUOTE = Verdict("quote", "leave out", "a quotation or a draft: not an order", "not_an_order")
_UNPAID = Verdict("unpaid", "leave out", "not an order until it is paid", "not_an_order")
_UNAPPROVED = Verdict("unapproved", "leave out", "not an order until it is approved", "not_an_order")
_CANCELLED = Verdict("cancelled", "leave out", "cancelled: not a sale", "cancelled_order")
_LOST = Verdict("lost", "leave out", "lost, rejected or failed: not a sale", "cancelled_order")
_REFUNDED = Verdict("refunded", "leave out", "refunded: the sale is undone", "cancelled_order")
_RETURNED = Verdict("returned", "return", "came back")
_SALE = Verdict("sale", "count", "a sale or delivery to customers: demand")
_ISSUE = Verdict("issue", "count", "an issue from stock: demand")
_RECEIPT = Verdict("receipt", "receipt", "goods received: neither a sale nor a return")
_PRODUCED = Verdict("production", "receipt", "goods received from production: neither a sale nor a return")
_TRANSFER = Verdict("transfer", "leave out", "a transfer between places: not a sale", "internal_transfer")
_ADJUSTMENT = Verdict("adjustment", "leave out", "a correction of stock: not a sale", "stock_correction")
_CONSUMED = Verdict(
    "consumption", "leave out", "consumed by production or in the house: not a sale", "other_movement"
)
_OTHER = Verdict(
    "other", "leave out", "a movement that is neither a sale nor a return of a customer", "other_movement"
)
_RETURN = Verdict("return", "return", "a return or credit of a customer")

_BY_KIND = {v.kind: v for v in (_SALE, _RETURN, _RECEIPT, _OTHER, _CONSUMED, _TRANSFER, _ADJUSTMENT)}
#: kinds of documents by code (see `document_codes`)
BY_CODE = {"sale": _SALE, "return": _RETURN, "quote": _QUOTE}
_FULFILLING = frozenset({"shipped", "invoiced", "paid", "done"})
_DEAD = frozenset({"cancelled", "lost", "refunded", "storno"})
_MOVED = frozenset(
    {"sale", "issue", "receipt", "transfer", "adjustment", "production", "consumption", "return"}
)


#: what parts the clauses of a phrase
_CLAUSES = re.compile(r"[,;:()/|]|\s[-–—]\s|\b(?:but|aber|mais|pero|ma|mas|maar|men)\b")
#: what a negation may deny without giving life to what is dead or a draft: "draft, not confirmed"
_DENIED = frozenset(
    {"not", "confirmed", "approval", "shipped", "invoiced", "paid", "payment", "done", "sent"}
)


def _unclear(words: str) -> Verdict:
    return Verdict("", "ask", words)


@dataclass(frozen=True)
class Company:
    """The other values of a column, and its header: what decides words that mean different things in different systems."""

    header: str
    classes: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, header: str, values: Iterable[str]) -> Company:
        """The company of the values of a column."""
        listed = list(values)
        found: set[str] = set()
        return cls(
            normal_name(header),
            frozenset(found.union(*(spoken(v) for v in listed))),
            frozenset(form for v in listed for form in (normal_name(v), v.strip().lower())),
        )

    @property
    def woocommerce(self) -> bool:
        """Whether the words are those of a WooCommerce shop."""
        technical = any(t.startswith("wc ") for t in self.texts) or bool(
            {"on-hold", "checkout-draft"} & self.texts
        )
        return technical or (
            "processing" in self.texts and bool({"completed", "on hold", "failed"} & self.texts)
        )

    @property
    def magento(self) -> bool:
        """Whether the words are those of a Magento shop."""
        return "complete" in self.texts and bool(
            {"processing", "holded", "pending payment", "canceled"} & self.texts
        )

    @property
    def invoices(self) -> bool:
        """Whether the states are those of invoices."""
        money = {
            "overdue",
            "paid",
            "partly paid",
            "partially paid",
            "past due",
            "uberfallig",
            "bezahlt",
            "payee",
            "pagada",
            "pagata",
            "betaald",
        } & self.texts
        named = "invoice billing rechnung facture factura fattura factuur faktura payment zahlung paiement pago".split()
        return bool(money) or any(word in self.header for word in named)


def _by_company(word: str, company: Company) -> Verdict:
    """A word that says different things in different systems."""
    if word == "pending":
        if company.woocommerce:
            return Verdict(
                "unpaid",
                "leave out",
                "pending beside processing or completed, as in WooCommerce: not paid, so not an order",
                "not_an_order",
            )
        if (
            company.header.startswith("financial")
            or "partially refunded" in company.texts
            or "voided" in company.texts
        ):
            return Verdict("open", "count", "payment pending, as in Shopify: the order stands")
        if "unshipped" in company.texts:
            return Verdict(
                "unpaid",
                "leave out",
                "pending beside unshipped, as at Amazon: not an order yet",
                "not_an_order",
            )
        if company.magento:
            return Verdict(
                "open", "count", "pending beside complete, as in Magento: an order not yet invoiced"
            )
        return _unclear(
            "pending may be an order that stands or one that does not: nothing in the column says which"
        )
    if word == "held":
        if company.woocommerce:
            return Verdict(
                "unpaid",
                "leave out",
                "on hold beside processing or completed, as in WooCommerce: not paid, so not an order",
                "not_an_order",
            )
        return _unclear("whether an order on hold is a sale is not known")
    if word == "sent":
        if company.invoices:
            return Verdict("open", "count", "an invoice that was sent: a sale")
        if {"shipped", "paid"} & company.classes or {"packed", "delivered"} & company.texts:
            return _unclear("sent may be a quotation or goods: nothing in the column says which")
        return Verdict(
            "quote", "leave out", "a quotation that was sent, as in Odoo: not an order", "not_an_order"
        )
    if word == "submitted":
        if {"authorised", "authorized"} & company.texts:
            return Verdict(
                "unapproved",
                "leave out",
                "submitted for approval, as in Xero: not an invoice yet",
                "not_an_order",
            )
        if company.classes & {"quote", "cancelled"}:
            return Verdict("open", "count", "submitted: an order that stands")
        return _unclear("submitted may be an order or a request for one")
    if word == "pipeline":
        if {"won", "lost", "closed won", "closed lost", "closedwon", "closedlost"} & company.texts:
            return Verdict("quote", "leave out", "a chance that is not won yet: not an order", "not_an_order")
        return _unclear("a step towards an order, or a check of one: nothing in the column says which")
    if company.invoices:  # unsettled
        return Verdict("open", "count", "an invoice not paid yet: a sale")
    return _unclear("an order that is not paid may stand or not: nothing in the column says which")


def _later(classes: frozenset[str]) -> Verdict | None:
    """What is still to come: `to be shipped`, `needs to be approved`, `awaiting payment`."""
    if classes & {"unpaid"} or "payment" in classes or "paid" in classes:
        return _UNPAID
    if "unapproved" in classes or "approval" in classes or "confirmed" in classes:
        return _UNAPPROVED
    if classes & _DEAD or classes & {"returned", "return"}:
        return _unclear("what is asked for or still to come may not happen")
    return _OPEN if classes & {"shipped", "invoiced", "done", "sale", "open"} else None


def state_verdict(text: str, company: Company) -> Verdict:
    """What a state of an order or invoice says of its lines.

    >>> state_verdict("Quote - open", Company.of("Status", ["Quote - open"])).treatment, state_verdict("not cancelled", Company.of("Status", [])).treatment
    ('leave out', 'ask')
    """
    classes = spoken(text)
    if not classes:
        return ASK
    if "not" in classes and (said := _beside_denial(text, company)) is not None:
        return said
    if "not" in classes:
        if classes & {"unsettled"}:
            return _by_company("unsettled", company)
        if classes & _DEAD or classes & {"quote", "returned", "return", "confirmed", "unapproved"}:
            return _unclear("a word with a negation is not taken for its opposite")
        return (
            _OPEN
            if classes & {"shipped", "invoiced", "done"}
            else _by_company("unsettled", company)
            if "paid" in classes
            else _unclear("a word with a negation")
        )
    if "partly" in classes and classes & {"cancelled", "returned", "return", "lost", "storno"}:
        return _unclear("a part of it: how much is not said")
    if "partly" in classes and "refunded" in classes:
        return Verdict("fulfilled", "count", "partly refunded: counted, what came back is not in this column")
    dead, lives = classes & _DEAD, classes & (_FULFILLING | {"confirmed", "open"})
    if (dead and lives) or (dead and "later" in classes) or (classes & {"returned"} and lives):
        return _unclear("the words contradict each other")
    if dead:
        return _REFUNDED if dead == {"refunded"} else _LOST if dead == {"lost"} else _CANCELLED
    if "quote" in classes:
        # a quotation is sent too
        accepted = "confirmed" in classes or classes & _FULFILLING - (
            {"shipped"} & classes if "sent" in classes else set()
        )
        return (
            _unclear("a quotation that became an order, or not")
            if accepted and "later" not in classes
            else _QUOTE
        )
    return _alive(classes, company, text)


def _beside_denial(text: str, company: Company) -> Verdict | None:
    """What the other clauses of a phrase say where one only denies that the order went on: "draft, not confirmed"."""
    clauses = [clause for clause in _CLAUSES.split(text.lower()) if clause.strip()]
    denying = [clause for clause in clauses if "not" in spoken(clause)]
    rest = [clause for clause in clauses if clause not in denying]
    if not rest or not all(spoken(clause) <= _DENIED and len(spoken(clause)) > 1 for clause in denying):
        return None
    verdicts = {state_verdict(clause.strip(), company) for clause in rest}
    only = verdicts.pop()
    return only if not verdicts and only in (_QUOTE, _CANCELLED, _LOST, _UNAPPROVED) else None


def _alive(classes: frozenset[str], company: Company, text: str) -> Verdict:
    """States of what is neither dead nor a quotation."""
    if "returned" in classes:
        return _RETURNED
    if "unpaid" in classes:
        return _UNPAID
    if "unapproved" in classes:
        return _UNAPPROVED
    if "later" in classes and (classes - {"later", "pending"}) and (later := _later(classes)) is not None:
        return later
    if "payment" in classes and "confirmed" in classes:
        return _FULFILLED
    if classes & _FULFILLING:
        if company.magento and normal_name(text) == "closed":
            return _unclear("closed beside complete may be refunded, as in Magento")
        return _FULFILLED
    if "confirmed" in classes:
        return _OPEN
    if "open" in classes:
        of_quotes = {"won", "lost", "ordered", "replied", "gewonnen", "verloren"} & company.texts
        return (
            _unclear("open beside won or lost may be a quotation")
            if of_quotes and normal_name(text) in ("open", "offen", "ouvert", "abierto", "aperto")
            else _OPEN
        )
    for word in ("unsettled", "held", "sent", "submitted", "pending", "pipeline"):
        if word in classes:
            return _by_company(word, company)
    if classes & _MOVED:
        return movement_verdict(text, company, state=True)
    return PLAIN if "plain" in classes else ASK


def movement_verdict(text: str, company: Company, state: bool = False) -> Verdict:
    """What a movement of stock or a kind of document says of its row.

    >>> company = Company.of("Type", ["Receipt", "Issue"])
    >>> [movement_verdict(t, company).treatment for t in ("Receipt", "Issue", "Purchase return", "Customer return", "Stock transfer")]
    ['receipt', 'count', 'leave out', 'return', 'leave out']
    """
    if (code := text.strip()) in SAP_MOVEMENTS:
        return _BY_KIND[SAP_MOVEMENTS[code]]
    classes = spoken(text)
    moved = classes & _MOVED
    if "not" in classes and (moved or classes - {"not", "later"}):
        return _unclear("a word with a negation is not taken for its opposite")
    if "inhouse" in classes:
        return _OTHER
    if "storno" in classes:
        return _RETURN
    if not moved:
        if state or not classes - {"supplier", "customer", "later", "not", "payment", "approval", "partly"}:
            return PLAIN if "plain" in classes else ASK
        return state_verdict(text, company)
    if classes & {"quote"}:
        return _QUOTE
    if classes & {"cancelled", "lost"}:
        return _CANCELLED
    if "return" in moved:
        return _OTHER if classes & {"supplier"} else _RETURN
    for name, verdict in (
        ("transfer", _TRANSFER),
        ("consumption", _CONSUMED),
        ("adjustment", _ADJUSTMENT),
        ("production", _PRODUCED),
    ):
        if name in moved:
            return verdict
    if {"sale", "receipt"} <= moved:
        return _unclear("the words name a sale and a receipt")
    if "supplier" in classes and "receipt" not in moved:
        return _RECEIPT if "sale" in moved else _unclear("an issue to a supplier")
    if "receipt" in moved:
        return _RECEIPT
    if "sale" in moved:
        return _SALE
    return _SALE if "customer" in classes else _ISSUE
