"""Which passwords are taken: long ones that nobody would try first.

There are no rules of composition (capitals, digits, signs), which only make people
write one down: twelve characters, nothing that leaks have made public, and nothing
that says who signs in.
"""

import gzip
import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from dispatch.errors import BadInput

LEAST_LENGTH: Final = 12
LEAST_BESIDE_NAMES: Final = 8
_LIST: Final = Path(__file__).with_name("leaked-passwords.txt.gz")
_WRITTEN_OTHERWISE: Final = str.maketrans("013457@$!", "oleastasi")
_ROWS: Final = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl"),
    *("zxcvbnm", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm"),
)
_RUNS: Final = tuple(row + "|" + row[::-1] for row in _ROWS)
_FEWEST_STEPS: Final = 5  # so many jumps on the keyboard, or it is a run of keys
_OUR_NAMES: Final = ("liuzhu", "六助")


class WeakPassword(BadInput):
    """这个密码太容易被猜到，没有保存。请用 12 个字以上的一句话，不要用常见密码。"""

    code = "weak_password"


def refuse_weak(password: str, *, about: Iterable[str]) -> None:
    """Say no to what would be guessed.

    Args:
        about: what is known of the account, such as its name.

    Raises:
        WeakPassword: too short, public, a run of keys, or the account's own name.
    """
    plain = password.casefold()
    if len(plain) < LEAST_LENGTH:
        raise WeakPassword("密码至少 12 个字，没有保存。请用一句您记得住的话。")
    names = [name.casefold() for name in (*about, *_OUR_NAMES) if len(name) > 1]
    for name in names:
        plain = plain.replace(name, "")
    left = re.sub(r"\W", "", plain)
    named = len(plain) < len(password)
    if is_easy(plain) or (named and len(left) < LEAST_BESIDE_NAMES):
        raise WeakPassword


def is_easy(plain: str) -> bool:
    """Short of what counts, made public, repeated, or typed along the keyboard."""
    unit = _repeated(plain)
    read = unit.translate(_WRITTEN_OTHERWISE)
    cores = {unit, read, *(_letters_within(each) for each in (unit, read))}
    if len(unit) < LEAST_LENGTH // 2 or _steps(unit) < _FEWEST_STEPS:
        return True
    return any(core in _leaked() or _is_two(core) for core in cores if core)


def _repeated(plain: str) -> str:
    """The part that, said over and over, is the whole."""
    at = (plain + plain).find(plain, 1)
    return plain[:at] if at > 0 else plain


def _letters_within(plain: str) -> str:
    """Without the digits and signs that are put around a word."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)


def _is_two(plain: str) -> bool:
    """Two public passwords, one after the other."""
    halves = ((plain[:at], plain[at:]) for at in range(4, len(plain) - 3))
    return any(one in _leaked() and two in _leaked() for one, two in halves)


def _steps(plain: str) -> int:
    """How often the next key is not beside the last, nor the same."""
    pairs = pairwise(plain)
    return sum(a != b and not any(a + b in run for run in _RUNS) for a, b in pairs)


@cache
def _leaked() -> frozenset[str]:
    lines = gzip.decompress(_LIST.read_bytes()).decode().split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))
