"""Signing the steps of a month, each by whom it belongs to and in its order."""

from datetime import timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from dispatch.access.accounts import titles_of
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.book_chain import Book, to_seal
from dispatch.log.events import record
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.blocking import (
    Blocker,
    Signed,
    open_facts,
    signed_of,
    uncounted,
)
from dispatch.subsidy.months.periods import (
    Period,
    PeriodState,
    hold_alone,
)
from dispatch.subsidy.months.sealing import seal_step
from dispatch.subsidy.months.steps import (
    Figures,
    PeriodStep,
    Step,
    list_steps,
    stations_of_street,
    together,
)
from dispatch.subsidy.months.told_later import (
    ToldBefore,
    count_told,
    hold_lines,
    recount_lines,
)
from dispatch.subsidy.station_duties import last_day
from dispatch.subsidy.station_posting import post_station_month

NOTICE_DAYS: Final = 7
_BEFORE_PUBLISHING: Final = frozenset({Step.CONFIRM, Step.REVIEW, Step.PUBLISH})


class StepTooEarly(Conflict):
    """前面的步骤还没有办完，没有签字。"""

    code = "step_too_early"


class MonthIsClosed(Conflict):
    """这个月已经月结，不能再改；更正请在未月结的月份提出。"""

    code = "month_is_closed"


class SamePerson(NotAllowed):
    """复审和财务须由两个人分别签字。"""

    code = "same_person"


def sign_step(
    uow: UnitOfWork,
    period: str,
    step: Step,
    *,
    words: str = "",
    notice_days: int = NOTICE_DAYS,
) -> PeriodStep:
    """Put the actor's name to the month's figures as they are now.

    A station signs for itself, a street for its stations, the district for all. The
    same figures are signed once: signing again gives the signature that is there.
    From the public notice on nothing more is booked in the month; going back
    (`reopen`, with a reason) makes every signature void.

    Raises:
        NotAllowed: the step is another role's. SamePerson
        StepTooEarly: with what is still open, in words.
        MonthIsClosed
    """
    _check_role(uow, step)
    own = uow.actor.station_id if step is Step.CONFIRM else None
    # Counted before anything is reckoned by it: what is told meanwhile comes too late.
    told = count_told(uow.session, period, [own])[own] if own else 0
    over = town_day(uow.now) > last_day(period)
    late = hold_lines(uow.session, period, own) if own and over else []
    held = hold_alone(uow.session, period)
    if held.state is PeriodState.CLOSED:
        raise MonthIsClosed
    if own and over and held.state is PeriodState.OPEN:
        # What the station itself is due is in its figures, and its lines are by what
        # is known of its elders now.
        recount_lines(uow, late)
        post_station_month(uow, own, period)
    signed = signed_of(uow.session, period, _stations(uow, period, step))
    if kept := _signed_before(uow, step, signed):
        return kept
    _check_order(uow, held, step, signed, words)
    made = _sign(uow, held, step, signed, words)
    if step is Step.PUBLISH:
        made.until_on = town_day(uow.now) + timedelta(days=notice_days)
        held.state, held.closing_at = PeriodState.CLOSING, uow.now
        held.closing_by = uow.actor.account_id
    if step is Step.REOPEN:
        held.state, held.closing_at, held.closing_by = PeriodState.OPEN, None, None
        held.begun += 1
    _keep(uow, held, made)
    if own:
        uow.session.add(ToldBefore(step_id=made.id, told=told))
        to_seal(uow, Book.TOLD_BEFORE, made.id)
    fail_point("step.signed")
    return made


def subject_of(month: str) -> UUID:
    """The id under which a month's events are told."""
    return uuid5(NAMESPACE_URL, f"period:{month}")


def _stations(uow: UnitOfWork, period: str, step: Step) -> set[UUID] | None:
    """Whose figures the step is about; None for everybody's."""
    if step is Step.CONFIRM and uow.actor.station_id is not None:
        return {uow.actor.station_id}
    if step is Step.REVIEW and uow.actor.street_code is not None:
        street = uow.actor.street_code
        waiting = uncounted(uow.session, period).items()
        due = {station for station, where in waiting if where == street}
        return stations_of_street(uow.session, period, street) | due
    return None


def _check_role(uow: UnitOfWork, step: Step) -> None:
    actor = uow.actor
    if step is Step.CONFIRM:
        fits = actor.role == "station" and actor.station_id is not None
    elif step is Step.REVIEW:
        fits = actor.role == "street" and actor.street_code is not None
    else:
        fits = actor.role == "district"
    if not fits or actor.account_id is None:
        raise NotAllowed("这一步不由您的账号签字。")


