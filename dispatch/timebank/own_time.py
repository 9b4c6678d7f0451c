"""A helper's own minutes: what there is, where it came from, to whom it may go; and
why work of the last weeks brought none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import and_, col, or_, select

from dispatch.access.masking import called
from dispatch.clock import town_day
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper, get_helper
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.timebank.accounts import Team, TimeAccount, team_of
from dispatch.timebank.kin import list_kin
from dispatch.timebank.minting import work_of
from dispatch.timebank.moves import EARNING, TimeMove, balance
from dispatch.timebank.rules import time_rules_on
from dispatch.timebank.worth import why_nothing

_SHOWN: Final = 60
_LOOKS_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class KinRow:
    """Verified kin. `may_receive`: the rules let minutes go to them."""

    elder_id: UUID
    label: str
    relation: str
    may_receive: bool


@dataclass(frozen=True, kw_only=True)
class MoveRow:
    """One move: minutes above 0 came in."""

    id: UUID
    kind: str
    minutes: int
    at: datetime
    label: str | None


@dataclass(frozen=True, kw_only=True)
class NothingFor:
    """Evidenced work that brought no minutes, and why, in one word."""

    order_id: UUID
    label: str
    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class OwnTime:
    """`minutes` are one's own; the team's are beside them. None of it is money."""

    collects: bool
    minutes: int
    most_minutes_kept: int
    team: str | None
    kin: list[KinRow]
    moves: list[MoveRow]
    nothing_for: list[NothingFor]


def show_own_time(uow: UnitOfWork, helper_id: UUID) -> OwnTime:
    """What a helper may know of their own account. Raises: NotFound."""
    helper = get_helper(uow.session, helper_id)
    today = town_day(uow.now)
    rules = time_rules_on(today)
    account = uow.session.exec(
        select(TimeAccount).where(TimeAccount.helper_id == helper_id)
    ).first()
    team_id = team_of(uow.session, helper_id, today)
    team = uow.session.get(Team, team_id) if team_id else None
    moves = _moves(uow, account, helper_id)
    collects = helper.kind in rules.mint.helpers
    nothing = _nothing_for(uow, helper_id) if collects else []
    kin = list_kin(uow.session, [helper_id])
    elder_of = _elders_of(uow, {m.order_id for m in moves if m.order_id is not None})
    elder_of |= {order.id: order.elder_id for _, order in nothing}
    labels = _labels(uow, {*elder_of.values(), *(one.elder_id for one in kin)})
    return OwnTime(
        collects=collects,
        minutes=balance(uow.session, account.id) if account else 0,
        most_minutes_kept=rules.mint.most_minutes_kept,
        team=team.name if team else None,
        kin=[
            KinRow(
                elder_id=one.elder_id,
                label=labels.get(one.elder_id, "？"),
                relation=one.relation.value,
                may_receive=one.relation in rules.use.gift_to,
            )
            for one in kin
        ],
        moves=[
            MoveRow(
                id=move.id,
                kind=move.kind.value,
                minutes=-move.minutes if account and move.from_id == account.id
                else move.minutes,
                at=move.made_at,
                label=labels.get(elder_of[move.order_id])
                if move.order_id in elder_of else None,
            )
            for move in moves
        ],
        nothing_for=_why(uow, nothing, helper, labels),
    )  # fmt: skip


def _moves(
    uow: UnitOfWork, account: TimeAccount | None, helper_id: UUID
) -> list[TimeMove]:
    """The account's moves, and what was earned for a team or the pool."""
    mine = [and_(col(TimeMove.helper_id) == helper_id, col(TimeMove.kind).in_(EARNING))]
    if account is not None:
        mine += [
            col(TimeMove.from_id) == account.id,
            col(TimeMove.to_id) == account.id,
        ]
    query = select(TimeMove).where(or_(*mine))
    newest = query.order_by(col(TimeMove.made_at).desc(), col(TimeMove.id))
    return list(uow.session.exec(newest.limit(_SHOWN)))


def _nothing_for(uow: UnitOfWork, helper_id: UUID) -> list[tuple[Evidence, Order]]:
    """The helper's proofs of late that no minutes stand for, each with its order."""
    since = uow.now - _LOOKS_BACK
    minted = select(TimeMove.evidence_id).where(TimeMove.helper_id == helper_id)
    query = (
        select(Evidence, Order)
        .join(Order, col(Order.id) == col(Evidence.order_id))
        .where(Evidence.helper_id == helper_id, Evidence.counts, Evidence.at >= since)
        .where(Order.state == OrderState.DONE)
        .where(
            col(Evidence.id).not_in(
                minted.where(col(TimeMove.evidence_id).is_not(None))
            )
        )
        .order_by(col(Evidence.at).desc())
    )
    return list(uow.session.exec(query.limit(_SHOWN)))


def _why(
    uow: UnitOfWork,
    nothing: list[tuple[Evidence, Order]],
    helper: Helper,
    labels: dict[UUID, str],
) -> list[NothingFor]:
    rows = []
    for proof, order in nothing:
        work = work_of(uow.session, order, proof, helper)
        why = why_nothing(time_rules_on(order.serve_on), work) or "counted_or_full"
        label = labels.get(order.elder_id, "？")
        rows.append(NothingFor(order_id=order.id, label=label, at=proof.at, why=why))
    return rows


def _elders_of(uow: UnitOfWork, order_ids: set[UUID]) -> dict[UUID, UUID]:
    query = select(Order.id, Order.elder_id).where(col(Order.id).in_(sorted(order_ids)))
    return dict(uow.session.exec(query).all())


def _labels(uow: UnitOfWork, elder_ids: set[UUID]) -> dict[UUID, str]:
    """How a helper calls them: 王奶奶."""
    query = select(Elder.id, Elder.sex).where(col(Elder.id).in_(sorted(elder_ids)))
    sexes = dict(uow.session.exec(query).all())
    names = unseal(uow.session, sorted(elder_ids), ["name"])
    return {
        each: called(names[each].get("name", "？"), sex) for each, sex in sexes.items()
    }
