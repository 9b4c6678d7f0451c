"""The district's rules: versions, drafts, who changes, and two people to publish."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.publishing import publish, put_forward, return_draft, withdraw
from dispatch.subsidy.rule_showing import (
    CheckedWords,
    RuleDraftPage,
    RulesPage,
    check_words,
    show_draft,
    show_rules_page,
    show_words,
)
from dispatch.subsidy.what_if import TrialShown, ask_for_trial, show_trial
from web.deps import BooksReader, District, Key
from web.schemas.rules import DraftForm, ReturnForm, SeenForm, TrialForm, WordsForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/rules", route_class=StrictRoute, tags=["rules"])


@router.get("", response_model=RulesPage)
def get_rules(caller: BooksReader) -> Answer:
    return Answer(caller.read(show_rules_page))


@router.get("/versions/{version}")
def get_words(version: str, caller: BooksReader) -> Answer:
    """The words of a version as they were published."""
    return Answer({"words": caller.read(lambda uow: show_words(uow, version))})


@router.post("/check", response_model=CheckedWords)
def post_check(form: WordsForm, caller: District) -> Answer:
    """Look a file through, golden cases and all; nothing is kept."""
    return Answer(caller.read(lambda uow: check_words(uow, form.words)))


@router.post("/drafts", response_model=RuleDraftPage)
def post_draft(form: DraftForm, caller: District, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> RuleDraftPage:
        return show_draft(uow, put_forward(uow, form.words, form.note, key=key))

    return Answer(caller.change(do))


@router.get("/drafts/{draft_id}", response_model=RuleDraftPage)
def get_draft(draft_id: UUID, caller: District) -> Answer:
    return Answer(caller.read(lambda uow: show_draft(uow, draft_id)))


@router.post("/drafts/{draft_id}/trials", response_model=TrialShown)
def post_trial(draft_id: UUID, form: TrialForm, caller: District) -> Answer:
    """Have it worked out who would have gained or lost in these months."""
    return Answer(caller.change(lambda uow: ask_for_trial(uow, draft_id, form.months)))


@router.get("/trials/{trial_id}", response_model=TrialShown)
def get_trial(trial_id: UUID, caller: District) -> Answer:
    """How far one's own trial has come, and its answer."""
    return Answer(caller.read(lambda uow: show_trial(uow, trial_id)))


@router.post("/drafts/{draft_id}/publish", response_model=RulesPage)
def post_publish(draft_id: UUID, form: SeenForm, caller: District) -> Answer:
    """The second person lets it hold, having seen who changes."""

    def do(uow: UnitOfWork) -> RulesPage:
        publish(uow, draft_id, form.model_dump(mode="json"))
        return show_rules_page(uow)

    return Answer(caller.change(do))


@router.post("/drafts/{draft_id}/return", response_model=RulesPage)
def post_return(draft_id: UUID, form: ReturnForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> RulesPage:
        return_draft(uow, draft_id, form.why)
        return show_rules_page(uow)

    return Answer(caller.change(do))


@router.post("/drafts/{draft_id}/withdraw", response_model=RulesPage)
def post_withdraw(draft_id: UUID, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> RulesPage:
        withdraw(uow, draft_id)
        return show_rules_page(uow)

    return Answer(caller.change(do))
