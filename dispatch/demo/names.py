"""Made-up names and numbers. None belongs to anybody.

Identity numbers carry the area code 119900, which is not assigned; mobile numbers
begin with 154 and land lines with a 0 after the area code, which no network gives.
"""

from datetime import date
from typing import Final

from dispatch.demo.chance import Chance

DISTRICT_NAME: Final = "清和区"
AREA_CODE: Final = "119900"

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董"
    "袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE: Final = ("欧阳", "司马", "上官", "诸葛")
_WOMEN: Final = "英秀兰珍桂芳玉梅淑凤琴云霞素华丽荣爱琼惠香月莲菊翠贞娥静敏玲"
_MEN: Final = "国建明德志文福贵生永庆林荣海山清平保振学忠良金长春树成义才祥"
_STREETS: Final = (
    *("东河沿", "柳荫", "文昌", "北桥", "南园", "丰乐", "石榴", "望湖", "长青", "新安"),
    *("槐树", "青谷"),
)
_FIRST: Final = "东西南北中上下前后新老大"
_SECOND: Final = ("桥", "园", "门", "塘", "湾", "坊", "泉", "岭", "亭", "榆")
_COMMUNITIES: Final = (
    *("和平里", "向阳", "春晖", "安乐", "康宁", "福寿", "同心", "幸福"),
    *("平安", "朝阳坡", "静安巷", "万年青"),
)
_TABLES: Final = (
    "福满楼",
    "老街坊",
    "百姓家",
    "一品粥",
    "顺和居",
    "聚贤",
    "三餐",
    "暖心",
)


def street_names(count: int) -> list[str]:
    """Names of streets; the last is where the valley lies."""
    if count <= len(_STREETS):
        return list(_STREETS[:count])
    made = [f"{first}{second}" for second in _SECOND for first in _FIRST]
    return [*_STREETS[:-1], *made[: count - len(_STREETS)], _STREETS[-1]]


def community_name(number: int) -> str:
    """The name of a street's n-th community, from 0."""
    name = _COMMUNITIES[number % len(_COMMUNITIES)]
    round_ = number // len(_COMMUNITIES)
    return f"{name}{'一二三四五六七八九'[round_ - 1] if round_ else ''}社区"


def restaurant_name(number: int) -> str:
    """The name of the n-th restaurant, from 0."""
    round_ = number // len(_TABLES)
    return f"{_TABLES[number % len(_TABLES)]}{f'{round_ + 1}店' if round_ else ''}"


def person_name(chance: Chance, sex: str) -> str:
    """A name for a woman (F) or a man (M); common surnames are drawn more often."""
    at = min(chance.expovariate(1 / 22), len(_SURNAMES) - 1)
    family = chance.choice(_DOUBLE) if chance.happens(0.004) else _SURNAMES[int(at)]
    given = _WOMEN if sex == "F" else _MEN
    return family + "".join(chance.sample(given, chance.choice((1, 2, 2, 2))))


def id_number(born_on: date, sex: str, serial: int) -> str:
    """An eighteen-digit number with a right check digit and the unassigned area.

    Args:
        serial: 0–499; the number's last place of three is odd for men.
    """
    order = serial % 500 * 2 + (sex == "M")
    body = f"{AREA_CODE}{born_on:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The eighteenth place of an identity number (GB 11643, ISO 7064 MOD 11-2)."""
    weighed = sum(int(n) * pow(2, 17 - at, 11) for at, n in enumerate(body))
    return "10X98765432"[weighed % 11]


def mobile(number: int) -> str:
    """The n-th made-up mobile number."""
    return f"154{number:08d}"


def land_line(number: int) -> str:
    """The n-th made-up number of an office."""
    return f"010-0{number:07d}"


def card(number: int) -> str:
    """The n-th made-up elder card; its last four digits differ between neighbours."""
    return f"1199{number * 7_919 % 10**12:012d}"
