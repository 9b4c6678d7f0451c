"""A month of the little town, and the officials who close it."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.clock import town_moment
from dispatch.store.unit_of_work import (
    Actor,
    in_one_transaction,
)
from dispatch.subsidy.months.closing import Head, close_month
from dispatch.subsidy.months.correcting import decide_correction
from dispatch.subsidy.months.corrections import Correction
from dispatch.subsidy.months.lines import Line, read_lines, sealed_columns
from dispatch.subsidy.months.signing import sign_step
from dispatch.subsidy.months.steps import PeriodStep, Step
from tests.little_town import ELEVEN, STREET, LittleTown
from tests.subsidy.ledger_town import (
    entitled,
    hand_over,
    order_lunch,
    pay_all,
)

MONTH = "2026-11"
AFTER = town_moment(date(2026, 12, 2), 9 * 3600)


def eat_lunch(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)


def close_drawers(town: LittleTown) -> None:
    with town.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE cash_day SET state = 'closed', expected_fen = 0, "
                "counted_fen = 0, counted_at = :at, seconded_at = :at, "
                "counted_by = :one, seconded_by = :other"
            ),
            {
                "at": "2026-11-20 12:00:00.000000",
                "one": "1" * 32,
                "other": "2" * 32,
            },
        )


class Officials:
    """The street's and the district's people, and the steps they sign."""

    def __init__(self, town: LittleTown) -> None:
        self.town = town
        self.street = town.add_account("street", Role.STREET, street_code=STREET)
        self.district = town.add_account("district", Role.DISTRICT)
        self.finance = town.add_account("finance", Role.DISTRICT)

    def sign(self, step: Step, actor: Actor, words: str = "") -> PeriodStep:
        return in_one_transaction(
            self.town.engine,
            lambda uow: sign_step(uow, MONTH, step, words=words),
            actor=actor,
        )

    def sign_all(self) -> None:
        self.town.at(AFTER)
        self.sign(Step.CONFIRM, self.town.staff)
        self.sign(Step.REVIEW, self.street)
        notice = self.sign(Step.PUBLISH, self.district)
        assert notice.until_on == date(2026, 12, 9)
        self.town.at(AFTER + timedelta(days=8))
        self.sign(Step.APPROVE, self.district)
        self.sign(Step.PAY, self.finance)

    def decide(self, correction_id: UUID) -> Correction:
        return in_one_transaction(
            self.town.engine,
            lambda uow: decide_correction(
                uow, correction_id, accept=True, words="属实"
            ),
            actor=self.district,
        )

    def close(self) -> Head:
        return in_one_transaction(
            self.town.engine, lambda uow: close_month(uow, MONTH), actor=self.district
        )


def bytes_of(town: LittleTown) -> list[Line]:
    with Session(town.engine) as session:
        return list(read_lines(session, MONTH, sealed_columns()))
