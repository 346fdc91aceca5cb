"""What of the program is reached from where it starts, read from the source: names that a reached name speaks of are reached.

A name at the top of a module is a node; what its body names is an edge, resolved through the imports of its file and of
the function it stands in. A module that is reached runs its own lines (those outside definitions), so what they name
is reached too. Methods go with their class. A text that is nothing but a dotted name (`python -m`, the source of a
formula on the screen) or the file of a page names what it says; importing a name is no use of it, and neither is standing
in `__all__`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = ["Module", "Name", "public_names", "reached", "tree_of", "unreached"]

Name = tuple[str, str]  # module and name at its top; "" for the module itself


@dataclass
class Module:
    """One file: what stands at its top, what it imports, and what each name speaks of."""

    name: str
    defined: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)  # local name -> dotted name
    own: list[ast.stmt] = field(default_factory=list)  # lines that run when it is imported
    public_map: dict[str, str] = field(default_factory=dict)  # names given on first use, of which module
    said: dict[str, list[str]] = field(
        default_factory=dict
    )  # by what stands at the top ("": own lines): dotted names


def _imports(tree: ast.AST, package: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, node.module] if node.module else base)
            for alias in node.names:
                found[alias.asname or alias.name] = f"{module}.{alias.name}"
    return found


def _targets(statement: ast.stmt) -> list[str]:
    """Names a statement at the top of a module binds; none for lines that only run."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        whole = [node for target in statement.targets for node in ast.walk(target)]
        return [node.id for node in whole if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


@lru_cache(maxsize=2000)
def _module(path: str, source: str) -> Module:
    parts = path.removesuffix(".py").split("/")
    package = parts[:-1]
    module = Module(".".join(package if parts[-1] == "__init__" else parts))
    for outer in ast.parse(source).body:
        typing_only = isinstance(outer, ast.If) and "TYPE_CHECKING" in ast.dump(outer.test)
        for statement in outer.body if typing_only else [outer]:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                module.imports |= _imports(statement, package)
                if not typing_only:
                    module.own.append(statement)
                continue
            names = _targets(statement)
            for target in names:
                module.defined.setdefault(target, []).append(statement)
            if not names and not isinstance(getattr(statement, "value", None), ast.Constant):
                module.own.append(statement)
            if names == ["_PUBLIC"] and isinstance(statement, ast.Assign):
                module.public_map = ast.literal_eval(statement.value)
    module.said = {
        what: [one for statement in statements for one in _mentions(statement, module)]
        for what, statements in {**module.defined, "": module.own}.items()
    }
    return module


def tree_of(files: Mapping[str, str]) -> dict[str, Module]:
    """The modules of files (path with slashes -> source)."""
    modules = (_module(path, source) for path, source in files.items())
    return {module.name: module for module in modules}


def _resolve(dotted: str, modules: Mapping[str, Module], seen: frozenset[str] = frozenset()) -> list[Name]:
    """The nodes a dotted name means: the module it starts with, and the name in it, followed through re-exports."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        name = ".".join(parts[:cut])
        if name not in modules:
            continue
        found: list[Name] = [(name, "")]
        package, _, last = name.rpartition(".")
        if package in modules and last in modules[package].imports and dotted not in seen:
            # a package may give a function the name of the module it stands in
            found += _resolve(modules[package].imports[last], modules, seen | {dotted})
        if cut < len(parts):
            module, wanted = modules[name], parts[cut]
            if wanted in module.defined:
                found.append((name, wanted))
            elif wanted in module.imports and dotted not in seen:
                further = ".".join([module.imports[wanted], *parts[cut + 1 :]])
                found += _resolve(further, modules, seen | {dotted})
            elif wanted in module.public_map:
                found += _resolve(f"{module.public_map[wanted]}.{wanted}", modules, seen | {dotted})
        return found
    return []


def _mentions(statement: ast.AST, module: Module) -> list[str]:
    """What the lines of a statement name, as dotted names from the top."""
    inner = _imports(statement, module.name.split(".")[:-1])
    local = {**module.imports, **inner}
    # an import runs the module; the name itself is used where it is spoken of
    said = [dotted.rpartition(".")[0] or dotted for dotted in inner.values()]
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            if node.id in module.defined:
                said.append(f"{module.name}.{node.id}")
            if node.id in local:
                said.append(local[node.id])
        elif isinstance(node, ast.Attribute):
            parts: list[str] = []
            at: ast.AST = node
            while isinstance(at, ast.Attribute):
                parts.append(at.attr)
                at = at.value
            if isinstance(at, ast.Name) and at.id in local:
                said.append(".".join([local[at.id], *reversed(parts)]))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"\w+(/\w+)*\.py", node.value):  # a page, by the file beside the module
                said.append(
                    ".".join([*module.name.split(".")[:-1], *node.value.removesuffix(".py").split("/")])
                )
            elif re.fullmatch(r"\w+(\.\w+)+", node.value):
                said.append(node.value)
    return said


def reached(modules: Mapping[str, Module], starts: Iterable[Name]) -> set[Name]:
    """Every node reached from the starts; a start with the name "*" is a module with everything public in it."""
    waiting: list[Name] = []
    for name, what in starts:
        waiting.append((name, "" if what == "*" else what))
        if what == "*":
            waiting += [(name, one) for one in modules[name].defined if not one.startswith("_")]
    seen: set[Name] = set()
    while waiting:
        node = waiting.pop()
        name, what = node
        if node in seen or name not in modules:
            continue
        seen.add(node)
        waiting.append((name, "") if what else (name.rpartition(".")[0], ""))
        for dotted in modules[name].said.get(what, []):
            waiting += _resolve(dotted, modules)
    return seen


def public_names(module: Module, modules: Mapping[str, Module]) -> list[Name]:
    """The nodes behind the names a package gives on first use."""
    return [node for what in module.public_map for node in _resolve(f"{module.name}.{what}", modules)]


def unreached(modules: Mapping[str, Module], seen: set[Name], package: str) -> list[str]:
    """Modules of a package that nothing reaches, and public functions and classes of the others, as dotted names."""
    lost = []
    for name, module in modules.items():
        if name.split(".")[0] != package:
            continue
        if (name, "") not in seen:
            lost.append(name)
            continue
        lost += [
            f"{name}.{what}"
            for what, statements in module.defined.items()
            if not what.startswith("_")
            and isinstance(statements[0], ast.FunctionDef | ast.ClassDef)
            and (name, what) not in seen
        ]
    return lost
