"""The sweep: every three seconds, what time has brought and what was lost.

Everything is found by comparing stored moments with the clock, so that it does not
matter how often it looks, how many look, or how far the clock has jumped.
"""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlmodel import col, select

import dispatch.store.tables  # noqa: F401 - what we write may point at any table
from dispatch.backups.nightly import look_after_backups
from dispatch.catalogue.sittings import Sitting
from dispatch.clock import town_day
from dispatch.duties.ordering_due import run_station, stations_to_run
from dispatch.errors import Refusal
from dispatch.exchange.runs import forget_files
from dispatch.field.forgetting import forget_pictures
from dispatch.field.parting import bring_back, list_left_alone
from dispatch.log.audit_chain import has_waiting, seal_waiting
from dispatch.log.book_chain import books_wait, seal_books
from dispatch.looking import look_on
from dispatch.orders.sitting_close import close_sitting, cook, end_visits
from dispatch.orders.standing_run import run_standing
from dispatch.paper.making import look_after_packs
from dispatch.people.week_patterns import lay_out_when_due
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.chasing import (
    MOST_ATTEMPTS,
    ask_for_due_waves,
    list_late_waves,
    list_stranded,
    sound_alarm,
    take_hints,
)
from dispatch.planning.chasing_drafts import look_after_drafts
from dispatch.planning.drafting import carry_out_draft
from dispatch.planning.drafts import forget_old_drafts
from dispatch.planning.on_demand.minding import Minder
from dispatch.planning.parts import forget_orphans
from dispatch.planning.rescuing import DATABASE_TROUBLE, Rescuer, rescue_here
from dispatch.planning.week_jobs import ask_for_week
from dispatch.quality.drawing_calls import draw_calls
from dispatch.queue import queue_at, tell_all
from dispatch.safety.asking import ask_again, list_unanswered
from dispatch.safety.chasing_help import act_on_help, list_help_due
from dispatch.safety.climbing import climb, list_late
from dispatch.safety.watching import list_silent, open_silent
from dispatch.settings import Settings
from dispatch.staffing.offering import pass_on_expired
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from dispatch.subsidy.anomalies.nights import look_over_nights
from dispatch.subsidy.trial_jobs import look_after_trials

log = structlog.get_logger()
_NO_WORKERS: Final = "排线服务离线，已启用本机排线"
_LATE: Final = "临近出发仍无路线，已使用快速方案，请人工查看"
_ORDERING_SECONDS: Final = 1.0  # wall time in one sweep
PICTURES_FOR: Final = timedelta(days=730)
Rescue = Callable[[UUID, str | None], bool]
T = TypeVar("T")


def run_schedule(chosen: Settings, redis_url: str, stop: threading.Event) -> None:
    """The process of timers: sweeps until told to stop. Two of them do no harm."""
    engine = make_engine(chosen.database)
    over = threading.Event()  # not `stop`: only the timers' looks are its pulse
    ahead = timedelta(minutes=chosen.pack_minutes)
    kept_for = timedelta(days=chosen.photo_days)
    packing = partial(look_after_packs, engine, ahead, chosen.print_command)
    with ExitStack() as at_end:  # also when it breaks; the last named comes first
        at_end.callback(engine.dispose)
        redis = at_end.enter_context(closing(queue_at(redis_url)))
        drafts = partial(look_after_drafts, engine, redis, carry_out_draft)
        nights = partial(look_over_nights, engine, draw_calls)
        trials = partial(look_after_trials, engine, redis)
        backups = partial(look_after_backups, engine, chosen, over)
        beside = [
            threading.Thread(target=look_on, args=(look, chosen.sweep_seconds, over))
            for look in (Minder(engine).look, packing, drafts, nights, trials, backups)
        ]
        one = at_end.enter_context(ThreadPoolExecutor(max_workers=1))
        rescuer = Rescuer(engine, one)
        for thread in beside:
            thread.start()
            at_end.callback(thread.join)
        at_end.callback(over.set)
        while not stop.is_set():
            sweep(engine, redis, rescuer.rescue, kept_for)
            stop.wait(chosen.sweep_seconds)


def sweep(
    engine: Engine,
    redis: Redis | None,
    rescue: Rescue | None = None,
    pictures_for: timedelta = PICTURES_FOR,
) -> None:
    """Look once. What fails is written to the log and looked at again next time.

    Args:
        redis: None when there is no queue; then plans are made here.
        rescue: plans a request in this process and tells whether it took it up; at
            once and in this thread if not given. Its second argument says why only
            a quick plan will do, or None.
        pictures_for: how long pictures from doors are kept.
    """
    here = rescue or partial(rescue_here, engine)
    forgetting = partial(forget_pictures, kept_for=pictures_for)
    steps: tuple[Callable[[], object], ...] = (
        partial(climb_overdue, engine),
        partial(ask_for_owners, engine),
        partial(look_after_help, engine),
        partial(_order_due, engine),
        partial(_ask_for_week, engine, redis),
        partial(_ask, engine),
        partial(in_one_transaction, engine, _forget_thinking),
        partial(_chase, engine, redis, here),
        partial(_hurry, engine, here),
        partial(_serve, engine),
        partial(pass_on_expired, engine),
        partial(in_one_transaction, engine, _lay_out),
        partial(run_standing, engine),
        partial(in_one_transaction, engine, forget_files),
        partial(in_one_transaction, engine, forgetting),
        partial(_seal, engine),
    )
    for step in steps:
        _try(step)


