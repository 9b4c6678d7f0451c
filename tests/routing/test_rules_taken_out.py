"""Taking any one rule out makes a test fail: tried on a copy, one rule after the other.

The copy is interpreted, not compiled, so that a changed line costs a second.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.routing.clock_rules_taken_out import CLOCK
from tests.routing.linked_rules_taken_out import LINKED
from tests.routing.rules_taken_out import JUDGE, TakenOut
from tests.routing.search_rules_taken_out import SEARCH

ROOT: Final = Path(__file__).resolve().parent.parent.parent
TABLE: Final = (*JUDGE, *SEARCH, *CLOCK, *LINKED)
# What the engine draws overflows on purpose; interpreted, numpy says so.
_OVERFLOW: Final = "ignore:overflow encountered:RuntimeWarning"
_SURROUNDINGS: Final = """
import hypothesis
from hypothesis import Phase

hypothesis.settings.register_profile(
    "hurried", derandomize=True, phases=[Phase.explicit, Phase.generate]
)
hypothesis.settings.load_profile("hurried")
"""


def source_of(taken: TakenOut) -> str:
    return (ROOT / "routing" / taken.file).read_text(encoding="utf-8")


def holder_of(taken: TakenOut) -> str:
    """The one test whose name begins so."""
    file, _, beginning = taken.held_by.partition("::")
    tree = ast.parse((ROOT / "tests" / "routing" / file).read_text(encoding="utf-8"))
    names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
    (name,) = [name for name in names if name.startswith(beginning)]
    return f"tests/routing/{file}::{name}"


def test_what_is_taken_out_stands_in_the_source_once() -> None:
    for taken in TABLE:
        assert source_of(taken).count(taken.old) == 1, taken
        assert holder_of(taken)
        ast.parse(source_of(taken).replace(taken.old, taken.new))


def test_no_rule_of_the_judge_is_forgotten() -> None:
    words = (
        r"""(?:BrokenRule|_broken)\(\s*"(\w+)"|rule = "(\w+)" if \w+ else "(\w+)\""""
    )
    named = {
        name
        for file in ("check.py", "check_routes.py")
        for found in re.findall(words, (ROOT / "routing" / file).read_text("utf-8"))
        for name in found
        if name
    }
    assert len(named) == 17
    assert named <= {taken.rule for taken in JUDGE}


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_taking_any_one_rule_out_makes_a_test_fail(tmp_path: Path) -> None:
    copy_to(tmp_path)
    good = sorted({holder_of(taken) for taken in TABLE})
    ended = run_in(tmp_path, good, keeps_bytecode=True)
    assert ended.returncode == 0, ended.stdout[-3000:]
    unseen = [taken for taken in TABLE if not is_caught(tmp_path, taken)]
    assert unseen == []


def copy_to(folder: Path) -> None:
    """The library and its tests, and nothing else of ours."""
    left = shutil.ignore_patterns("__pycache__")
    for name in ("routing", "tests/routing"):
        shutil.copytree(ROOT / name, folder / name, ignore=left)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "tests" / "conftest.py").write_text(_SURROUNDINGS)


def is_caught(folder: Path, taken: TakenOut) -> bool:
    source = folder / "routing" / taken.file
    before = source.read_text(encoding="utf-8")
    source.write_text(before.replace(taken.old, taken.new), encoding="utf-8")
    try:
        return run_in(folder, [holder_of(taken)]).returncode == 1
    finally:
        source.write_text(before, encoding="utf-8")


def run_in(
    folder: Path, tests: Sequence[str], *, keeps_bytecode: bool = False
) -> subprocess.CompletedProcess[str]:
    """Exit 1 means that a test failed; anything else but 0 is no test at all."""
    words = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", _OVERFLOW)
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    known["PYTHONDONTWRITEBYTECODE"] = "" if keeps_bytecode else "1"
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words, *tests],
        cwd=folder,
        env=known | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
