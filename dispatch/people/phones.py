"""Telephone numbers of before they had one form: their blind indexes are made anew.

Whoever typed 010-6234 5678 or +86 138… is then found by the number that rings. Done
at a start, as only the house has the keys, and once: a mark says with which keys, as
what they do not open is left for those that do. Who is right already is read and left.
"""

from functools import partial
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dispatch.people.vault import Sealed, blind_index, keys, unseal
from dispatch.store.marks import is_done, mark_done
from dispatch.store.unit_of_work import UnitOfWork, glance, in_one_transaction

_AT_ONCE: Final = 500
_FORM: Final = "1"  # of `vault.phone_form`; another form is another going through
_MARK: Final = "phones"


def compare_anew(engine: Engine) -> int:
    """Go through all numbers unless it was done; the few that are wrong are mended.

    Returns:
        how many were.
    """
    done_for = sha256(" ".join([_FORM, *sorted(keys().sealing)]).encode()).hexdigest()
    with glance(engine) as session:
        if is_done(session, _MARK, done_for):
            return 0
    mended, after = 0, UUID(int=0)
    while True:
        few, last = in_one_transaction(engine, partial(_step, after=after))
        mended += few
        if last is None:
            break
        after = last
    in_one_transaction(engine, lambda uow: mark_done(uow.session, _MARK, done_for))
    return mended


def _step(uow: UnitOfWork, *, after: UUID) -> tuple[int, UUID | None]:
    """How many were mended, and whose was the last that was looked at."""
    session = uow.session
    query = select(Sealed.owner_id, Sealed.blind).where(
        Sealed.field == "phone",
        col(Sealed.owner_id) > after,
        col(Sealed.key_id).in_(keys().sealing),
    )
    rows = session.exec(query.order_by(col(Sealed.owner_id)).limit(_AT_ONCE)).all()
    kept = unseal(session, [owner_id for owner_id, _ in rows], ["phone"])
    wrong = [
        one for one, blind in rows if blind_index("phone", kept[one]["phone"]) != blind
    ]
    _mend(session, wrong)
    return len(wrong), rows[-1][0] if rows else None


def _mend(session: Session, owner_ids: list[UUID]) -> None:
    """Held and read again: somebody may be typing another number just now."""
    query = select(Sealed).where(
        Sealed.field == "phone", col(Sealed.owner_id).in_(owner_ids)
    )
    held = session.exec(query.with_for_update()).all() if owner_ids else []
    kept = unseal(session, [row.owner_id for row in held], ["phone"])
    for row in held:
        row.blind = blind_index("phone", kept[row.owner_id]["phone"])
        session.add(row)
