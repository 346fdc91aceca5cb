"""A study kept as bytes: what it was made from and what it came to, the same bytes for the same study, and read back with nothing believed.

One concept: one form of file. Its first line says which form; below it, compressed, stand plain JSON and plain arrays, no code and no pickles.
Whatever is read is checked before anything is computed from it: sizes, places of codes, lengths of columns.
"""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import LINE_COLUMNS
from analytics.data.sandbox.wire_format import bytes_of, opened_bytes, pack_reading, unpack_reading
from analytics.data.uploads import Reading
from analytics.errors import DataError, Problem
from analytics.items import ORIGINS
from analytics.study_change.inputs import RunSettings, StudyInputs, without_rejected
from analytics.study_change.outcome import AMOUNTS, Outcome, study_outcome
from analytics.study_change.promised import PROMISED_TEXTS, Promised, study_promised
from analytics.study_change.stated import assumptions_document, assumptions_of_document
from analytics.version import __version__

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["KEPT", "KeptStudy", "kept_bytes", "kept_study", "read_kept"]

#: The file of a folder of results that holds the study itself.
KEPT = "kept_study.bin"
_MARK = b"stock-or-order study "
#: The form written: packed by LZMA, a third of the time of bzip2, which packed form 1.
_FORM = 2
#: Bytes that unpacking may take to work in: what is written takes 1 MB.
_LARGEST_WORK = 32_000_000
#: Bytes that a kept study may have, as it is and unpacked, and lines of sales above which none is kept.
_LARGEST, _LARGEST_UNPACKED, MOST_LINES = 200_000_000, 2_000_000_000, 5_000_000
_ROWS = ("skus", "strategy", "verdict")


@dataclass(frozen=True, eq=False)
class KeptStudy:
    """A study to make again and to compare with: its inputs, what it came to and promised, and the version that made it."""

    inputs: StudyInputs
    outcome: Outcome
    promised: Promised
    version: str

    @property
    def last_date(self) -> np.datetime64:
        """The last day of its sales."""
        return self.inputs.reading.history.report.last_date.astype("datetime64[D]")


def kept_study(study: Study, inputs: StudyInputs) -> KeptStudy:
    """The study with what it was made from, ready to be kept."""
    return KeptStudy(inputs, study_outcome(study), study_promised(study), __version__)


def kept_bytes(kept: KeptStudy) -> bytes:
    """The kept study as a file: the same bytes for the same study. Rows of files that were not used are only counted in it."""
    inputs, outcome, promised = kept.inputs, kept.outcome, kept.promised
    head = {
        "version": kept.version,
        "assumptions": assumptions_document(inputs.assumptions),
        "settings": asdict(inputs.settings),
        "choices": {sku: list(one) for sku, one in sorted(inputs.choices.items())},
        "outcome": {name: [str(v) for v in getattr(outcome, name)] for name in _ROWS},
        "shared": outcome.shared,
        "promised": {name: [str(v) for v in getattr(promised, name)] for name in PROMISED_TEXTS},
    }
    arrays = {f"outcome/{name}": outcome.amounts[name] for name in AMOUNTS}
    arrays |= {f"promised/{name}": values for name, values in promised.numbers.items()}
    packed = pack_reading(without_rejected(inputs.reading))
    arrays["reading"] = np.frombuffer(packed, np.uint8)
    return _MARK + f"{_FORM}\n".encode() + lzma.compress(bytes_of(head, arrays), preset=0)


def _refused(code: str, message: str, remedy: str, found: str = "") -> DataError:
    return DataError(Problem(code, message, remedy, found=found, expected=KEPT))


_AGAIN = "write it again with 'analyze' from the files of that month"


def _unpacked(data: bytes, name: str) -> bytes:
    """What stands below the first line. Raises DataError where that is no kept study of a form known here."""
    line, _, rest = data[:64].partition(b"\n")
    number = line.removeprefix(_MARK)
    if not line.startswith(_MARK) or not number.isdigit() or len(number) > 6 or not rest:
        raise _refused("no_kept_study", f"{name} holds no kept study", _AGAIN)
    if int(number) > _FORM:
        words = f"{name} was written by a newer version of this program"
        raise _refused("kept_newer", words, "update stock-or-order", number.decode())
    if len(data) > _LARGEST:
        raise _refused("kept_size", f"{name} is larger than any kept study", _AGAIN, f"{len(data):,} bytes")
    opener: Any = bz2.BZ2Decompressor()
    if int(number) > 1:
        opener = lzma.LZMADecompressor(lzma.FORMAT_XZ, _LARGEST_WORK)
    try:
        found: bytes = opener.decompress(data[len(line) + 1 :], _LARGEST_UNPACKED)
    except (OSError, ValueError, MemoryError, lzma.LZMAError):
        raise _refused("kept_damaged", f"{name} is damaged", _AGAIN) from None
    if not opener.eof:
        raise _refused("kept_damaged", f"{name} is damaged or cut off", _AGAIN)
    return found


