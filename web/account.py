"""One's own account: password, second factor, and where one is signed in."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request, Response

from dispatch.access import own_account
from dispatch.access.own_account import OwnAccount as OwnAccountRow
from dispatch.access.own_account import WrongAppCode, WrongPassword
from dispatch.access.sessions import end_others, end_session
from web.deps import Caller, OwnAccount, place_of, tries_of
from web.schemas.sign_in import CodeForm, FactorForm, PasswordForm
from web.sign_in import LONGEST_HOURS, with_session
from web.wire import Answer, StrictRoute

T = TypeVar("T")
router = APIRouter(prefix="/api/account", route_class=StrictRoute, tags=["sign-in"])
SessionName = Annotated[str, Path(min_length=16, max_length=36)]


@router.get("", response_model=OwnAccountRow)
def get_account(caller: OwnAccount) -> Answer:
    return Answer(caller.read(lambda uow: own_account.show_own(uow, caller.token)))


@router.post("/password", status_code=204)
def post_password(form: PasswordForm, caller: OwnAccount, request: Request) -> Response:
    """Whoever guesses at an open screen is stopped like whoever guesses outside."""
    hashed = _trying(
        request,
        caller,
        lambda: caller.read(lambda uow: own_account.hash_new(uow, form.old, form.new)),
    )
    token = caller.change(
        lambda uow: own_account.change_password(uow, caller.token, hashed=hashed)
    )
    return with_session(Response(status_code=204), token, hours=LONGEST_HOURS)


@router.post("/second-factor")
def post_factor(form: FactorForm, caller: OwnAccount, request: Request) -> Answer:
    """The key for an app, as a picture and as letters; told once."""

    def begin() -> Answer:
        if not caller.read(
            lambda uow: own_account.check_own_password(uow, form.password)
        ):
            raise WrongPassword
        return Answer(
            caller.change(lambda uow: own_account.begin_factor(uow, form.code))
        )

    return _trying(request, caller, begin)


@router.post("/second-factor/proof")
def post_proof(form: CodeForm, caller: OwnAccount, request: Request) -> Answer:
    """The app shows the right digits; the answer is the recovery codes, told once."""

    def finish() -> tuple[list[str], str]:
        return caller.change(
            lambda uow: own_account.finish_factor(uow, form.code, caller.token)
        )

    codes, token = _trying(request, caller, finish)
    return with_session(Answer({"codes": codes}), token, hours=LONGEST_HOURS)


@router.post("/sessions/{session_id}/end", status_code=204)
def post_end(session_id: SessionName, caller: OwnAccount) -> Response:
    caller.change(lambda uow: end_session(uow, session_id))
    return Response(status_code=204)


@router.post("/end-others", status_code=204)
def post_end_others(caller: OwnAccount) -> Response:
    caller.change(lambda uow: end_others(uow, caller.token))
    return Response(status_code=204)


def _trying(request: Request, caller: Caller, deed: Callable[[], T]) -> T:
    tries, place = tries_of(request), place_of(request)
    tries.refuse_too_many(caller.actor.name, place)
    try:
        done = deed()
    except (WrongPassword, WrongAppCode):
        tries.count(caller.actor.name, place)
        raise
    tries.forget(caller.actor.name, place)
    return done
