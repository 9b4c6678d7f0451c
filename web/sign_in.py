"""Signing in and out; who am I; what time is it."""

from typing import Final, TypeVar

from fastapi import APIRouter, Request, Response

from dispatch.access import accounts, signing_in
from dispatch.access.accounts import STAFF_HOURS
from dispatch.access.demo_accounts import DemoAccount, list_demo_accounts
from dispatch.access.greeting import Clock, Me, greet, greet_again, show_clock
from dispatch.access.sessions import device_of
from dispatch.errors import NotFound, NotSignedIn
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Db, OwnSelf, Perhaps, cookie_name, place_of, tries_of
from web.schemas.sign_in import SignInForm
from web.wire import Answer, StrictRoute

Signed = TypeVar("Signed", bound=Response)
LONGEST_HOURS: Final = STAFF_HOURS + 2  # the server ends it before the browser does
router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["sign-in"])


@router.get("/me", response_model=Me)
def get_me(caller: OwnSelf) -> Answer:
    return Answer(caller.read(lambda uow: greet_again(uow, caller.csrf)))


@router.get("/greeting", response_model=Me | None)
def get_greeting(caller: Perhaps) -> Answer:
    """The same for the first page, where it is no error to be nobody yet: null."""
    return get_me(caller) if caller else Answer(None)


@router.post("/sign-in", response_model=Me)
def post_sign_in(form: SignInForm, database: Db, request: Request) -> Answer:
    """Wrong tries are counted by name and by place, whether the name exists or not."""
    tries, place = tries_of(request), place_of(request)
    tries.refuse_too_many(form.login, place)
    fits = database.read(lambda uow: signing_in.fits(uow, form.login, form.password))
    device = device_of(request.headers.get("user-agent", ""))

    def do(uow: UnitOfWork) -> tuple[Me, str]:
        account, token, csrf = signing_in.sign_in(
            uow, form.login, fits=fits, code=form.code, device=device
        )
        return greet(uow, account, csrf), token

    try:
        me, token = database.change(do)
    except signing_in.CodeNeeded:
        raise
    except NotSignedIn:
        tries.count(form.login, place)
        raise
    tries.forget(form.login, place)
    return with_session(Answer(me), token, hours=LONGEST_HOURS)


def with_session(answer: Signed, token: str, *, hours: int) -> Signed:
    """The answer with the cookie of a session that was just opened."""
    answer.set_cookie(
        cookie_name(),
        token,
        max_age=hours * 3600,
        httponly=True,
        samesite="lax",
        secure=settings().stage == "live",
    )
    return answer


@router.post("/sign-out", status_code=204)
def post_sign_out(caller: OwnSelf) -> Response:
    caller.change(lambda uow: accounts.sign_out(uow, caller.token))
    answer = Response(status_code=204, headers={"Clear-Site-Data": '"cache"'})
    live = settings().stage == "live"
    answer.delete_cookie(cookie_name(), httponly=True, samesite="lax", secure=live)
    return answer


@router.get("/clock", response_model=Clock)
def get_clock(database: Db) -> Answer:
    return Answer(database.read(show_clock))


@router.get("/demo/accounts", response_model=list[DemoAccount])
def get_demo_accounts() -> Answer:
    if settings().stage != "demo":
        raise NotFound
    return Answer(list_demo_accounts())
