"""What the files taken away were made from, as the register says it: how the files were read, and the digests of those beside the sales."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from dashboard.results.intake import Intake
from dashboard.state.choice import Choice

if TYPE_CHECKING:
    from analytics.writeup.register import MadeFrom

__all__ = ["made_from"]


def made_from(
    choice: Choice, locale: str, reading: tuple[str, ...], items_digest: str, others: Mapping[str, Intake]
) -> MadeFrom:
    """The same as `analyze` says of the same files and options.

    `reading` are the answers about a file that are options of its reading; `items_digest` is that of the list of items
    ("": none), `others` how the files beside the sales were read.
    """
    from analytics.writeup.register import MadeFrom

    source = choice.source
    options: dict[str, tuple[str, ...]] = {} if locale == "en" else {"locale": (locale,)}
    if choice.ets:
        options["ets"] = (str(choice.ets),)
    if choice.rule:
        options["rule"] = (choice.rule,)
    digests = {"items": items_digest} if items_digest else {}
    if choice.anonymous:
        return MadeFrom(options, digests)
    if source.date_order:
        options["date_order"] = (source.date_order,)
    answers = dict(source.options)
    options |= {name: (answers.pop(name),) for name in reading if name in answers}
    if source.mapping:
        options["mapping"] = tuple(f"{role}={column}" for role, column in source.mapping)
    if answers:
        options["choices"] = tuple(f"{name}={what}" for name, what in answers.items())
    if source.treatments:
        options["treat"] = tuple(f"{column}:{value}={what}" for column, value, what in source.treatments)
    digests |= {
        kind: others[name].report.digest
        for kind, name in (
            ("items", "Items"),
            ("stock", "Stock"),
            ("receipts", "Receipts"),
            ("promotions", "Promotions"),
        )
        if name in others
    }
    if "Stock" in others and "Items" not in others:  # there is a list of stock alone
        digests.pop("items", None)
    if source.bom:
        digests["bom"] = sha256(source.bom[1]).hexdigest()
    return MadeFrom(options, digests)
