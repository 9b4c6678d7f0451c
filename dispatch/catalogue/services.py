"""Services as data: a new one is a row, and is dispatched the same day."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import BadInput
from dispatch.store.columns import facts, fen, word


class UnknownService(BadInput):
    """没有这项服务，订单没有保存。"""

    code = "unknown_service"


class SameSex(StrEnum):
    """Whether the helper should be of the elder's own sex."""

    ANY = "any"
    RATHER = "rather"  # worth some minutes of travel
    ONLY = "only"  # else it is not done


class Proof(StrEnum):
    """What a service is proved by; how good a proof is, grading says."""

    SIGN = "sign"  # 签字
    PHOTO = "photo"  # 照片（征得同意）
    CODE = "code"  # 扫码、取餐码
    PLACE = "place"  # 定位
    HOURS = "hours"  # 签到签退
    VALUES = "values"  # 测量值
    FORM = "form"  # 表单
    RECEIPT = "receipt"  # 票据
    CALL = "call"  # 通话记录
    PAYMENT = "payment"  # 付款


class Assist(SQLModel, table=True):
    """A class of services (助餐 …) and how this district calls it.

    Which six are the six assists (六助) differs from place to place.
    """

    __tablename__ = "assist"

    code: str = Field(primary_key=True, max_length=16)
    label: str = Field(max_length=16)
    one_of_six: bool = False
    rank: int = 0


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
    unit: str = Field(default="次", max_length=8)
    same_sex: SameSex = Field(default=SameSex.ANY, sa_type=word(SameSex))
    proofs: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )


def get_service(session: Session, code: str) -> Service:
    """Raises: UnknownService."""
    service = session.get(Service, code)
    if service is None or not service.active:
        raise UnknownService
    return service


def list_services(session: Session) -> list[Service]:
    """The whole catalogue, also what is no longer offered, by code."""
    return list(session.exec(select(Service).order_by(col(Service.code))))


def list_assists(session: Session) -> list[Assist]:
    """The classes in the order in which they are shown."""
    query = select(Assist).order_by(col(Assist.rank), col(Assist.code))
    return list(session.exec(query))
