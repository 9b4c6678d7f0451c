"""The code that fetches a meal, drawn for paper or a phone."""

import io
from uuid import UUID

import segno

from dispatch.access.scope import get_scoped
from dispatch.counter.tokens import code_of, find_token
from dispatch.errors import NotFound
from dispatch.orders.orders import Order
from dispatch.store.unit_of_work import UnitOfWork


def draw_token(uow: UnitOfWork, order_id: UUID) -> bytes:
    """The QR code of an order's token as SVG.

    Raises:
        NotFound: the order is out of reach, or has no number yet.
    """
    order = get_scoped(uow, Order, order_id)
    token = find_token(uow.session, order.id)
    if token is None:
        raise NotFound("这张订单还没有取餐号，请先发号。")
    drawn = io.BytesIO()
    segno.make(code_of(token.id), error="m").save(drawn, kind="svg", scale=6)
    return drawn.getvalue()
