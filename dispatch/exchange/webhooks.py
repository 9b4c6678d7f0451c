"""Webhooks: other systems that are told what happened, by signed requests.

They hear what the feed says: kinds, ids and states, never a name, a number or an
address. The secret that signs lies in the vault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from dispatch.errors import BadInput, NotFound
from dispatch.event_words import EVENT_WORDS
from dispatch.exchange.deliveries import get_delivery
from dispatch.exchange.posting import read_address
from dispatch.inside import NOBODY, Allowed
from dispatch.log.audit import write_down
from dispatch.log.feed import feed_position
from dispatch.people.vault import erase, seal, unseal
from dispatch.store.columns import Instant, facts
from dispatch.store.unit_of_work import UnitOfWork

_SECRET = "secret"  # noqa: S105 - the name of a field
_SHORTEST = 24


class BadWebhook(BadInput):
    """推送地址要写完整并以 https:// 开头，密钥至少 24 位，没有保存。"""

    code = "bad_webhook"


class InnerAddress(BadInput):
    """这个地址在内部网络，运行方没有开放它（DISPATCH_INNER_HOSTS），没有保存。"""

    code = "inner_address"


class Webhook(SQLModel, table=True):
    """One address that hears the feed; everything up to `sent_seq` has arrived."""

    __tablename__ = "webhook"
    __table_args__ = (
        UniqueConstraint("name", name="one_webhook"),
        CheckConstraint("sent_seq >= 0", name="sent_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=40)
    url: str = Field(max_length=300)
    kinds: list[str] = Field(sa_column=Column(facts(), nullable=False))
    active: bool = True
    sent_seq: int = Field(default=0, sa_type=BigInteger)
    tries: int = 0  # since the last success
    next_at: datetime | None = Field(default=None, sa_type=Instant)  # wall time
    last_error: str | None = Field(default=None, max_length=60)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")

    def hears(self, kind: str) -> bool:
        """This kind is among what it asked for; `order` asks for every `order.…`."""
        return any(kind == one or kind.startswith(f"{one}.") for one in self.kinds)


def save_webhook(
    uow: UnitOfWork,
    name: str,
    url: str,
    kinds: Sequence[str],
    secret: str | None = None,
    *,
    allowed: Allowed = NOBODY,
) -> tuple[Webhook, str | None]:
    """Tell an address what happens from now on; under a known name it is changed.

    Args:
        secret: the receiver's own; without one it stays as it was, or is made here.
        allowed: whom inside the network the operator lets us call.

    Returns:
        the webhook, and its secret if it is new. It is never shown again.

    Raises:
        BadWebhook: no address to post to, not https (on this machine itself http will
            do), a short secret.
        InnerAddress: it leads inside, as far as it tells; names are looked up later.
    """
    try:
        scheme, host = read_address(url)
    except ValueError as trouble:
        raise BadWebhook from trouble
    here = host in {"127.0.0.1", "localhost", "::1"}
    if scheme not in ({"https", "http"} if here else {"https"}):
        raise BadWebhook
    if not allowed.may_name(host):
        raise InnerAddress
    if (secret is not None and len(secret) < _SHORTEST) or not kinds:
        raise BadWebhook
    query = select(Webhook).where(Webhook.name == name).with_for_update()
    kept = uow.session.exec(query).first()
    if kept is None or not kept.active:
        secret = secret or token_urlsafe(_SHORTEST)
    if kept is None:
        _, head = feed_position(uow.session)
        kept = Webhook(name=name, url=url, kinds=[], sent_seq=head, made_at=uow.now)
        kept.made_by = uow.actor.account_id
    kept.url, kept.kinds = url, sorted(set(kinds))
    kept.active, kept.tries, kept.next_at, kept.last_error = True, 0, None, None
    uow.session.add(kept)
    uow.session.flush()
    if secret is not None:
        seal(uow.session, kept.id, {_SECRET: secret})
    write_down(uow, "webhook", "webhook", kept.id)
    return kept, secret


def new_secret(uow: UnitOfWork, webhook_id: UUID) -> str:
    """A new secret from now on, shown this once. Raises: NotFound."""
    kept = _hold(uow, webhook_id)
    if not kept.active:
        raise NotFound("这个推送地址已经停用。")
    secret = token_urlsafe(_SHORTEST)
    seal(uow.session, kept.id, {_SECRET: secret})
    write_down(uow, "webhook_secret", "webhook", kept.id)
    return secret


def resend(uow: UnitOfWork, webhook_id: UUID, delivery_id: UUID | None = None) -> None:
    """Try again at once; from a delivery on, everything since comes again in order.

    Raises:
        NotFound
    """
    kept = _hold(uow, webhook_id)
    if delivery_id is not None:
        told = get_delivery(uow, kept.id, delivery_id)
        kept.sent_seq = min(kept.sent_seq, told.after_seq)
    kept.tries, kept.next_at = 0, None
    uow.session.add(kept)
    write_down(uow, "webhook_resend", "webhook", kept.id)


def end_webhook(uow: UnitOfWork, webhook_id: UUID) -> None:
    """Tell it nothing more, and forget its secret.

    Raises:
        NotFound
    """
    kept = _hold(uow, webhook_id)
    kept.active = False
    uow.session.add(kept)
    erase(uow.session, kept.id)
    write_down(uow, "end_webhook", "webhook", kept.id)


def _hold(uow: UnitOfWork, webhook_id: UUID) -> Webhook:
    query = select(Webhook).where(Webhook.id == webhook_id).with_for_update()
    if kept := uow.session.exec(query).first():
        return kept
    raise NotFound("没有找到这个推送地址。")


def secret_of(uow: UnitOfWork, webhook_id: UUID) -> str:
    """What signs its requests."""
    return unseal(uow.session, [webhook_id], [_SECRET])[webhook_id].get(_SECRET, "")


@dataclass(frozen=True)
class WebhookRow:
    """One webhook as people see it; never its secret."""

    id: UUID
    name: str
    url: str
    kinds: list[str]
    active: bool
    sent_seq: int
    tries: int
    last_error: str | None
    sent_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True)
class WebhookPage:
    """Every webhook; how far the feed is, and of what it speaks."""

    webhooks: list[WebhookRow]
    head_seq: int
    kinds: list[str]


def show_webhooks(uow: UnitOfWork) -> WebhookPage:
    """Every webhook, those in use first, by name."""
    query = select(Webhook).order_by(col(Webhook.active).desc(), col(Webhook.name))
    _, head = feed_position(uow.session)
    return WebhookPage(
        [show_webhook(one) for one in uow.session.exec(query)],
        head,
        sorted({word.split(".")[1] for word in EVENT_WORDS}),
    )


def show_webhook(one: Webhook) -> WebhookRow:
    """One webhook."""
    return WebhookRow(
        one.id, one.name, one.url, one.kinds, one.active,
        one.sent_seq, one.tries, one.last_error, one.sent_at, one.next_at,
    )  # fmt: skip
