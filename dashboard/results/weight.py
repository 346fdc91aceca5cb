"""How many bytes a result holds in memory, array by array, so that what two results share is counted once."""

from __future__ import annotations

import gc
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

__all__ = ["weight"]

#: what a result uses and does not own
_NOT_OWNED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, CodeType)
#: texts of an array that are looked at: all of them would take longer than the result is worth
_LOOKED_AT = 64


def _of_array(array: np.ndarray[Any, Any]) -> int:
    if not array.dtype.hasobject or not array.size:
        return array.nbytes
    few = array.reshape(-1)[:: max(1, array.size // _LOOKED_AT)]
    return array.nbytes + array.size * sum(map(sys.getsizeof, few.tolist())) // len(few)


def weight(result: Any) -> dict[int, int]:
    """Bytes of every array and object that a result holds, by its address.

    >>> import numpy as np
    >>> whole = np.zeros(1000)
    >>> held = weight([whole, whole[:10]])
    >>> held[id(whole)], sum(held.values()) < 9000
    (8000, True)
    """
    held: dict[int, int] = {}
    todo = [result]
    while todo:
        one = todo.pop()
        while isinstance(one, np.ndarray) and isinstance(one.base, np.ndarray):
            one = one.base  # a view keeps the whole array
        if id(one) in held or one is None or isinstance(one, _NOT_OWNED):
            continue
        if isinstance(one, np.ndarray):
            held[id(one)] = _of_array(one)
        elif type(one).__module__.startswith("pyarrow") and hasattr(one, "nbytes"):
            held[id(one)] = int(one.nbytes)
        else:  # pandas says of a table what its arrays hold, which are met further on
            held[id(one)] = 0 if type(one).__module__.startswith("pandas") else sys.getsizeof(one)
            todo.extend(gc.get_referents(one))
    return held
