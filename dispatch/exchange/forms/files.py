"""Forms of persons: the front page of a file, and whose entitlements have ended."""

from datetime import timedelta
from typing import Final

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.clock import town_day, town_moment
from dispatch.exchange.forms.rows import (
    Form,
    Opened,
    People,
    Row,
    Span,
    by_id,
    station_names,
)
from dispatch.exchange.workbooks import yuan
from dispatch.people.elders import Elder, Household, Living, age_on
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.stop_book import STOP_WORDS, list_stopped

LIVING_WORDS: Final = {
    Living.ALONE: "独居",
    Living.EMPTY_NEST: "空巢",
    Living.WITH_FAMILY: "与家人同住",
    Living.OTHER: "其他",
}
ABILITY_WORDS: Final = ("完好", "轻度", "中度", "重度", "完全失能")


def _elders(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    query = scoped(uow.actor, Elder).order_by(col(Elder.number))
    query = query.where(col(Elder.died_on).is_(None), col(Elder.left_on).is_(None))
    if span.station_id is not None:
        query = query.where(Elder.station_id == span.station_id)
    elders = list(uow.session.exec(query))
    people = People(uow, [one.id for one in elders], opened, span.until_on)
    stations = station_names(uow.session)
    homes = by_id(uow.session, Household, [one.household_id for one in elders])
    return [
        people.of(one.id)
        | {
            "born_on": one.born_on,
            "age": age_on(one.born_on, span.until_on),
            "station": stations[one.station_id].name,
            "community": homes[one.household_id].community,
            "living": LIVING_WORDS[one.living],
            "hukou": "本区" if one.hukou_in_district else "外区",
            "ability": ABILITY_WORDS[one.ability_level],
            "assessed_on": one.assessed_on,
            "dementia": one.dementia,
            "disability_grade": one.disability_grade,
            "diet": "、".join(one.diet_tags),
            "allergies": "、".join(one.allergies),
            "last_seen_at": one.last_seen_at,
            "last_visit_at": one.last_visit_at,
        }
        for one in elders
    ]


def _stopped(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    """Who has died, moved, or gone to an institution, and what was granted after it.

    By the day on which it was found out: late news stands in the sheet of its own
    month, not in one that was sent long ago.
    """
    since = town_moment(span.from_on, 0)
    before = town_moment(span.until_on + timedelta(days=1), 0)
    book = list_stopped(uow.session, uow.actor, since, before)
    people = People(uow, [one.event.elder_id for one in book], opened, span.until_on)
    return [
        people.of(one.event.elder_id, one.event.happened_on)
        | {
            "why": STOP_WORDS[one.event.kind],
            "happened_on": one.event.happened_on,
            "found_on": town_day(one.event.made_at),
            "checked_by": one.checked_by,
            "from_month": one.stops_from,
            "too_much": yuan(one.too_much_fen),
            "recovered": yuan(one.deducted_fen + one.recovered_fen),
            "handled_by": "、".join(one.hands),
        }
        for one in book
    ]


ELDER_FILES = Form(
    "elder_files",
    "一人一档首页",
    (
        *(("elder_number", "档案编号"), ("name", "姓名"), ("sex", "性别")),
        *(("id_number", "身份证号"), ("born_on", "出生日期"), ("age", "年龄")),
        *(("phone", "联系电话"), ("station", "驿站"), ("community", "社区")),
        *(("address", "居住地址"), ("hukou", "户籍"), ("living", "居住情况")),
        *(
            ("categories", "人员类别"),
            ("ability", "能力等级"),
            ("assessed_on", "评估日期"),
        ),
        *(("dementia", "失智"), ("disability_grade", "残疾等级"), ("diet", "忌口")),
        *(
            ("allergies", "过敏"),
            ("last_seen_at", "最近见到"),
            ("last_visit_at", "最近探访"),
        ),
    ),
    _elders,
)
STOPPED = Form(
    "stopped",
    "停发追回台账",
    (
        *(("name", "姓名"), ("id_number", "身份证号"), ("why", "事由")),
        *(
            ("happened_on", "发生日期"),
            ("found_on", "发现日期"),
            ("checked_by", "核实人"),
        ),
        *(("from_month", "停发起始月"), ("too_much", "多领金额(元)")),
        *(("recovered", "追回金额(元)"), ("handled_by", "经办")),
    ),
    _stopped,
)
