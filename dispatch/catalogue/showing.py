"""The catalogue as staff read it: by class, with what each service needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.catalogue.services import Service, list_assists, list_services
from dispatch.catalogue.skills import list_skills
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    code: str
    assist: str
    name: str
    minutes: int
    people: int
    skills: list[str]
    price_fen: int
    unit: str
    same_sex: str
    proofs: list[str]
    is_meal: bool
    active: bool


@dataclass(frozen=True, kw_only=True)
class AssistRow:
    """A class, called as this district calls it, with its services."""

    code: str
    label: str
    one_of_six: bool
    rank: int
    services: list[ServiceRow]


@dataclass(frozen=True, kw_only=True)
class SkillRow:
    code: str
    name: str
    certified: bool


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    assists: list[AssistRow]
    skills: list[SkillRow]


def show_catalogue(uow: UnitOfWork) -> Catalogue:
    """Everything that can be ordered, and what is no longer offered, by class."""
    services = list_services(uow.session)
    return Catalogue(
        assists=[
            AssistRow(
                code=each.code,
                label=each.label,
                one_of_six=each.one_of_six,
                rank=each.rank,
                services=[*_rows(s for s in services if s.assist == each.code)],
            )
            for each in list_assists(uow.session)
        ],
        skills=[
            SkillRow(code=each.code, name=each.name, certified=each.certified)
            for each in list_skills(uow.session)
        ],
    )


def _rows(services: Iterable[Service]) -> Iterable[ServiceRow]:
    for each in services:
        yield ServiceRow(
            code=each.code,
            assist=each.assist,
            name=each.name,
            minutes=each.minutes,
            people=each.people,
            skills=list(each.skills),
            price_fen=each.price_fen,
            unit=each.unit,
            same_sex=each.same_sex.value,
            proofs=list(each.proofs),
            is_meal=each.is_meal,
            active=each.active,
        )
