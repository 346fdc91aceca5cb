"""Arrays that a kernel only borrows: who holds them is counted outside, not in every path.

Compiled code counts who holds an array at each place that takes one in hand, a view or a record of arrays included, and
two threads that count the same array wait for each other. What Python hands to a kernel is held by Python until it is
done, so that there is nothing to count: `borrowed` gives the same array without its counter (measured: benchmarks/README.md).
Only what numba publishes for extensions is used.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic as published_intrinsic

__all__ = ["borrowed"]

#: As numba types it, it could not be called the way compiled code calls what it makes.
intrinsic: Any = published_intrinsic


def _without_counter(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The value with no array of it counted; records and tuples field by field."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo, array.parent = array.meminfo.type(None), array.parent.type(None)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        each: Any = kind  # a tuple of one kind and one of many both name the kind of each part
        parts = [
            _without_counter(context, builder, one, builder.extract_value(value, place))
            for place, one in enumerate(each.types)
        ]
        return context.make_tuple(builder, kind, parts)
    return value


@intrinsic
def borrowed(typing, given):
    """An array, a number, or a tuple of such, whose arrays are held by whoever calls the kernel: they must outlive it."""

    def made(context, builder, signature, arguments):
        return _without_counter(context, builder, signature.args[0], arguments[0])

    return given(given), made
