"""Webhooks: which other systems are told what happens."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.exchange.webhooks import (
    WebhookRow,
    end_webhook,
    save_webhook,
    show_webhook,
    show_webhooks,
)
from web.deps import District
from web.schemas.exchange import WebhookForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/webhooks", route_class=StrictRoute, tags=["sheets"])


@router.get("", response_model=list[WebhookRow])
def get_webhooks(caller: District) -> Answer:
    return Answer(caller.read(show_webhooks))


@router.post("", response_model=WebhookRow)
def post_webhook(form: WebhookForm, caller: District) -> Answer:
    """Tell an address what happens from now on; its secret is never shown again."""
    kept = caller.change(
        lambda uow: save_webhook(uow, form.name, form.url, form.secret, form.kinds)
    )
    return Answer(show_webhook(kept))


@router.post("/{webhook_id}/end", response_model=list[WebhookRow])
def post_end_webhook(webhook_id: UUID, caller: District) -> Answer:
    caller.change(lambda uow: end_webhook(uow, webhook_id))
    return Answer(caller.read(show_webhooks))
