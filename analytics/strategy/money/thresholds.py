"""What is worth a question, a change or a sentence: thresholds for pages, files and the command line."""

from __future__ import annotations

__all__ = [
    "ASKED_SHARE",
    "STOCK_SHARE",
    "TOLD_SHARE",
    "TRIVIAL_SHARE",
    "worth_a_change",
    "worth_asking",
    "worth_telling",
]

#: A question is asked only if an answer can move the gain by this share of it, or turns a product ...
ASKED_SHARE = 0.02
#: ... and a gain below this share of what the plan earns is not worth a change (nor is one whose range holds zero).
TRIVIAL_SHARE = 0.001
#: A part of a whole in money is told, and a bar drawn, from this share of it ...
TOLD_SHARE = 0.02
#: ... and a part of today's stock, which is known and not expected, from this one.
STOCK_SHARE = 0.002


def worth_asking(move: float, adds: float, turned: int, gain: float, contribution: float) -> bool:
    """Whether a question is asked: an answer moves the gain (`move`, money) or adds to it on average (`adds`) by 2 %, or turns a product.

    Two percent of the gain, or of the least gain that is worth a change where the gain is less.

    >>> worth_asking(390.0, 99.0, 0, 400_000.0, 5e6), worth_asking(9_000.0, 0.0, 0, 400_000.0, 5e6), worth_asking(0.0, 0.0, 1, 400_000.0, 5e6)
    (False, True, True)
    """
    least = ASKED_SHARE * max(abs(gain), TRIVIAL_SHARE * abs(contribution))
    return turned > 0 or max(move, adds) >= least > 0.0


def worth_a_change(gain: float, low: float, high: float, contribution: float) -> bool:
    """Whether a gain is worth changing anything: at least a thousandth of what the plan earns, and its range on one side of zero (NaN: not known yet).

    >>> worth_a_change(89.0, -240.0, 290.0, 1.2e6), worth_a_change(50_000.0, 20_000.0, 80_000.0, 1.2e6), worth_a_change(50_000.0, -1.0, 80_000.0, 1.2e6)
    (False, True, False)
    """
    return abs(gain) >= TRIVIAL_SHARE * abs(contribution) and gain != 0.0 and not low <= 0.0 <= high


def worth_telling(part: float, whole: float, share: float = TOLD_SHARE, least: float = 0.0) -> bool:
    """Whether a part of a whole is worth a sentence or a bar: more than a share of it, and than `least`.

    worth_telling = |part| > max(share x |whole|, least), all three money. Source: definition.

    >>> worth_telling(-3.0, 100.0), worth_telling(1.0, 100.0), worth_telling(0.3, 10.0, least=0.5)
    (True, False, False)
    """
    return abs(part) > max(share * abs(whole), least)
