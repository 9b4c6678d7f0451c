"""Accounts and their sessions: the security administrator's page."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from dispatch.access.accounts import Role
from dispatch.access.rights import (
    AccountsPage,
    GivenPassword,
    Reach,
    close_for,
    list_accounts,
    list_reaches,
    open_for,
    renew_for,
    sign_out_for,
)
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import SecurityAdmin
from web.schemas.shapes import Asked, Form, Limit, Offset
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/accounts", route_class=StrictRoute, tags=["accounts"])
# A helper's comes with the helper; everybody else's is opened on the machine.
Openable = Literal["station", "dispatcher", "kitchen", "call_centre"]


class AccountForm(Form):
    """Whose it is, and the code of the place that they serve; none: the district."""

    login: Annotated[str, Field(min_length=2, max_length=40, pattern=r"^[a-z0-9_.-]+$")]
    role: Openable
    title: Annotated[str, Field(min_length=1, max_length=40)]
    place: Annotated[str, Field(max_length=60)] = ""


@router.get("", response_model=AccountsPage)
def get_accounts(
    caller: SecurityAdmin,
    q: Asked = "",
    role: Role | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Answer:
    def show(uow: UnitOfWork) -> AccountsPage:
        return list_accounts(uow, q=q, role=role, limit=limit, offset=offset)

    return Answer(caller.read(show))


@router.get("/reaches", response_model=list[Reach])
def get_reaches(caller: SecurityAdmin) -> Answer:
    return Answer(caller.read(list_reaches))


@router.post("", status_code=201, response_model=GivenPassword)
def post_account(form: AccountForm, caller: SecurityAdmin) -> Answer:
    """A login that is taken says so: sent twice, nobody gets two."""

    def do(uow: UnitOfWork) -> GivenPassword:
        role = Role(form.role)
        return open_for(uow, form.login, role, form.title, place=form.place)

    return Answer(caller.change(do), status_code=201)


@router.post("/{account_id}/renew", response_model=GivenPassword)
def post_renew(account_id: UUID, caller: SecurityAdmin) -> Answer:
    return Answer(caller.change(lambda uow: renew_for(uow, account_id)))


@router.post("/{account_id}/close", status_code=204)
def post_close(account_id: UUID, caller: SecurityAdmin) -> Response:
    caller.change(lambda uow: close_for(uow, account_id))
    return Response(status_code=204)


@router.post("/{account_id}/sign-out", status_code=204)
def post_sign_out(account_id: UUID, caller: SecurityAdmin) -> Response:
    caller.change(lambda uow: sign_out_for(uow, account_id))
    return Response(status_code=204)
