"""How far a comparison of a replay goes: whether the mix won or lost whatever its leftovers are worth, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.naming.labels import number_text

__all__ = ["DEPENDS", "SWITCH", "leftover_sentence", "outcomes"]

Against = Mapping[str, Mapping[str, float]]

#: The ways to value leftovers that a page offers, and whose signs are held against each other; the first is the rule.
SWITCH: Mapping[str, str] = {
    "rule": "By the rule",
    "all_at_cost": "All at cost",
    "own_position_only": "Own position only",
}
#: The hardest test of a win: nothing would be ordered again, so that no forecast of the mix values its own leftovers.
_HARDEST = "nothing_ordered_again"
WIN, LOSS, CLOSE, DEPENDS = "win", "loss", "too close to call", "depends on what the leftover is worth"


def _sign(value: float) -> int:
    return int(value > 0.0) - int(value < 0.0)


def outcomes(against: Mapping[str, Against]) -> dict[str, str]:
    """What the mix's comparison with every policy comes to: win, loss, too close to call, or depends on what the leftover is worth.

    `against` holds, by way to value leftovers (see `leftover.VALUATIONS`) and policy, `mix_gain`, `low` and `high`. The signs
    of `mix_gain` must agree whether leftovers are worth what the rule says, all cost, or only the own position; a win needs the
    same sign where nothing would be ordered again, too, since the own position comes from the mix's own forecast. Within
    noise, where the range by the rule holds zero, nobody won.

    >>> one = lambda gain: {"all_mto": {"mix_gain": gain, "low": gain - 1.0, "high": gain + 1.0}}
    >>> ways = {"rule": one(5.0), "all_at_cost": one(9.0), "own_position_only": one(2.0), "nothing_ordered_again": one(3.0)}
    >>> outcomes(ways), outcomes({**ways, "own_position_only": one(-2.0)})
    ({'all_mto': 'win'}, {'all_mto': 'depends on what the leftover is worth'})
    """
    found = {}
    for policy, by_rule in against["rule"].items():
        signs = {_sign(against[how][policy]["mix_gain"]) for how in SWITCH}
        sign = _sign(by_rule["mix_gain"])
        if len(signs) > 1 or (sign > 0 and against[_HARDEST][policy]["mix_gain"] <= 0.0):
            found[policy] = DEPENDS
        elif by_rule["low"] <= 0.0 <= by_rule["high"]:
            found[policy] = CLOSE
        else:
            found[policy] = WIN if sign > 0 else LOSS
    return found


def leftover_sentence(against: Mapping[str, Against], policies: Mapping[str, str], baseline: str) -> str:
    """In words: against which policies the result depends on what the leftover is worth, and by how much; `policies` names them.

    `baseline`, which the headline speaks of, comes first.
    """
    depends = [name for name, outcome in outcomes(against).items() if outcome == DEPENDS]
    if not depends:
        return "What the leftover is worth turns no comparison: by the rule, all at cost or own position only, the sign stays."
    parts = []
    for name in sorted(depends, key=lambda one: one != baseline):
        gains = [number_text(against[how][name]["mix_gain"], 2) for how in (*SWITCH, _HARDEST)]
        parts.append(
            f"against {policies[name]} {gains[0]} by the rule, {gains[1]} with all of it at cost, {gains[2]} with the own position "
            f"only, {gains[3]} if nothing were ordered again"
        )
    return f"Whether the mix earned more depends on what the leftover is worth: {'; '.join(parts)}."
