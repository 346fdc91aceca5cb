"""Counter-based random numbers: every number is a function of seed, SKU text, stream, path and period.

Nothing is drawn from a sequence, so a product's simulated world is the same alone or among thousands,
in any order, chunking or number of threads (common random numbers by construction).

The generator is SplitMix64 (Steele, Lea and Flood 2014) used in counter mode: the finaliser of
Stafford's "variant 13" over key + counter times the golden-ratio increment.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from analytics.machine.kernel_cache import borrower, kernel

__all__ = [
    "GOLDEN",
    "STREAMS",
    "mix",
    "normal_central",
    "normal_from_uniform",
    "sku_keys",
    "subkey",
    "uniform",
]

#: One stream per use, so that two uses never share a number. The order is part of the contract.
STREAMS = {
    "noise": 1,
    "poisson": 2,
    "level": 3,
    "drift": 4,
    "death": 5,
    "patience": 6,
    "split": 7,
    "market": 8,
    "family": 9,
    "assumption": 10,
    "opening": 11,
    "size": 12,
    "lead_time": 13,
    "market_death": 14,
    "weekday": 15,
}

#: Increment of the counter: 2^64 over the golden ratio, odd.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S11 = np.uint64(11)
_TO_UNIT = 1.0 / 9007199254740992.0


def sku_keys(skus: Iterable[str], seed: int) -> NDArray[np.uint64]:
    """One 64-bit key per SKU: BLAKE2b of its text under the seed. Shape (products,).

    >>> sku_keys(["a"], 1)[0] == sku_keys(["b", "a"], 1)[1]
    np.True_
    >>> sku_keys(["a"], 1)[0] == sku_keys(["a"], 2)[0]
    np.False_
    """
    salt = int(seed).to_bytes(8, "little", signed=False)
    digests = (blake2b(str(sku).encode("utf-8"), digest_size=8, key=salt).digest() for sku in skus)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


@kernel
def mix(value):
    """SplitMix64 finaliser: a bijection of 64 bits whose output looks random."""
    value = (value ^ (value >> _S30)) * _M1
    value = (value ^ (value >> _S27)) * _M2
    return value ^ (value >> _S31)


@kernel
def subkey(key, index):
    """An independent key for one index (stream, draw or path) under a key; all uint64."""
    return mix(key + (np.uint64(index) + np.uint64(1)) * GOLDEN)


@kernel
def uniform(key, counter):
    """Uniform number in (0, 1) at a counter under a key (53 bits, never exactly 0 or 1)."""
    bits = mix(key + (np.uint64(counter) + np.uint64(1)) * GOLDEN) >> _S11
    return (np.float64(bits) + 0.5) * _TO_UNIT


@kernel
def _uniforms(keys, stream, out):
    for i in range(keys.shape[0]):
        key = subkey(keys[i], stream)
        for k in range(out.shape[1]):
            out[i, k] = uniform(key, np.uint64(k))


def uniforms_of(keys: NDArray[np.uint64], stream: np.uint64, count: int) -> NDArray[np.float64]:
    """The first uniforms of a stream under each key: shape (keys, count).

    >>> key = sku_keys(["A"], 1)
    >>> float(uniforms_of(key, np.uint64(3), 2)[0, 1]) == uniform(np.uint64(subkey(key[0], np.uint64(3))), np.uint64(1))
    True
    """
    out = np.empty((len(keys), count))
    _uniforms(np.ascontiguousarray(keys, np.uint64), np.uint64(stream), out)
    return out


@borrower
def normal_central(u):
    """Standard normal quantile for u between 0.02425 and 0.97575 (Acklam's central region), without a branch."""
    q = u - 0.5
    r = q * q
    return (
        (
            (
                (
                    ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                    + 1.383577518672690e02
                )
                * r
                - 3.066479806614716e01
            )
            * r
            + 2.506628277459239e00
        )
        * q
        / (
            (
                (
                    ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                    + 6.680131188771972e01
                )
                * r
                - 1.328068155288572e01
            )
            * r
            + 1.0
        )
    )


@borrower
def normal_from_uniform(u):
    """Standard normal quantile of u in (0, 1), relative error below 1.2e-9.

    Source: P. J. Acklam's rational approximation (2003).
    """
    if u < 0.02425 or u > 1.0 - 0.02425:
        q = np.sqrt(-2.0 * np.log(min(u, 1.0 - u)))
        tail = (
            (
                (
                    ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                    - 2.549732539343734e00
                )
                * q
                + 4.374664141464968e00
            )
            * q
            + 2.938163982698783e00
        ) / (
            (
                ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
                + 3.754408661907416e00
            )
            * q
            + 1.0
        )
        return tail if u < 0.5 else -tail
    return normal_central(u)
