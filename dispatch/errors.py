"""What the house says when it cannot do as asked."""

import math
import traceback
from datetime import timedelta
from typing import ClassVar, Final

_MOST_PLACES: Final = 8


class Refusal(Exception):
    """这个请求无法办理。"""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.facts = facts


class BadInput(Refusal):
    """填写的内容有误，没有保存。请改正后再提交。"""

    code = "bad_input"


class NotFound(Refusal):
    """没有找到这条记录。"""

    code = "not_found"


class NotAllowed(Refusal):
    """您的账号没有这项权限。"""

    code = "not_allowed"


class NotSignedIn(Refusal):
    """请先登录。"""

    code = "not_signed_in"


class Conflict(Refusal):
    """情况已经变化，没有保存。请刷新后再试。"""

    code = "conflict"


class TooOften(Refusal):  # its fact `again_seconds` says when it goes again
    """做得太频繁了，请稍后再试。没有保存。"""

    code = "too_often"


def seconds_until(left: timedelta) -> int:
    """For `again_seconds`: whole ones, and one at least."""
    return max(1, math.ceil(left.total_seconds()))


def places_of(error: BaseException, *, most: int = _MOST_PLACES) -> str:
    """Where in the code it happened, the innermost last; never what it says, which may
    be of a person."""
    frames = traceback.extract_tb(error.__traceback__)[-most:]
    return " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in frames)
