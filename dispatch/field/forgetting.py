"""Forgetting pictures: whole ones after their time, and those that never became whole.

What is kept for good is that there was one, of which kind, under which hash: a grade
that it carried stays as it was.
"""

from datetime import timedelta
from typing import Final

from sqlmodel import col, delete, select

from dispatch.field.photos import WITHOUT_BYTES, FieldPhoto, PhotoPiece
from dispatch.orders.orders import get_order, tell_order
from dispatch.store.unit_of_work import UnitOfWork

UNFINISHED: Final = timedelta(days=30)
_AT_ONCE: Final = 20  # the next look takes the next ones


def forget_pictures(uow: UnitOfWork, kept_for: timedelta) -> int:
    """Throw away what is older; one indexed look each when there is nothing.

    Returns:
        how many pictures, whole or not, are gone.
    """
    return _forget_whole(uow, kept_for) + _forget_unfinished(uow)


def _forget_whole(uow: UnitOfWork, kept_for: timedelta) -> int:
    query = (
        select(FieldPhoto)
        .where(col(FieldPhoto.sealed).is_not(None))
        .where(col(FieldPhoto.whole_at) <= uow.now - kept_for)
        .order_by(col(FieldPhoto.whole_at))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
        .options(WITHOUT_BYTES)
    )
    old = uow.session.exec(query).all()
    for photo in old:
        photo.sealed, photo.key_id, photo.forgotten_at = None, None, uow.now
        uow.session.add(photo)
        order = get_order(uow.session, photo.order_id)
        tell_order(uow, order, "order.photo_forgotten", photo_id=photo.id)
    return len(old)


def _forget_unfinished(uow: UnitOfWork) -> int:
    query = (
        select(FieldPhoto.id)
        .where(col(FieldPhoto.whole_at).is_(None))
        .where(col(FieldPhoto.begun_at) <= uow.now - UNFINISHED)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    old = uow.session.exec(query).all()
    if old:
        pieces = col(PhotoPiece.photo_id).in_(old)
        uow.session.exec(delete(PhotoPiece).where(pieces))
        uow.session.exec(delete(FieldPhoto).where(col(FieldPhoto.id).in_(old)))
    return len(old)
