"""Whoever judges from outside sees when and by what an order was proven, and nobody."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.errors import NotFound
from dispatch.field.photos import FieldPhoto, PhotoKind
from dispatch.log.audit import Audit
from dispatch.orders.orders import Order
from dispatch.people.vault import seal_file
from dispatch.quality.auditing import DrawDraft, draw_sample, fix_frame, list_draws
from dispatch.quality.draws import DrawOf
from dispatch.quality.indicators import list_indicators
from dispatch.reports.proof_sheets import (
    open_as_proof,
    proofs_of_drawn,
    proofs_of_line,
)
from dispatch.store.unit_of_work import Actor, in_one_transaction
from dispatch.subsidy.months.showing import list_corrections, show_month
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, TODAY, LittleTown
from tests.subsidy.ledger_town import entitled, hand_over, order_lunch, pay_all, rows

T = TypeVar("T")
_PNG = b"\x89PNG\r\n\x1a\n"
_CODE = re.compile(r"[0-9a-f]{5}(-[0-9a-f]{5}){2}")


def as_(town: LittleTown, actor: Actor, deed: Callable[..., T], *args: Any) -> T:
    return in_one_transaction(town.engine, lambda uow: deed(uow, *args), actor=actor)


@pytest.fixture
def eaten(town: LittleTown) -> tuple[Order, Order]:
    """A lunch that was eaten and is booked, and one that is not."""
    orders = order_lunch(town, entitled(town)), order_lunch(town, town.add_elder())
    town.at(ELEVEN)
    pay_all(town, orders[0])
    hand_over(town, orders[0])
    return orders


def _picture(town: LittleTown, order: Order) -> UUID:
    photo_id = uuid4()
    key_id, sealed = seal_file(photo_id, _PNG)
    with Session(town.engine) as session:
        session.add(
            FieldPhoto(
                id=photo_id,
                order_id=order.id,
                helper_id=town.add_helper(),
                kind=PhotoKind.PHOTO,
                sha256="ab" * 32,
                size=len(_PNG),
                have=len(_PNG),
                key_id=key_id,
                sealed=sealed,
                begun_at=ELEVEN,
                whole_at=ELEVEN,
            )
        )
        session.commit()
    return photo_id


def _looks(town: LittleTown) -> list[tuple[UUID | None, str]]:
    """At whose proofs somebody looked, and at which order's."""
    looks = [one for one in rows(town, Audit) if one.action == "show_proofs"]
    return [(one.object_id, one.purpose) for one in looks]


@ON_ONE_ENGINE
@pytest.mark.proves("S06")
def test_an_auditor_sees_hashes_and_opens_a_picture_for_a_reason_that_is_kept(
    town: LittleTown, eaten: tuple[Order, Order]
) -> None:
    booked, other = eaten
    photo, unbooked = (_picture(town, one) for one in eaten)
    auditor = town.add_account("auditor", Role.AUDITOR)
    sheet = as_(town, auditor, proofs_of_line, booked.id)
    assert _looks(town) == [(booked.elder_id, f"order {booked.number}")]
    assert _CODE.fullmatch(sheet.elder_label)
    assert [(one.origin, one.grade, one.counts) for one in sheet.proofs] == [
        ("counter", "A", True)
    ]
    assert [one.sha256 for one in sheet.pictures] == ["ab" * 32]

    seen = as_(town, auditor, open_as_proof, photo, "核对 11 月抽样")
    assert seen == ("image/png", _PNG)
    (look,) = [one for one in rows(town, Audit) if one.action == "show_photo"]
    assert (look.object_id, look.fields) == (booked.elder_id, ["photo"])
    assert look.purpose == f"order {booked.number} 核对 11 月抽样"

    with pytest.raises(NotFound):
        as_(town, auditor, proofs_of_line, other.id)
    with pytest.raises(NotFound):
        as_(town, auditor, open_as_proof, unbooked, "好奇")

    month = as_(town, auditor, show_month, "2026-11")
    assert ([one.entries for one in month.stations], month.next) == ([1], None)
    assert as_(town, auditor, list_corrections) == []


def test_an_evaluator_sees_points_and_the_proofs_of_what_was_drawn(
    town: LittleTown, eaten: tuple[Order, Order]
) -> None:
    booked, other = eaten
    district = town.add_account("district", Role.DISTRICT)
    draft = DrawDraft("十一月评估", DrawOf.ORDERS, 5, ("甲", "乙"), "2026-11")
    draw = as_(town, district, fix_frame, draft)
    evaluator = town.add_account("evaluator", Role.EVALUATOR)
    with pytest.raises(NotFound):  # nothing is drawn yet
        as_(town, evaluator, proofs_of_drawn, draw.id, booked.number)
    as_(town, district, draw_sample, draw.id, "03-11-17")

    sheet = as_(town, evaluator, proofs_of_drawn, draw.id, booked.number)
    assert _looks(town) == [(booked.elder_id, f"order {booked.number}")]
    assert _CODE.fullmatch(sheet.elder_label)
    assert len(sheet.proofs) == 1
    (row,) = as_(town, evaluator, list_draws)
    ((item, *_),) = row.sample
    assert (item, row.frame_count) == (booked.number, 1)
    (point,) = as_(town, evaluator, list_indicators, "station", TODAY, TODAY)
    assert (point.id, point.done) == (town.station_id, 1)
    assert as_(town, evaluator, list_indicators, "helper", TODAY, TODAY) == []
    for actor, number in ((evaluator, other.number), (town.staff, booked.number)):
        with pytest.raises(NotFound):
            as_(town, actor, proofs_of_drawn, draw.id, number)
    with pytest.raises(NotFound):
        as_(town, evaluator, proofs_of_line, booked.id)
