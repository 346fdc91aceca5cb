"""Coded: a column of text as integer codes into its distinct values, so that every rule looks at each text once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "Coded",
    "Columns",
    "blank_texts",
    "coded_arrow",
    "coded_texts",
    "matching",
    "one_spaced",
    "product_codes",
]

_BLOCK, _MANY = 32_768, 2000
#: with more rows than this a second thread is worth its start
_SHARED = 2_000_000
_NOTHING = re.compile("^[\\s\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$")
_SPACED = re.compile(r"^\s|\s$|\s\s|[^\S ]|[^\x00-\x7f]")


@dataclass(frozen=True, eq=False)
class Coded:
    """A text column: `codes` int32[rows] (uint16 in large files) into `values` object[distinct]; no code is negative, blank is the text ""."""

    codes: NDArray[Any]
    values: NDArray[Any]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.codes)

    def texts(self) -> NDArray[Any]:
        """The text of every row."""
        return self.values[self.codes] if len(self.values) else np.empty(0, object)

    def spread(self, per_value: NDArray[Any]) -> NDArray[Any]:
        """What was found per distinct value, for every row; for many rows in blocks that stay in the processor's cache, of very many half by a second thread."""
        if not len(self.values):
            return per_value[:0]
        if len(self.codes) < 4 * _BLOCK or per_value.ndim > 1:
            return per_value[self.codes]
        out = np.empty(len(self.codes), per_value.dtype)

        def fill(begin: int, end: int) -> None:
            for start in range(begin, end, _BLOCK):
                part = slice(start, min(start + _BLOCK, end))
                out[part] = per_value[self.codes[part]]

        if len(out) <= _SHARED:
            fill(0, len(out))
            return out
        half = len(out) // 2
        second = threading.Thread(target=fill, args=(0, half))
        second.start()
        fill(half, len(out))
        second.join()
        return out

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        return np.bincount(self.codes, minlength=len(self.values))

    def counted(self, counts: NDArray[np.int64]) -> Coded:
        """The same column, its rows per distinct value already known.

        Shape of `counts` (distinct values,).
        """
        vars(self)["_counts"] = counts
        return self

    def counts(self) -> NDArray[np.int64]:
        """Rows per distinct value.

        Shape (distinct values,).
        """
        return self._counts

    def take(self, index: NDArray[Any] | slice) -> Coded:
        """The column at these rows (positions, a mask or a slice), with the distinct values that remain."""
        if isinstance(index, slice):
            return (
                self
                if index == slice(None) and len(self._counts) and self._counts.all()
                else self._take(self.codes[index])
            )
        if (
            len(index) == len(self.codes)
            and np.asarray(index).dtype != bool
            and (len(index) == 0 or (index[0] == 0 and bool((index[1:] - index[:-1] == 1).all())))
        ):
            return self if len(self._counts) and self._counts.all() else self._take(self.codes)
        return self._take(self.codes[index])

    def _take(self, codes: NDArray[np.int32]) -> Coded:
        present = np.bincount(codes, minlength=len(self.values)) > 0
        if present.all():
            return Coded(codes, self.values)
        new = np.cumsum(present, dtype=np.int64) - 1
        return Coded(new[codes].astype(np.int32), self.values[present])

    def mapped(self, function: Callable[[str], str]) -> Coded:
        """The column with every distinct text replaced; texts that become equal share a code."""
        return self.regrouped(np.array([function(value) for value in self.values], dtype=object))

    def regrouped(self, replaced: NDArray[Any]) -> Coded:
        """The column with its distinct values replaced by these.

        Shape of `replaced` (distinct values,).
        """
        if not len(replaced):
            return self
        codes, values = pd.factorize(replaced)
        if len(values) == len(codes):  # no two became equal
            same = Coded(self.codes, np.asarray(values, dtype=object))
            return same.counted(self._counts) if "_counts" in vars(self) else same
        return Coded(codes.astype(np.int32)[self.codes], np.asarray(values, dtype=object))


def matching(values: NDArray[Any], pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    r"""Which distinct texts a pattern (without look-around) is found in; of many, only those are looked at that a quicker search leaves.

    >>> matching(np.array(["Total", "totally", "A-1"], object), re.compile(r"(?i)^total\b")).tolist()
    [True, False, False]
    """
    if len(values) < _MANY:
        return np.array([bool(pattern.search(text)) for text in values], bool)
    out = (
        pc.match_substring_regex(pa.array(values, pa.string()), pattern.pattern.replace(r"\b", ""))
        .to_numpy(zero_copy_only=False)
        .copy()
    )
    for place in np.flatnonzero(out):
        out[place] = bool(pattern.search(values[place]))
    return np.asarray(out, bool)


def blank_texts(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which distinct texts hold nothing but spaces.

    Shape (texts,).
    """
    return matching(values, _NOTHING)


def one_spaced(values: NDArray[Any]) -> NDArray[Any]:
    """Texts without outer and double spaces.

    Shape (texts,), as given.
    """
    out = values.copy()
    for place in np.flatnonzero(matching(values, _SPACED)):
        out[place] = " ".join(out[place].split())
    return out


def product_codes(cells: Coded) -> Coded:
    """A column of product codes, outer and double spaces left out; what was two spellings of one code becomes one value."""
    return cells.regrouped(one_spaced(cells.values))


class Columns(Sequence[Coded]):
    """Columns coded when first looked at; most columns of a wide export never are."""

    def __init__(self, count: int, make: Callable[[int], Coded]) -> None:
        """`count` columns, each coded by `make(position)` when it is first asked for."""
        self._count, self._make, self._made = count, make, dict[int, Coded]()

    def __len__(self) -> int:
        """How many columns there are."""
        return self._count

    def __getitem__(self, index: Any) -> Any:
        """The column at a position, or a list of those in a slice."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if not 0 <= index < self._count:
            raise IndexError(index)
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index]


def coded_texts(texts: Sequence[str] | NDArray[Any]) -> Coded:
    """Code a sequence of texts (None becomes blank).

    >>> column = coded_texts(["a", "b", "a", None])
    >>> column.codes.tolist(), column.values.tolist()
    ([0, 1, 0, 2], ['a', 'b', ''])
    """
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    codes, values = pd.factorize(array, use_na_sentinel=True)
    values = np.asarray(values, dtype=object)
    if (codes < 0).any():
        blank = np.flatnonzero(values == "")
        if not len(blank):
            values, blank = np.append(values, ""), np.array([len(values)])
        codes = np.where(codes < 0, blank[0], codes)
    return Coded(codes.astype(np.int32), values)


def coded_arrow(column: pa.ChunkedArray) -> Coded:
    """Code an Arrow column of text (dictionary-encoded or not)."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    values = np.asarray(encoded.dictionary.to_pylist(), dtype=object)
    if encoded.indices.null_count:
        blank = np.flatnonzero(values == "")
        if not len(blank):
            values, blank = np.append(values, ""), np.array([len(values)])
        codes = encoded.indices.fill_null(int(blank[0])).to_numpy(zero_copy_only=False)
    else:
        codes = encoded.indices.to_numpy(zero_copy_only=False)
    return Coded(codes.astype(np.int32, copy=False), values)