def _try(step: Callable[[], T]) -> T | None:
    """One step's trouble keeps nothing else from being done."""
    try:
        return step()
    except (*DATABASE_TROUBLE, Refusal) as trouble:
        log.warning("a sweep failed", error=type(trouble).__name__)
        return None


def climb_overdue(engine: Engine) -> int:
    """People behind doors come first; each case by itself, none waits for another.

    Returns:
        how many cases were opened or moved, or orders brought back to the plan.
    """
    with picture(engine) as seen:
        silent, late, alone = list_silent(seen), list_late(seen), list_left_alone(seen)
    deeds = [
        *(partial(bring_back, order_id=each) for each in alone),
        *(partial(open_silent, silent=each) for each in silent),
        *(partial(climb, case_id=each) for each in late),
    ]
    return _do_each(engine, deeds)


def ask_for_owners(engine: Engine) -> int:
    """Where nobody took a case in its minute the next is asked; how many were."""
    with picture(engine) as seen:
        waiting = list_unanswered(seen)
    return _do_each(engine, (partial(ask_again, case_id=each) for each in waiting))


def look_after_help(engine: Engine) -> int:
    """Calls for urgent help of which nobody speaks; how many were acted on."""
    with picture(engine) as seen:
        due = list_help_due(seen)
    return _do_each(engine, (partial(act_on_help, call_id=each) for each in due))


def _do_each(engine: Engine, deeds: Iterable[Callable[[UnitOfWork], bool]]) -> int:
    return sum(bool(_try(partial(in_one_transaction, engine, do))) for do in deeds)


def _order_due(engine: Engine) -> None:
    """The nightly run, station by station; for long it keeps nobody waiting."""
    ends = time.monotonic() + _ORDERING_SECONDS
    with picture(engine) as seen:
        stations = stations_to_run(seen)
    for station_id in stations:
        running = partial(run_station, station_id=station_id)
        _try(partial(in_one_transaction, engine, running))
        if time.monotonic() > ends:
            return


def _ask_for_week(engine: Engine, redis: Redis | None) -> None:
    """The coming days' visits are planned by a worker; without one nothing waits."""
    if redis is None:
        return
    try:
        ask_for_week(engine, redis)
    except RedisError as trouble:
        log.warning("nobody was asked for a week", error=type(trouble).__name__)


def _forget_thinking(uow: UnitOfWork) -> None:
    """What somebody thought about and nobody will ask for any more."""
    forget_orphans(uow)
    forget_old_drafts(uow)


def _ask(engine: Engine) -> None:
    in_one_transaction(engine, ask_for_due_waves)


def _chase(engine: Engine, redis: Redis | None, rescue: Rescue) -> None:
    """Tell workers of requests; carry out ourselves what no worker does."""
    hints = in_one_transaction(engine, take_hints)
    queue_lives = redis is not None and tell_all(redis, hints)
    with picture(engine) as seen:
        stranded = list_stranded(seen.session, queue_lives=queue_lives)
    for request_id, wave_id, attempt in stranded:
        worn_out = attempt >= MOST_ATTEMPTS
        quick = f"{attempt} planners died over it" if worn_out else None
        if rescue(request_id, quick) and queue_lives and not worn_out:
            _alarm(engine, wave_id, "wave.workers_gone", _NO_WORKERS)


def _hurry(engine: Engine, rescue: Rescue) -> None:
    """Twenty minutes before departure a quick plan is better than none."""
    with picture(engine) as seen:
        late = list_late_waves(seen.session, seen.now)
    for wave_id in late:
        asking = partial(ask_for_plan, wave_id=wave_id, why="late")
        request = in_one_transaction(engine, asking)
        if rescue(request.id, "no plan twenty minutes before"):
            _alarm(engine, wave_id, "wave.plan_late", _LATE)


def _alarm(engine: Engine, wave_id: UUID, kind: str, words: str) -> None:
    in_one_transaction(engine, lambda uow: sound_alarm(uow, wave_id, kind, words))


def _serve(engine: Engine) -> None:
    """Kitchens learn at the cut-off what to cook; what is past eating is over."""
    with picture(engine) as seen:
        to_cook = seen.session.exec(
            select(Sitting.id)
            .where(col(Sitting.cooked).is_(None), Sitting.cut_off_at <= seen.now)
            .order_by(col(Sitting.cut_off_at), col(Sitting.id))
        ).all()
        over = seen.session.exec(
            select(Sitting.id)
            .where(col(Sitting.closed_at).is_(None))
            .where(Sitting.eat_by_at < seen.now, Sitting.door_until_at < seen.now)
            .order_by(col(Sitting.eat_by_at), col(Sitting.id))
        ).all()
    for sitting_id in to_cook:
        _try(partial(in_one_transaction, engine, partial(cook, sitting_id=sitting_id)))
    for sitting_id in over:
        closing = partial(close_sitting, sitting_id=sitting_id)
        _try(partial(in_one_transaction, engine, closing))
    in_one_transaction(engine, end_visits)


def _seal(engine: Engine) -> None:
    """New looks, and rows of the books, are linked; when none are nobody writes."""
    with picture(engine) as seen:
        looks, books = has_waiting(seen.session), books_wait(seen.session)
    if looks:
        in_one_transaction(engine, seal_waiting)
    if books:
        in_one_transaction(engine, seal_books)


def _lay_out(uow: UnitOfWork) -> None:
    """Once a day the weeks of helpers become shifts."""
    lay_out_when_due(uow.session, town_day(uow.now))