def _of_archive(data: bytes, name: str) -> bytes:
    """The kept study in an archive of a folder. Raises DataError where there is none, or it is larger than any."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = [one for one in archive.infolist() if one.filename.rpartition("/")[2] == KEPT]
            if len(found) != 1:
                words = f"{name} holds {len(found) or 'no'} kept {'study' if not found else 'studies'}"
                raise _refused("no_kept_study", words, f"give the archive of one folder, or its {KEPT}")
            with archive.open(found[0]) as stream:
                return stream.read(_LARGEST + 1)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError, zlib.error):
        raise _refused("kept_damaged", f"{name} is a damaged archive", _AGAIN) from None


def read_kept(data: bytes, name: str = KEPT) -> KeptStudy:
    """A study that `kept_bytes` wrote, alone or in an archive of its folder, whoever sends it.

    Raises DataError where it is none, is damaged, or of a newer form.
    """
    inside = _unpacked(_of_archive(data, name) if data[:4] == b"PK\x03\x04" else data, name)
    try:
        head, arrays = opened_bytes(inside)
        reading = _sound(unpack_reading(arrays.pop("reading").tobytes()))
        left: list[str] = []
        assumptions = assumptions_of_document(head["assumptions"], left)
        if left:
            words = f"{name} states what this version does not know: {'; '.join(left)[:300]}"
            raise _refused("kept_unknown", words, _AGAIN)
        settings = dict(head["settings"])
        layers = settings.get("cleaning")
        settings["cleaning"] = None if layers is None else tuple(str(layer) for layer in layers)
        asked = _settings(settings)
        choices = {str(sku): (str(one[0]), str(one[1])) for sku, one in dict(head["choices"]).items()}
        rows = {key: _objects(head["outcome"][key]) for key in _ROWS}
        amounts = {key: _column(arrays[f"outcome/{key}"], len(rows["skus"])) for key in AMOUNTS}
        if any(len(column) != len(rows["skus"]) for column in rows.values()):
            raise ValueError("columns of unlike length")
        outcome = Outcome(rows["skus"], rows["strategy"], rows["verdict"], amounts, float(head["shared"]))
        promised = _promised(head["promised"], arrays)
        return KeptStudy(
            StudyInputs(reading, assumptions, asked, choices), outcome, promised, str(head["version"])[:40]
        )
    except DataError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, OSError, EOFError,
            MemoryError, RecursionError, NotImplementedError, struct.error, zipfile.BadZipFile, zlib.error) as problem:  # fmt: skip
        words = f"{name} is damaged ({type(problem).__name__})"
        raise _refused("kept_damaged", words, _AGAIN) from None


def _settings(given: Mapping[str, Any]) -> RunSettings:
    """How it was run. Raises ValueError or TypeError for what cannot be."""
    found = RunSettings(**given)
    for name in ("seed", "ets", "replay"):
        value = getattr(found, name)
        if not isinstance(value, int) or not 0 <= value < 2**63:
            raise ValueError(name)
    if found.frequency not in (None, "D", "W", "M"):
        raise ValueError("frequency")
    return found


def _objects(values: Any) -> NDArray[np.object_]:
    out = np.empty(len(values), object)
    out[:] = [str(value) for value in values]
    return out


def _column(values: NDArray[Any], count: int) -> NDArray[np.float64]:
    if values.dtype != np.float64 or values.shape != (count,):
        raise ValueError("a column of numbers")
    return values


def _promised(texts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Promised:
    columns = {name: _objects(texts[name]) for name in PROMISED_TEXTS}
    numbers = {
        name.removeprefix("promised/"): values
        for name, values in arrays.items()
        if name.startswith("promised/")
    }
    found = Promised(**columns, numbers=numbers)
    found.check()
    return found


def _sound(reading: Reading) -> Reading:
    """The reading, when every code in it has its word and every column its length. Raises ValueError where not."""
    history = reading.history
    count = len(history.sku)
    if count > MOST_LINES:
        raise ValueError("more lines than are ever kept")
    for name in LINE_COLUMNS:
        if getattr(history, name).shape != (count,):
            raise ValueError(name)
    for name, words, least in (
        ("sku", history.skus, 0),
        ("customer", history.customers, -1),
        ("channel", history.channels, -1),
    ):
        codes = getattr(history, name)
        if codes.dtype.kind != "i" or (count and not least <= codes.min() <= codes.max() < len(words)):
            raise ValueError(name)
    if history.order.dtype.kind != "i" or (
        count and not -1 <= history.order.min() <= history.order.max() < count
    ):
        raise ValueError("order")
    texts = [str(sku) for sku in history.skus]
    if texts != sorted(set(texts)) or (np.diff(history.date.astype(np.int64)) < 0).any():
        raise ValueError("order of products or days")
    for name in ("quantity", "revenue"):
        if getattr(history, name).dtype.kind != "f":
            raise ValueError(name)
    days = history.date.astype("datetime64[D]")
    if count and (np.isnat(days).any() or days.min() < np.datetime64("1900-01-01") or days.max() > np.datetime64("2200-01-01")):  # fmt: skip
        raise ValueError("date")
    if any(len(column) != len(history.skus) for column in history.attributes.values()):
        raise ValueError("attributes")
    if (items := reading.items) is not None:
        lengths = [len(column) for kind in (items.low, items.high) for column in kind.values()]
        if any(length != len(items) for length in lengths):
            raise ValueError("items")
        if any(len(column) and column.max() >= len(ORIGINS) for column in items.origins.values()):
            raise ValueError("origins")
    if (bom := reading.bom) is not None:
        for codes in (bom.parent, bom.component, bom.incomplete):
            if len(codes) and not 0 <= codes.min() <= codes.max() < len(bom.codes):
                raise ValueError("bill of materials")
        if not len(bom.parent) == len(bom.component) == len(bom.quantity):
            raise ValueError("bill of materials")
    return reading
