"""Refusals and failures as answers: a code, a Chinese sentence, a short reference."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from dispatch.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    TooOften,
    places_of,
)
from dispatch.store.database import is_away, is_full
from web.pages.writing import PAGES, write_page
from web.wire import Answer

log = logging.getLogger("liuzhu.web")

_STATUS: Final[tuple[tuple[type[Refusal], int], ...]] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooOften, 429),
    (Refusal, 400),
)
_HTTP_WORDS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("malformed", "请求的内容读不出来，没有保存。"),
    404: ("no_such_page", "没有这个地址。"),
    405: ("no_such_method", "这个地址不能这样使用。"),
    413: ("too_large", "提交的内容太大（超过 1 MB，表格文件超过 20 MB），没有保存。"),
}
_FIELD_WORDS: Final = (
    ("missing", "必填"),
    ("json_invalid", "不是规范的 JSON"),
    ("model_attributes", "要以 JSON 提交"),
    ("extra_forbidden", "没有这一项"),
    ("uuid", "编号格式不对"),
    ("date", "日期格式不对"),
    ("datetime", "时间格式不对，要带时区"),
    ("timezone", "时间格式不对，要带时区"),
    ("enum", "不在可选范围内"),
    ("literal", "不在可选范围内"),
    ("too_short", "太短"),
    ("too_long", "太长"),
    ("greater_than", "数值超出范围"),
    ("less_than", "数值超出范围"),
    ("finite_number", "数值超出范围"),
    ("int", "要填整数"),
    ("float", "要填数字"),
    ("string", "文字格式不对"),
)
BUSY_SECONDS: Final = "2"


def reference_of(request: Request) -> str:
    """The short id under which this request stands in the log."""
    return str(request.scope.get("liuzhu_reference", "-"))


def error_answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The one shape of every refusal and failure; a page's is a page."""
    if request.url.path.startswith(PAGES):
        words = {"title": detail, "words": f"编号 {reference_of(request)}"}
        return write_page("said.html", status, **words)
    body = {"error": code, "detail": detail, "reference": reference_of(request), **more}
    return Answer(body, status_code=status, headers=dict(headers or {}))


async def say_no(request: Request, refusal: Exception) -> Response:
    """A refusal of the house: its kind gives the status."""
    assert isinstance(refusal, Refusal)  # noqa: S101 - Starlette's handler type
    status = next(number for kind, number in _STATUS if isinstance(refusal, kind))
    again = refusal.facts.get("again_seconds")
    headers = {"Retry-After": str(again)} if again else None
    return error_answer(request, status, refusal.code, str(refusal), headers)


async def say_malformed(request: Request, error: Exception) -> Response:
    """What could not be read: where and why, never what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = [{"where": _where(one), "why": _why(one)} for one in error.errors()[:20]]
    return error_answer(
        request,
        422,
        "malformed",
        "填写的内容格式不对，没有保存。请检查后再提交。",
        fields=found,
    )


async def say_http(request: Request, error: Exception) -> Response:
    """Unknown address, wrong method, body too large."""
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 404 and _is_browsing(request):
        return write_page("lost.html", 404)
    unknown = ("refused", "请求无法办理，没有保存。")
    code, words = _HTTP_WORDS.get(error.status_code, unknown)
    return error_answer(request, error.status_code, code, words, error.headers)


def _is_browsing(request: Request) -> bool:
    """Somebody typed or followed an address; programs ask below /api, or for data."""
    wants_page = "text/html" in request.headers.get("accept", "")
    below_api = request.url.path.startswith("/api/")
    return request.method == "GET" and wants_page and not below_api


def failure_answer(request: Request, error: BaseException) -> Response:
    """A failure of ours: no details to the page, no values to the log."""
    where = places_of(error)
    log.error("%s %s %s", reference_of(request), type(error).__name__, where)
    if is_full(error):
        return error_answer(
            request,
            507,
            "disk_full",
            "服务器磁盘已满，没有保存。请联系管理员；手机和柜台已记录在本机的，之后会自动补传。",
        )
    if is_away(error):
        return error_answer(
            request,
            503,
            "database_away",
            "系统暂时连不上数据库，请几秒后再试；同一请求再发一次不会重复。",
            {"Retry-After": BUSY_SECONDS},
        )
    return error_answer(
        request, 500, "failed", "系统出错，请重试；仍不行请把编号告诉技术人员。"
    )


def add_error_answers(app: FastAPI) -> None:
    """Let this app answer every error in our own words."""
    app.add_exception_handler(Refusal, say_no)
    app.add_exception_handler(RequestValidationError, say_malformed)
    app.add_exception_handler(HTTPException, say_http)


def _where(error: Mapping[str, Any]) -> str:
    """The place in the form; a name that the sender made up is not repeated."""
    path = error["loc"]
    if error["type"] in {"extra_forbidden", "json_invalid"}:
        path = path[:-1]
    return ".".join(map(str, path[1:])) or str(path[0])


def _why(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "value_error" and "error" in error.get("ctx", {}):
        return str(error["ctx"]["error"])
    return next((words for part, words in _FIELD_WORDS if part in kind), "内容有误")
