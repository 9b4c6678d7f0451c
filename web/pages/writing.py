"""Pages from templates: words for codes, times of the town, safe headers."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dispatch.clock import TOWN
from dispatch.words import say, yuan

NOTICE: Final = "/notice"
PAGES: Final = ("/e/", NOTICE)  # every address of theirs begins like this
_WEEKDAYS: Final = "一二三四五六日"
_WAYS: Final = {
    "delivery": "送到家",
    "pickup": "自己来取",
    "proxy": "请人代取",
    "dine_in": "在驿站吃",
}
_MET: Final = {
    "door": "送餐时见到",
    "home": "上门看望",
    "counter": "在驿站见到",
    "phone": "电话里听到声音",
    "video": "视频里见到",
}
_TAKERS: Final = {"family": "家里人", "neighbour": "邻居", "staff": "工作人员"}
_SHUT: Final = {
    "past_cut_off": "已经过了订餐时间，请打电话给驿站。",
    "sold_out": "这一餐已经订满，请换一餐或打电话给驿站。",
    "elder_paused": "这一天您停了餐，要恢复请打电话给驿站。",
    "not_served": "这一餐不供应。",
}
# A form may only be sent from our own page; other sites learn nothing of the address.
_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_page(name: str, status: int = 200, **facts: object) -> HTMLResponse:
    """One page, kept by no browser and no proxy."""
    nothing: dict[str, object] = {"holder": None, "at_home": False, "at_sos": False}
    nothing["words"] = ""
    text = _TEMPLATES.get_template(name).render(nothing | facts)
    return HTMLResponse(text, status, headers=_HEADERS)


def say_day(on: date) -> str:
    """11 月 20 日 星期五"""
    return f"{on.month} 月 {on.day} 日 星期{_WEEKDAYS[on.weekday()]}"


def say_month(month: str) -> str:
    """2026 年 11 月"""
    return f"{month[:4]} 年 {int(month[5:])} 月"


def say_clock(at: datetime) -> str:
    """11:30"""
    return f"{at.astimezone(TOWN):%H:%M}"


def say_moment(at: datetime) -> str:
    """11 月 20 日 星期五 11:30"""
    return f"{say_day(at.astimezone(TOWN).date())} {say_clock(at)}"


_TEMPLATES.filters |= {
    "day": say_day,
    "month": say_month,
    "clock": say_clock,
    "moment": say_moment,
    "taker": lambda code: _TAKERS.get(code, "别人"),
    "met": lambda code: _MET.get(code, code),
    "case": lambda code: say("case", code),
    "outcome": lambda code: say("outcome", code),
    "yuan": yuan,
    "serving": lambda code: say("serving", code),
    "way": lambda code: _WAYS.get(code, code),
    "shut": lambda code: _SHUT.get(code, "现在订不了，请打电话给驿站。"),
    "diet": lambda code: say("diet", code),
}
