"""The ten promises, checked by reading what is kept: never by asking the code."""

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session

from dispatch.promises.checking import Checker, Look, Premises, Promise, Status
from dispatch.promises.doors import check_doors
from dispatch.promises.evidence import check_evidence
from dispatch.promises.heat import check_heat
from dispatch.promises.losses import check_losses
from dispatch.promises.money import check_money
from dispatch.promises.orders import check_orders
from dispatch.promises.phones import check_phones
from dispatch.promises.privacy import check_privacy
from dispatch.promises.reasons import check_reasons
from dispatch.promises.sight import check_sight

__all__ = ["Promise", "Status", "check_promises"]

PROMISES: Final[tuple[tuple[int, str, Checker], ...]] = (
    (1, "订单不会消失", check_orders),
    (2, "没有凭证就没有送达", check_evidence),
    (3, "敲不开的门有人管到底", check_doors),
    (4, "热饭是热的", check_heat),
    (5, "每个“不行”都讲得出理由，并且核对过", check_reasons),
    (6, "没有人淡出视线，探访不冒充", check_sight),
    (7, "每一分钱都有来由", check_money),
    (8, "收下的不会丢，也不会做两遍", check_losses),
    (9, "手机离线可用，时间说实话", check_phones),
    (10, "只看该看的，看了都有记录", check_privacy),
)


def check_promises(
    session: Session,
    *,
    home: Path | None = None,
    redis_url: str | None = None,
    played: bool = False,
    now: datetime | None = None,
) -> list[Promise]:
    """Look at every promise and tell how it stands.

    Args:
        session: reads one consistent state.
        home: also look at the logs and at what the demo's people were told.
        redis_url: also look for personal data in Redis; when it does not answer, its
            promise says that it was not looked at.
        played: a demo's day was played in that home; without what its people were
            told it cannot be checked, and that is broken.
        now: the day goes on: what should have been heard of by now is not held.
    """
    premises = Premises(session, home, redis_url, played, now)
    told = []
    for number, words, checker in PROMISES:
        look = Look()
        checker(premises, look)
        told.append(look.told(number, words))
    return told
