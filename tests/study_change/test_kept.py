"""A study kept: the same bytes, made again to the last digit, and nothing believed of what is read."""

from __future__ import annotations

import bz2
import lzma
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.data.sandbox.wire_format import bytes_of, opened_bytes, pack_reading
from analytics.errors import DataError
from analytics.study_change import kept as form
from analytics.study_change.inputs import run_inputs
from analytics.study_change.kept import kept_bytes, kept_study, read_kept
from tests.study_change.company import few_study, small_inputs, small_kept


def test_a_kept_study_is_made_again_to_the_last_digit() -> None:
    """Written, read and written: the same bytes; run again from what was read: the same file, so every figure in it."""
    data = kept_bytes(kept_study(few_study(), small_inputs()))
    again = read_kept(data)
    assert kept_bytes(again) == data and len(data) < 40_000
    assert kept_bytes(kept_study(run_inputs(again.inputs), again.inputs)) == data


def test_the_units_expected_ahead_are_those_of_the_weeks() -> None:
    """Ten days are a week and three sevenths of the next; a year is all of them, more is not known."""
    promised = small_kept().promised
    weekly = promised.numbers["weekly"]
    np.testing.assert_allclose(promised.expected(10), weekly[:, 0] + weekly[:, 1] * 3 / 7)
    np.testing.assert_allclose(promised.expected(364), weekly.sum(axis=1))
    assert np.isnan(promised.expected(365)).all() and np.isnan(promised.expected(-1)).all()


def changed(**arrays: object) -> bytes:
    """The kept small study with a part of what is in it replaced."""
    data = kept_bytes(small_kept())
    line, _, rest = data.partition(b"\n")
    head, stored = opened_bytes(lzma.decompress(rest))
    for name, value in arrays.items():
        (head if name in head else stored)[name.replace("__", "/")] = value
    return line + b"\n" + lzma.compress(bytes_of(head, stored), preset=0)


def with_codes(**columns: object) -> np.ndarray:
    inputs = small_inputs()
    history = replace(inputs.reading.history, **columns)
    return np.frombuffer(pack_reading(replace(inputs.reading, history=history)), np.uint8)


#: What is wrong with a file that is no kept study, or no honest one.
WRONG = (
    "empty", "text", "cut", "turned", "nothing inside", "no head", "code beyond", "code below", "no day", "short column", "unsorted",
    "short outcome", "odd settings", "odd assumptions", "odd promise",
)  # fmt: skip


@cache
def hostile() -> dict[str, bytes]:
    """The files, by what is wrong with them."""
    good = kept_bytes(small_kept())
    history = small_inputs().reading.history
    line = good.partition(b"\n")[0]
    beyond, negative, days = history.sku.copy(), history.sku.copy(), history.date.copy()
    beyond[3], negative[3], days[3] = len(history.skus), -1, np.datetime64("NaT")
    turned = bytearray(good)
    turned[len(good) // 2] ^= 0x55
    return {
        "empty": b"",
        "text": b"sku,date\nA,2024-01-01\n",
        "cut": good[:-200],
        "turned": bytes(turned),
        "nothing inside": line + b"\n" + lzma.compress(b""),
        "no head": line + b"\n" + lzma.compress(b"\xff" * 64),
        "code beyond": changed(reading=with_codes(sku=beyond)),
        "code below": changed(reading=with_codes(sku=negative)),
        "no day": changed(reading=with_codes(date=days)),
        "short column": changed(reading=with_codes(quantity=history.quantity[:-1])),
        "unsorted": changed(reading=with_codes(skus=history.skus[::-1])),
        "short outcome": changed(outcome__cash_tied_up=np.zeros(3)),
        "odd settings": changed(settings={"seed": "one"}),
        "odd assumptions": changed(assumptions=[1, 2]),
        "odd promise": changed(promised__gain=np.zeros(2)),
    }


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_honest_kept_study_is_refused(what: str) -> None:
    assert set(hostile()) == set(WRONG)
    with pytest.raises(DataError, match=r"damaged|no kept study"):
        read_kept(hostile()[what], "last month/kept_study.bin")


def test_a_study_of_the_former_form_is_read() -> None:
    """Form 1, until version 0.20, was packed by bzip2."""
    data = kept_bytes(small_kept())
    rest = data.partition(b"\n")[2]
    former = b"stock-or-order study 1\n" + bz2.compress(lzma.decompress(rest), 1)
    assert kept_bytes(read_kept(former)) == data


def test_what_would_unpack_with_too_much_memory_is_refused() -> None:
    line, _, rest = kept_bytes(small_kept()).partition(b"\n")
    with pytest.raises(DataError, match="damaged"):
        read_kept(line + b"\n" + lzma.compress(lzma.decompress(rest), preset=9))


def test_a_newer_form_asks_for_an_update() -> None:
    data = kept_bytes(small_kept()).replace(b"study 2\n", b"study 3\n", 1)
    with pytest.raises(DataError, match="written by a newer version of this program"):
        read_kept(data)


def test_a_bomb_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to more than a kept study may hold is refused once that much was unpacked."""
    monkeypatch.setattr(form, "_LARGEST_UNPACKED", 1_000_000)
    line = kept_bytes(small_kept()).partition(b"\n")[0]
    with pytest.raises(DataError, match="damaged or cut off"):
        read_kept(line + b"\n" + lzma.compress(bytes(50_000_000), preset=0))
