"""What results are kept under: digests of bytes and of what was chosen, never of data frames."""

from __future__ import annotations

from hashlib import blake2b

from analytics.assumptions import Assumptions
from analytics.assumptions_file import assumptions_toml
from dashboard.state.choice import Choice

__all__ = ["data_key", "digest_of", "held_at", "key_of", "result_key"]


def digest_of(assumptions: Assumptions) -> str:
    """What is assumed, as part of a key: values, ranges and origins."""
    origins = ",".join(f"{name}:{a.origin}" for name, a in sorted(assumptions.general.items()))
    return blake2b((assumptions_toml(assumptions) + origins).encode(), digest_size=12).hexdigest()


def _layers(choice: Choice) -> str:
    """The layers of cleaning as part of a key."""
    return "default" if choice.cleaning is None else ",".join(choice.cleaning)


def data_key(choice: Choice) -> str:
    """The data as they are cleaned and forecast: what everything kept of them begins with."""
    return f"{choice.source.digest} {_layers(choice)}" + (f" ets {choice.ets}" if choice.ets else "")


def held_at(choice: Choice) -> str:
    """The assumptions at which settings are held, as part of a key ("" where they are chosen anew): limits that bind hold nothing."""
    return (
        ""
        if choice.held is None or choice.held.limits.any or choice.assumptions.limits.any
        else digest_of(choice.held)
    )


def key_of(choice: Choice) -> tuple[str, ...]:
    """What the facts of a choice are kept under."""
    own = blake2b(repr(choice.overrides).encode(), digest_size=8).hexdigest() if choice.overrides else ""
    return (
        data_key(choice),
        digest_of(choice.assumptions),
        choice.currency,
        own,
        "hidden names" if choice.anonymous else "",
        held_at(choice),
        choice.rule,
    )


def result_key(choice: Choice, what: tuple[str, ...], assumed: bool) -> tuple[str, ...]:
    """What a further result (`what`) about the data is kept under; `assumed`: it rests on the assumptions too."""
    return (
        data_key(choice),
        *what,
        f"{digest_of(choice.assumptions)} {held_at(choice)}" if assumed else "",
        "hidden names" if choice.anonymous else "",
    )
