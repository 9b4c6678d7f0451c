"""Services as data: a new one is a row, and is dispatched the same day."""

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel

from dispatch.errors import BadInput
from dispatch.store.columns import facts, fen


class UnknownService(BadInput):
    """没有这项服务，订单没有保存。"""

    code = "unknown_service"


class Service(SQLModel, table=True):
    """One service: how long, how many people, what they must know, what it costs."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 600", name="minutes"),
        CheckConstraint("people BETWEEN 1 AND 2", name="people"),
        CheckConstraint(fen("price_fen"), name="price"),
    )

    code: str = Field(primary_key=True, max_length=24)
    assist: str = Field(max_length=16)  # 助餐 助医 助浴 助洁 助急 助行 巡视探访 …
    name: str = Field(max_length=40)
    minutes: int
    people: int = 1
    skills: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    price_fen: int = 0
    is_meal: bool = False
    active: bool = True


def get_service(session: Session, code: str) -> Service:
    """Raises: UnknownService."""
    service = session.get(Service, code)
    if service is None or not service.active:
        raise UnknownService
    return service
