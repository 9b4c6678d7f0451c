"""Long silence is a proposal; a suspension is a person's word, from its day on."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlmodel import Session, select

from dispatch.clock import town_day
from dispatch.duties.encounters import Way
from dispatch.duties.ordering_due import run_station
from dispatch.duties.outreach import (
    OutreachDraft,
    Purpose,
    SpokeWith,
    record_outreach,
)
from dispatch.duties.unreachable import RESTORE, SUSPEND
from dispatch.orders.deciding import accept
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Order
from dispatch.orders.pausing import PauseDraft, add_pause
from dispatch.people.elder_facts import history_of
from dispatch.people.elders import Elder, mark_seen
from dispatch.people.pauses import PauseReason
from dispatch.people.proposals import Proposal
from dispatch.store.unit_of_work import unit_of_work
from dispatch.subsidy.billing import person_of, quote
from tests.little_town import EIGHT, TODAY, LittleTown

DAY = timedelta(days=1)


def test_half_a_year_of_silence_is_proposed_and_a_person_suspends(
    town: LittleTown,
) -> None:
    long_ago = {"last_seen_at": EIGHT - 200 * DAY, "made_at": EIGHT - 400 * DAY}
    silent = town.add_elder("王", relief="TK", **long_ago)
    spoken, ill = (town.add_elder(name, **long_ago) for name in ("李", "赵"))
    town.add_elder("钱", last_seen_at=EIGHT - 100 * DAY)
    town.add_elder("孙", made_at=EIGHT - 400 * DAY)
    town.add_elder("周", entitlement_suspended=True, last_seen_at=EIGHT - DAY)
    with unit_of_work(town.engine, town.staff) as uow:
        call = OutreachDraft(
            spoken, Purpose.PHONE_CHECK, Way.PHONE, SpokeWith.FAMILY, at=EIGHT - DAY
        )
        record_outreach(uow, call, key="call")
        in_bed = PauseDraft(ill, TODAY - DAY, PauseReason.HOSPITAL)
        add_pause(uow, uow.session.get_one(Elder, ill), in_bed)
        order_id = place_order(uow, town.lunch(silent), key=uuid4().hex).id

    [proposal] = night(town)
    assert (proposal.elder_id, proposal.source) == (silent, SUSPEND)
    assert granted(town, order_id) == (500, set())
    decide(town, proposal)
    assert granted(town, order_id) == (0, {"suspended"})
    with Session(town.engine) as session:
        elder = session.get_one(Elder, silent)
        person = person_of(elder, history_of(session, silent), TODAY - DAY)
        assert elder.entitlement_suspended
        assert not person.entitlement_suspended
        mark_seen(elder, EIGHT + DAY, by="phone")
        session.add(elder)
        session.commit()

    town.at(EIGHT + 2 * DAY)
    [_, back] = night(town)
    assert (back.source, back.happened_on) == (RESTORE, town_day(EIGHT + DAY))
    with Session(town.engine) as session:  # met once more: it is said already
        mark_seen(session.get_one(Elder, silent), EIGHT + 2 * DAY, by="phone")
        session.commit()
    assert len(night(town)) == 2
    decide(town, back)
    town.at(EIGHT + 3 * DAY)
    assert len(night(town)) == 2
    with Session(town.engine) as session:
        assert not session.get_one(Elder, silent).entitlement_suspended


def night(town: LittleTown) -> list[Proposal]:
    """The nightly run, and all proposals that stand after it."""
    with unit_of_work(town.engine) as uow:
        run_station(uow, town.station_id)
    with Session(town.engine) as session:
        return list(session.exec(select(Proposal).order_by(Proposal.made_at)))  # type: ignore[arg-type]


def decide(town: LittleTown, proposal: Proposal) -> None:
    with unit_of_work(town.engine, town.staff) as uow:
        accept(uow, proposal.id, "上门核实过")


def granted(town: LittleTown, order_id: UUID) -> tuple[int, set[str]]:
    """The subsidy of an order in fen, and why any is refused for being suspended."""
    with Session(town.engine) as session:
        bill = quote(session, session.get_one(Order, order_id))
    return bill.subsidy_fen, {r.because for r in bill.refused} & {"suspended"}
