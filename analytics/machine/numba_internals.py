"""What numba does not publish, behind one door: files of compiled code that are checked, and functions compiled once instead of twice.

Nothing here changes a number. Measured with numba 0.68 (`python -m analytics.warm_up`, processor seconds):
all kernels compiled from nothing 31 s (63 s in the plain way), loaded again from kept files 6 s (63 s: nothing is kept).
Where a numba lacks one of the names used here, or STOCK_OR_ORDER_PLAIN_NUMBA is set, every function is compiled as numba
itself does, nothing is kept, and that is said once. `tests/test_inside_doors.py` holds the results of both against each other.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from analytics.machine.sealed import Broken, sealed, told, unsealed

__all__ = ["as_borrower", "as_kernel", "as_part", "keep", "known"]

PLAIN = "STOCK_OR_ORDER_PLAIN_NUMBA"


@cache
def known() -> bool:
    """Whether this numba has all that is used here, and its use is not switched off; said once where not."""
    if os.environ.get(PLAIN):
        return False
    try:
        _names()
    except (ImportError, AttributeError) as problem:
        told(
            f"this version of numba is not known: code is compiled in the plain way and not kept ({problem})"
        )
        return False
    return True


def _names() -> None:
    """Every unpublished name of numba that is used below; raises where one is missing."""
    from numba.core import caching, codegen, compiler, compiler_machinery, typed_passes

    for owner, name in (
        (caching.FunctionCache, "load_overload"),
        (caching.FunctionCache, "save_overload"),
        (caching.IndexDataCacheFile, "_load_index"),
        (caching.IndexDataCacheFile, "_save_index"),
        (caching.IndexDataCacheFile, "_load_data"),
        (caching.IndexDataCacheFile, "_save_data"),
        (caching.IndexDataCacheFile, "_open_for_write"),
        (codegen.JITCodeLibrary, "_optimize_final_module"),
        (codegen.JITCodeLibrary, "_finalize_final_module"),
        (codegen.JITCodeLibrary, "_finalize_dynamic_globals"),
        (compiler.CompilerBase, "define_pipelines"),
        (compiler.DefaultPassBuilder, "define_nopython_pipeline"),
        (compiler_machinery, "register_pass"),
        (typed_passes.NativeLowering, "run_pass"),
    ):
        getattr(owner, name)


def as_kernel() -> dict[str, Any]:
    """Options of a function that Python calls: without the wrapper by which C could call it, which nobody does."""
    return {"no_cfunc_wrapper": True} if known() else {}


def as_part() -> dict[str, Any]:
    """Options of a function that only kernels call: its code is taken in by them and never finished on its own."""
    if not known():
        return {}
    return {**as_kernel(), "no_cpython_wrapper": True, "pipeline_class": _pipeline_of_parts()}


def as_borrower() -> dict[str, Any]:
    """Options of a part that makes no array and keeps none: it does not count who holds those it is given."""
    return {**as_part(), "_nrt": False} if known() else {}


def keep(made: Any, function: Callable[..., Any], folder: Path) -> None:
    """Keep the compiled code of a function in a folder, as numba's `cache=True` does, in files that are checked."""
    if known():
        made._cache = _checked_cache(folder)(function)


@cache
def _checked_cache(folder: Path) -> Any:
    """The cache of functions of numba, in files that are sealed, and that gives up where they cannot be written."""
    from numba.core.caching import FunctionCache, IndexDataCacheFile

    class CheckedFile(IndexDataCacheFile):  # type: ignore[misc]
        def _read(self, path: str) -> Any:
            with open(path, "rb") as file:
                content = file.read()
            try:
                return pickle.loads(unsealed(content))
            except Broken:
                told(
                    f"compiled code in {os.path.dirname(path)} was damaged ({os.path.basename(path)}): it is deleted and compiled again"
                )
                os.unlink(path)
                raise FileNotFoundError(2, "damaged", path) from None

        def _write(self, path: str, value: Any) -> None:
            with self._open_for_write(path) as file:
                file.write(sealed(self._dump(value)))

        def _load_index(self) -> Any:
            try:
                release, stamp, overloads = self._read(self._index_path)
            except FileNotFoundError:
                return {}
            return overloads if (release, stamp) == (self._version, self._source_stamp) else {}

        def _save_index(self, overloads: Any) -> None:
            self._write(self._index_path, (self._version, self._source_stamp, overloads))

        def _load_data(self, name: str) -> Any:
            return self._read(self._data_path(name))

        def _save_data(self, name: str, data: Any) -> None:
            self._write(self._data_path(name), data)

    class CheckedCache(FunctionCache):  # type: ignore[misc]
        def __init__(self, function: Callable[..., Any]) -> None:
            super().__init__(function)
            self._cache_file = CheckedFile(
                self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp()
            )

        def load_overload(self, sig: Any, target_context: Any) -> Any:
            try:
                return super().load_overload(sig, target_context)
            except OSError as problem:
                self._given_up("read", problem)
                return None

        def save_overload(self, sig: Any, data: Any) -> None:
            try:
                super().save_overload(sig, data)
            except OSError as problem:
                self._given_up("kept", problem)

        def _given_up(self, what: str, problem: OSError) -> None:
            self.disable()
            told(
                f"compiled code cannot be {what} in {folder} ({problem.strerror or problem}): it is compiled at every start until that is mended"
            )

    return CheckedCache


@cache
def _pipeline_of_parts() -> Any:
    """The pipeline of numba itself, whose last pass leaves the code as it is taken in by others."""
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import CompilerBase, DefaultPassBuilder
    from numba.core.compiler_machinery import register_pass
    from numba.core.typed_passes import NativeLowering

    class Library(JITCodeLibrary):
        def _optimize_final_module(self) -> None:
            pass

        def _finalize_final_module(self) -> None:
            self._finalize_dynamic_globals()
            self._finalized = True

    @register_pass(mutates_CFG=True, analysis_only=False)
    class PartLowering(NativeLowering):
        _name = "lowering_of_parts"

        def run_pass(self, state: Any) -> bool:
            state.library = Library(state.targetctx.codegen(), state.func_id.func_qualname)
            state.flags.no_compile = True
            super().run_pass(state)
            state.library.finalize()
            in_python: dict[None, None] = {}
            entry = in_python.__getitem__  # what Python would call: numba asks for a builtin of its own for each, and this one always raises
            state.targetctx.insert_user_function(entry, state.cr.fndesc, [state.library])
            state.cr = state.cr._replace(cfunc=entry)
            return True

    class Pipeline(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
            passes.passes = [
                (PartLowering if each is NativeLowering else each, text) for each, text in passes.passes
            ]
            passes._finalized = False
            passes.finalize()
            return [passes]

    return Pipeline
