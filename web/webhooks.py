"""Webhooks: which other systems are told what happens."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.exchange.deliveries import DeliveryRow, list_deliveries
from dispatch.exchange.webhooks import (
    WebhookPage,
    end_webhook,
    new_secret,
    resend,
    save_webhook,
    show_webhooks,
)
from dispatch.inside import Allowed
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import District
from web.schemas.exchange import ResendForm, WebhookForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/webhooks", route_class=StrictRoute, tags=["sheets"])


@router.get("", response_model=WebhookPage)
def get_webhooks(caller: District) -> Answer:
    return Answer(caller.read(show_webhooks))


@router.post("")
def post_webhook(form: WebhookForm, caller: District) -> Answer:
    """Tell an address what happens from now on; a new secret is shown this once."""

    allowed = Allowed.of(settings().inner_hosts)

    def do(uow: UnitOfWork) -> dict[str, object]:
        kept, secret = save_webhook(
            uow, form.name, form.url, form.kinds, form.secret, allowed=allowed
        )
        return {"id": kept.id, "secret": secret}

    return Answer(caller.change(do))


@router.post("/{webhook_id}/secret")
def post_secret(webhook_id: UUID, caller: District) -> Answer:
    """A new secret in place of the old one, shown this once."""
    secret = caller.change(lambda uow: new_secret(uow, webhook_id))
    return Answer({"id": webhook_id, "secret": secret})


@router.get("/{webhook_id}/deliveries", response_model=list[DeliveryRow])
def get_deliveries(webhook_id: UUID, caller: District) -> Answer:
    """The newest tries, with what went wrong."""
    return Answer(caller.read(lambda uow: list_deliveries(uow, webhook_id)))


@router.post("/{webhook_id}/resend", response_model=WebhookPage)
def post_resend(webhook_id: UUID, form: ResendForm, caller: District) -> Answer:
    """At once, and from a delivery on if one is named."""

    def do(uow: UnitOfWork) -> WebhookPage:
        resend(uow, webhook_id, form.delivery_id)
        return show_webhooks(uow)

    return Answer(caller.change(do))


@router.post("/{webhook_id}/end", response_model=WebhookPage)
def post_end_webhook(webhook_id: UUID, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> WebhookPage:
        end_webhook(uow, webhook_id)
        return show_webhooks(uow)

    return Answer(caller.change(do))
