"""Where compiled kernels are kept: the user's cache folder, under a digest of every source a kernel can depend on.

numba notices an edit in the file of a kernel, but not in another file whose function or constant was compiled
into it. The digest covers all files that compile and everything they import from this package, so any
edit to them starts an empty folder. A folder that cannot be written switches caching off, and `NOTE` says so.
Setting NUMBA_CACHE_DIR overrides the place. numba asks for it when a function is declared: whatever compiles
takes its decorator from here. Every file carries a digest (`analytics.sealed`) that is checked before it is loaded: a damaged
one is deleted and its kernel compiled again, once told. A disk that fills up costs the cache, not the analysis.
"""

from __future__ import annotations

import os
import pickle
import re
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analytics.sealed import Broken, key, sealed, told, unsealed

__all__ = ["FOLDER", "NOTE", "cache_home", "kernel", "part", "source_digest"]

_PACKAGE = Path(__file__).resolve().parent
#: A file that compiles: it uses numba, or a decorator below; one that only reads this module's note does not.
_COMPILES = re.compile(rb"import numba|from numba|import (?:kernel|part)\b")
_IMPORT = re.compile(rb"^\s*(?:from\s+(analytics[\w.]*)\s+import|import\s+(analytics[\w.]*))", re.MULTILINE)


def source_digest(package: Path = _PACKAGE) -> str:
    """Digest of all sources compiled code can depend on: files that compile, and their imports.

    >>> len(source_digest())
    16
    """
    texts = {path: path.read_bytes() for path in sorted(package.rglob("*.py"))}
    names = {
        ".".join(("analytics", *path.relative_to(package).with_suffix("").parts)): path for path in texts
    }
    wanted = [name for name, path in names.items() if _COMPILES.search(texts[path])]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen or name not in names:
            continue
        seen.add(name)
        wanted += [(a or b).decode() for a, b in _IMPORT.findall(texts[names[name]])]
    digest = blake2b(digest_size=8)
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + texts[names[name]] + b"\0")
    return digest.hexdigest()


def cache_home() -> Path:
    """The folder for what this program computes once and keeps, in the user's own cache."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "stock-or-order"


def _prepared() -> tuple[Path | None, str]:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = (
            Path(chosen)
            if chosen
            else cache_home() / "kernels" / f"numba-{version('numba')}-{source_digest()}"
        )
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        key()
    except (OSError, RuntimeError) as problem:
        return (
            None,
            f"Compiled code is not kept, so every start compiles again (about half a minute): {problem}",
        )
    return folder, ""


FOLDER, NOTE = _prepared()
#: Without the wrapper by which C could call a function: nobody does, and it takes time to compile.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
if FOLDER is not None:
    os.environ["NUMBA_CACHE_DIR"] = str(FOLDER)  # read when numba is imported
    if "numba.core.config" in sys.modules:
        vars(sys.modules["numba.core.config"])["CACHE_DIR"] = str(FOLDER)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function with numba: without the global lock, division as in NumPy, kept in the cache folder.

    Never fastmath and never parallel: results must not depend on the number of threads or on the compiler's mood.
    """
    import numba

    made = numba.njit(**_OPTIONS)(function)
    if FOLDER is not None:
        made._cache = _checked_cache()(function)  # as numba's `cache=True` does, with files that are checked
    return made


@cache
def _checked_cache() -> Any:
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
                f"compiled code cannot be {what} in {FOLDER} ({problem.strerror or problem}): it is compiled at every start until that is mended"
            )

    return CheckedCache


def part(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call: it becomes code of theirs and none of its own.

    numba would optimise each such function, write its machine code and keep it, although whatever calls it takes
    its intermediate code in, optimises that again and writes it again: a quarter of all compilation, for code that
    never runs. From Python it cannot be called (`kernel(f.py_func)` can).
    """
    import numba

    options: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "pipeline_class": _pipeline_of_parts()}
    return numba.njit(**options)(function)


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
