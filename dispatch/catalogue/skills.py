"""Skills as data: what helpers must know, and which of it a paper must show."""

from sqlmodel import Field, Session, SQLModel, col, select


class Skill(SQLModel, table=True):
    """One skill. A certified one counts only on days of a valid certificate."""

    __tablename__ = "skill"

    code: str = Field(primary_key=True, max_length=24)
    name: str = Field(max_length=20)
    certified: bool = False


def list_skills(session: Session) -> list[Skill]:
    """Every skill, by its code."""
    return list(session.exec(select(Skill).order_by(col(Skill.code))))


def certified_skills(session: Session) -> frozenset[str]:
    """The skills that need a paper."""
    return frozenset(session.exec(select(Skill.code).where(Skill.certified)))
