"""What a command can do, read from its source: `--help` alone installs nothing."""

import ast
from collections.abc import Iterator, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Final

from dispatch.bootstrap.places import ROOT

_ALL: Final = ROOT / "dispatch" / "cli.py"


def help_for(arguments: Sequence[str]) -> str:
    """The help of the command named first; of all commands where none is."""
    modules = _commands()
    named = next((word for word in arguments if not word.startswith("-")), None)
    if named not in modules:
        lines = [
            f"  {name:<12} {_first_line(modules, name)}" for name in sorted(modules)
        ]
        return "\n".join(["Usage: python3 -m dispatch COMMAND [OPTIONS]", "", *lines])
    found = _function(modules[named], named)
    told = ast.get_docstring(found) or ""
    return "\n".join(
        [
            f"Usage: python3 -m dispatch {named} [OPTIONS]",
            "",
            told,
            "",
            *_options(found),
        ]
    )


def _commands() -> dict[str, str]:
    for node in ast.parse(_ALL.read_text("utf-8")).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "COMMANDS":
            found: dict[str, str] = ast.literal_eval(ast.unparse(node.value or node))
            return found
    raise LookupError(_ALL)


def _function(module: str, command: str) -> ast.FunctionDef:
    name = command.replace("-", "_")
    name += "_" * iskeyword(name)
    file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise LookupError(f"{command} in {Path(file).name}")


def _first_line(modules: dict[str, str], command: str) -> str:
    told = ast.get_docstring(_function(modules[command], command)) or ""
    return told.partition("\n")[0]


def _options(found: ast.FunctionDef) -> Iterator[str]:
    for each in found.decorator_list:
        if not isinstance(each, ast.Call) or not isinstance(each.func, ast.Attribute):
            continue
        if each.func.attr != "option":
            continue
        names = [one for one in map(_text, each.args) if one.startswith("-")]
        helps = (_text(one.value) for one in each.keywords if one.arg == "help")
        yield f"  {', '.join(names)}  {next(helps, '')}".rstrip()


def _text(node: ast.expr) -> str:
    """A string as it is written; nothing where it is reckoned."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
