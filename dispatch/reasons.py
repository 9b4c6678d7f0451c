"""Whether somebody has said why: blanks and signs that nobody sees are no reason."""

from typing import Final

_LEAST: Final = 2


def says_why(text: str) -> bool:
    """At least two letters, figures or Chinese characters.

    >>> says_why("核对"), says_why("\\u200b\\u200b\\u200b"), says_why("。。")
    (True, False, False)
    """
    return sum(map(str.isalnum, text)) >= _LEAST
