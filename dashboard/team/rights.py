"""What a person of a company may see and do.

| right | what it gives | what it brings along |
|---|---|---|
| see | the mix, units and waits of the company's studies | |
| see costs | whatever is money: costs, prices, margins, gains | see |
| change | settings, limits, own choices, overrides, answers and scenarios, together with see costs | see |
| administer | people and their rights, deletion, the log of changes | see, not see costs |

To administer is not to see costs: whoever runs the server for a department need not know its margins. To change does not
bring see costs along, and does nothing without it, since every control shows money (`dashboard.team.session`). Nothing else follows
from anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

__all__ = ["NOTHING", "Right", "rights_of_text", "text_of_rights", "with_what_follows"]


class Right(Enum):
    """What a person may do; the value is its word on the screen and in the database."""

    SEE = "see"
    SEE_COSTS = "see costs"
    CHANGE = "change"
    ADMINISTER = "administer"


NOTHING: frozenset[Right] = frozenset()


def with_what_follows(rights: Iterable[Right]) -> frozenset[Right]:
    """The rights with those that they bring along.

    >>> sorted(right.value for right in with_what_follows([Right.ADMINISTER]))
    ['administer', 'see']
    """
    given = frozenset(rights)
    return given | {Right.SEE} if given else NOTHING


def text_of_rights(rights: Iterable[Right]) -> str:
    """Rights as they stand in the database, in the order of the table.

    >>> text_of_rights({Right.CHANGE, Right.SEE})
    'see, change'
    """
    given = frozenset(rights)
    return ", ".join(right.value for right in Right if right in given)


def rights_of_text(text: str) -> frozenset[Right]:
    """Rights from words between commas, with what follows from them. Raises ValueError for a word that is none.

    >>> rights_of_text("administer") == {Right.SEE, Right.ADMINISTER}, rights_of_text("")
    (True, frozenset())
    """
    words = [word.strip().casefold() for word in text.split(",") if word.strip()]
    known = {right.value: right for right in Right}
    for word in words:
        if word not in known:
            raise ValueError(f"{word!r} is no right: {', '.join(known)}")
    return with_what_follows(known[word] for word in words)
