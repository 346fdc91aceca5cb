"""Sixteen numbers side by side as one value of compiled code, which a compiler keeps in registers from step to step of a loop.

A loop over rows in memory loads and stores each row in every step, however it is written; a value that is a variable of
the loop does not (measured: benchmarks/README.md). Only what numba and llvmlite publish is used (`numba.extending`,
`llvmlite.ir`), and any processor can run it: where it has no registers of that width the compiler splits the value.

There are two kinds of value: in single precision (`Single`), exact for whole numbers below 2^24, and in double (`Wide`).
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic as published_intrinsic
from numba.extending import models, overload, register_model

__all__ = [
    "NUMBERS",
    "below",
    "every",
    "floor",
    "greater",
    "lesser",
    "load",
    "narrow",
    "put",
    "put_half",
    "twice",
    "wide",
]

#: As numba types it, it could not be called the way compiled code calls what it makes.
intrinsic: Any = published_intrinsic

#: Numbers in a value.
NUMBERS = 16


class Numbers(types.Type):
    """Sixteen numbers of so many bits, as a type of compiled code."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        super().__init__(f"Numbers({bits} x {NUMBERS})")


SINGLE, WIDE = Numbers(32), Numbers(64)


def _as_vector(kind: Numbers, numbers: int = NUMBERS) -> Any:
    return ir.VectorType(ir.FloatType() if kind.bits == 32 else ir.DoubleType(), numbers)


@register_model(Numbers)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Numbers) -> None:
        super().__init__(manager, kind, _as_vector(kind))


def _place(context: Any, builder: Any, array: Any, value: Any, at: Any, vector: Any) -> Any:
    """Where `at` of an array lies, as the place of a vector."""
    data = context.make_array(array)(context, builder, value).data
    return builder.bitcast(builder.gep(data, [at]), vector.as_pointer())


def _kind_of(array: Any) -> Numbers:
    return SINGLE if array.dtype == types.float32 else WIDE


@intrinsic
def load(typing, array, at):
    """The sixteen numbers of an array (of one axis, in one piece) from place `at` on, in the precision of the array."""
    kind = _kind_of(array)

    def made(context, builder, signature, given):
        place = _place(context, builder, signature.args[0], given[0], given[1], _as_vector(kind))
        value = builder.load(place)
        value.align = kind.bits // 8
        return value

    return kind(array, types.intp), made


@intrinsic
def twice(typing, array, at):
    """The eight numbers of an array from place `at` on, and the same again."""
    kind = _kind_of(array)

    def made(context, builder, signature, given):
        place = _place(context, builder, signature.args[0], given[0], given[1], _as_vector(kind, 8))
        value = builder.load(place)
        value.align = kind.bits // 8
        order = ir.Constant(ir.VectorType(ir.IntType(32), NUMBERS), [*range(8), *range(8)])
        return builder.shuffle_vector(value, value, order)

    return kind(array, types.intp), made


@intrinsic
def put(typing, array, at, value):
    """Write the sixteen numbers to an array of their precision, from place `at` on."""

    def made(context, builder, signature, given):
        place = _place(context, builder, signature.args[0], given[0], given[1], _as_vector(value))
        builder.store(given[2], place).align = value.bits // 8
        return context.get_dummy_value()

    return types.void(array, types.intp, value), made


@intrinsic
def put_half(typing, array, at, value):
    """Write the first eight of the sixteen numbers to an array of their precision, from place `at` on."""

    def made(context, builder, signature, given):
        order = ir.Constant(ir.VectorType(ir.IntType(32), NUMBERS // 2), [*range(NUMBERS // 2)])
        first = builder.shuffle_vector(given[2], given[2], order)
        place = _place(
            context, builder, signature.args[0], given[0], given[1], _as_vector(value, NUMBERS // 2)
        )
        builder.store(first, place).align = value.bits // 8
        return context.get_dummy_value()

    return types.void(array, types.intp, value), made


@intrinsic
def narrow(typing, value):
    """Sixteen numbers of double precision in single."""

    def made(context, builder, signature, given):
        return builder.fptrunc(given[0], _as_vector(SINGLE))

    return SINGLE(value), made


@intrinsic
def wide(typing, value):
    """Sixteen numbers of single precision in double."""

    def made(context, builder, signature, given):
        return builder.fpext(given[0], _as_vector(WIDE))

    return WIDE(value), made


@intrinsic
def every(typing, number):
    """One number sixteen times, in its precision."""
    kind = SINGLE if number == types.float32 else WIDE

    def made(context, builder, signature, given):
        none = ir.Constant(_as_vector(kind), ir.Undefined)
        first = builder.insert_element(none, given[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(
            first, none, ir.Constant(ir.VectorType(ir.IntType(32), NUMBERS), [0] * NUMBERS)
        )

    return kind(types.float32 if kind is SINGLE else types.float64), made


def _of_two(make: Any) -> Any:
    """An operation on two values of one precision, number by number."""

    @intrinsic
    def operation(typing, first, second):
        def made(context, builder, signature, given):
            return make(builder, *given)

        return first(first, second), made

    return operation


_add = _of_two(lambda builder, a, b: builder.fadd(a, b))
_sub = _of_two(lambda builder, a, b: builder.fsub(a, b))
_mul = _of_two(lambda builder, a, b: builder.fmul(a, b))
#: The greater and the lesser of two values, number by number.
greater = _of_two(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))
lesser = _of_two(lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))


def _written_as(sign: Any, operation: Any) -> None:
    @overload(sign)
    def of_numbers(a, b):
        if isinstance(a, Numbers) and a is b:
            return lambda a, b: operation(a, b)
        return None


_written_as(operator.add, _add)
_written_as(operator.sub, _sub)
_written_as(operator.mul, _mul)


@intrinsic
def floor(typing, value):
    """The largest whole numbers that are not above."""

    def made(context, builder, signature, given):
        vector = _as_vector(value)
        kind = ir.FunctionType(vector, [vector])
        name = f"llvm.floor.v{NUMBERS}f{value.bits}"
        known = builder.module.globals.get(name)
        return builder.call(known or ir.Function(builder.module, kind, name), [given[0]])

    return value(value), made


@intrinsic
def most_of(typing, value):
    """The greatest of the sixteen numbers."""

    def made(context, builder, signature, given):
        found = builder.extract_element(given[0], ir.Constant(ir.IntType(32), 0))
        for place in range(1, NUMBERS):
            number = builder.extract_element(given[0], ir.Constant(ir.IntType(32), place))
            found = builder.select(builder.fcmp_ordered(">", number, found), number, found)
        return found

    return (types.float32 if value.bits == 32 else types.float64)(value), made


@intrinsic
def below(typing, first, second, then, otherwise):
    """Number by number `then` where the first is below the second, else `otherwise`; the two compared may be wider than these."""

    def made(context, builder, signature, given):
        return builder.select(builder.fcmp_ordered("<", given[0], given[1]), given[2], given[3])

    return then(first, second, then, otherwise), made