def _signed_before(uow: UnitOfWork, step: Step, signed: Signed) -> PeriodStep | None:
    """The signature that is there for these figures."""
    actor, kept = uow.actor, None
    if step is Step.CONFIRM and actor.station_id is not None:
        if actor.station_id in signed.told_later:
            return None
        kept = signed.confirmed.get(actor.station_id)
    elif step is Step.REVIEW and actor.street_code is not None:
        kept = signed.reviewed.get(actor.street_code)
    elif step is not Step.REOPEN:
        return signed.whole.get(step)
    return kept if kept and kept.digest == _figures(uow, step, signed).digest else None


def _check_order(
    uow: UnitOfWork, held: Period, step: Step, signed: Signed, words: str
) -> None:
    if (step in _BEFORE_PUBLISHING) != (held.state is PeriodState.OPEN):
        raise StepTooEarly(
            "已经公示，数字不再变动。"
            if step in _BEFORE_PUBLISHING
            else "还没有公示，不能办这一步。"
        )
    today = town_day(uow.now)
    own = uow.actor.station_id if step is Step.CONFIRM else None
    if step in (Step.CONFIRM, Step.PUBLISH):
        _refuse_while(list(open_facts(uow.session, held.month, today, own)))
    missing: dict[Step, list[object]] = {
        Step.REVIEW: [*signed.unconfirmed(uow.actor.street_code)],
        Step.PUBLISH: [*signed.unreviewed()],
    }
    if waiting := missing.get(step):
        who = "驿站没有确认" if step is Step.REVIEW else "街道没有初审"
        again = signed.changed(uow.actor.street_code)
        why = (
            f"其中 {len(again)} 个驿站确认后有变动，请先由驿站重新确认，"
            if again
            else ""
        )
        raise StepTooEarly(f"还有 {len(waiting)} 个{who}，{why}没有签字。")
    if step is Step.REOPEN and not words.strip():
        raise BadInput("退回重办须写明原因。")
    if step is Step.APPROVE:
        notice = signed.whole[Step.PUBLISH]
        if notice.until_on is not None and today <= notice.until_on:
            raise StepTooEarly(f"公示到 {notice.until_on} 为止，还不能复审。")
    if step is Step.PAY:
        approved = signed.whole.get(Step.APPROVE)
        if approved is None:
            raise StepTooEarly("区级还没有复审，没有签字。")
        if approved.account_id == uow.actor.account_id:
            raise SamePerson


def _refuse_while(found: list[Blocker]) -> None:
    open_ = [blocker for blocker in found if blocker.count]
    if open_:
        raise StepTooEarly(
            "；".join(blocker.words for blocker in open_) + "。没有签字。",
            blockers=[blocker.kind for blocker in open_],
        )


def _figures(uow: UnitOfWork, step: Step, signed: Signed) -> Figures:
    """What this signature is put to."""
    if step is Step.CONFIRM and uow.actor.station_id is not None:
        return signed.stations.get(uow.actor.station_id, Figures())
    if step is Step.REVIEW and uow.actor.street_code is not None:
        return signed.streets().get(uow.actor.street_code, Figures())
    return together(signed.stations[one] for one in sorted(signed.stations))


def _sign(
    uow: UnitOfWork, held: Period, step: Step, signed: Signed, words: str
) -> PeriodStep:
    account, figures = uow.actor.account_id, _figures(uow, step, signed)
    if account is None:
        raise NotAllowed
    return PeriodStep(
        month=held.month,
        number=len(list_steps(uow.session, held.month)) + 1,
        begun=held.begun,
        step=step,
        station_id=uow.actor.station_id if step is Step.CONFIRM else None,
        street_code=uow.actor.street_code if step is Step.REVIEW else None,
        entries=figures.entries,
        persons=figures.persons,
        subsidy_fen=figures.subsidy_fen,
        digest=figures.digest,
        account_id=account,
        role=uow.actor.role,
        title=titles_of(uow.session, [account]).get(account, ""),
        words=words.strip()[:200],
        signed_at=uow.now,
    )


def _keep(uow: UnitOfWork, held: Period, made: PeriodStep) -> None:
    signed = list_steps(uow.session, held.month)
    before = signed[-1] if signed else None
    uow.session.add(held)
    uow.session.add(made)
    uow.session.flush()
    seal_step(uow.session, made, before)
    uow.session.add(made)
    uow.session.flush()
    record(
        uow,
        f"period.{made.step.value}",
        "period",
        subject_of(held.month),
        facts={"month": held.month, "step": str(made.id), "entries": made.entries},
        station_id=made.station_id,
        street_code=made.street_code,
    )
