"""What each role is shown of elders, orders, stops and cases: these names, no others.

A field that is added to an answer is a fault until it stands here.
"""

from collections.abc import Mapping
from typing import Final

from tests.web.roles import COORDINATORS, HELPER, STAFF

# The doors at which people see them: who may, and the shape of the answer.
SEEN_AT: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "GET /api/elders": (STAFF, "EldersPage"),
    "GET /api/elders/{elder_id}": (STAFF, "ElderCard"),
    "GET /api/elders/{elder_id}/file": (STAFF, "ElderFile"),
    "GET /api/orders/{order_id}": (STAFF, "OrderStory"),
    "GET /api/orders/{order_id}/why": (STAFF, "Why"),
    "GET /api/round": (HELPER, "HelperDay"),
    "GET /api/my-help": (HELPER, "MyHelp"),
    "GET /api/board": (COORDINATORS, "Board"),
    "GET /api/cases": (STAFF, "CaseRow"),
    "GET /api/cases/{case_id}": (STAFF, "CaseFile"),
    "GET /api/help-calls/{call_id}": (STAFF, "HelpFile"),
}
SHAPES: Final[Mapping[str, str]] = {
    "Answerer": "rank name from_on",
    "Bent": "gcj02 bd09",
    "Board": "feed now on waves counts total orders helpers rounds cases last_event_at",
    "BoardOrder": (
        "id number state reason channel serving tier wave_id elder_label lat lon "
        "helper_id partner_id stop_id eta_at until_at late_seconds case_id "
        "outside_area"
    ),
    "CaseFile": "case outcomes ladder story",
    "CaseRow": (
        "id kind order_id elder_id elder_label happened_at age_seconds opened_at "
        "rung rung_code rung_name owner owner_id taken_at deadline_at state outcome"
    ),
    "Category": "code why source since_on until_on",
    "Change": "at actor kind about",
    "ContactRow": "rank relation name phone",
    "ElderCard": (
        "id number name sex age categories living diet_tags allergies card_tail "
        "building located usual_channel last_seen_at last_seen_by visit_due_on "
        "contacts address floor lift notes word subsidy_left orders"
    ),
    "ElderFile": (
        "row identity_kind id_number phone born_on died_on left_on language "
        "fall_risk infectious swallowing_level visit_every_days station door "
        "contacts facts categories consents agreements responsible pauses keys life "
        "proposals changes"
    ),
    "ElderRow": (
        "id number name sex age categories living diet_tags allergies card_tail "
        "building located usual_channel last_seen_at last_seen_by visit_due_on"
    ),
    "EldersPage": "total elders",
    "FileContact": (
        "id rank relation name phone may_collect holds_key guardian from_hour "
        "until_hour"
    ),
    "FileDoor": (
        "community estate building floor lift grid_code lat lon datum located_by "
        "has_note shared_with"
    ),
    "FileFact": "kind value told source from_on until_on about",
    "GrantLine": "subsidy name fen category rule_version window because",
    "Heat": "level most_seconds rest_from rest_until",
    "HelpAsked": (
        "id service_name minutes place building arrives_at expires_at later spoilt"
    ),
    "HelpFile": "call story",
    "HelpLine": "at kind words actor",
    "HelpRow": (
        "id state service service_name place lat lon elder_id label owner called_at "
        "asked answers_by helper_id helper accepted_at expected_at on_way_at "
        "on_scene_at back_at closed_at outcome"
    ),
    "HelperDay": "helper rounds today heat",
    "HelperName": "id name mode shows_position may_hide",
    "HelperRound": "id wave plan_version state leaves_at ends_at boxes load stops path",
    "HelperRow": "id label kind mode lat lon at on_duty round_id help_call_id paper",
    "KeptAgreement": "id from_on until_on proof",
    "KeptConsent": "id purpose version said voice proof at",
    "KeptKey": "id label state seal",
    "KeptLife": "id kind happened_on ended_on undone_at source words did",
    "KeptPause": "id scope reason from_on until_on resumed_on words",
    "KeptProposal": "id kind source happened_on due_on facts",
    "LoadBox": "order_id box label dish diet_tags seal",
    "MyCall": (
        "id state service_name label who what where place building door floor lift "
        "has_phone lat lon maps accepted_at expected_at on_scene_at back_at"
    ),
    "MyHelp": "asks call",
    "OrderRow": (
        "id number elder_id elder_name service channel serve_on serving station_id "
        "kitchen_id state reason code dish diet_tags price_fen fee_fen paid_fen "
        "due_fen paid grade wave_id plan_version helper_name eta_at placed_at "
        "window_from_at window_until_at warning"
    ),
    "OrderStory": (
        "id number elder_id elder_name service channel serve_on serving station_id "
        "kitchen_id state reason code dish diet_tags price_fen fee_fen paid_fen "
        "due_fen paid grade wave_id plan_version helper_name eta_at placed_at "
        "window_from_at window_until_at warning story explanation grants payments"
    ),
    "Partner": "label state at arrived_at",
    "PaymentLine": "payment_id method fen at refunded",
    "Planning": "state since attempt",
    "Position": "epoch seq",
    "RoundRow": "id wave_id helper_id state leaves_at ends_at path stops",
    "RoundStop": (
        "id seq kind lat lon maps building door floor lift note at from_at until_at "
        "eat_by_at state persons"
    ),
    "RungRow": "rung code name who phone_masked deadline_at done_at outcome",
    "StepLine": "at kind words actor",
    "StopPerson": (
        "order_id elder_id label box code dish diet_tags seal boxes_back service "
        "minutes contactless_agreed photo_consent state by_other people partner "
        "wait door word said floor lift"
    ),
    "StopRow": "id seq kind lat lon at until_at arrived_at state order_ids waits",
    "StoryLine": "at kind words actor grade",
    "Today": "done left",
    "Trouble": "failed code at",
    "Wait": "open taken_by may_go",
    "WaveRow": (
        "id street street_code serving state plan_at departs_at ends_at "
        "plan_version newest_version asked planning trouble decided_by fallback"
    ),
    "Why": "why candidates relaxation",
    "dispatch__field__helper_day__Load": "kitchen ready_at boxes",
}
# Doors whose answer is too small for a shape of its own.
SMALL: Final[Mapping[str, str]] = {
    "POST /api/calls/{elder_id}/complaint": "ticket",
    "POST /api/calls/{elder_id}/help": "owner",
    "GET /health": "live",
    "GET /ready": "feed ready",
    "GET /api/reports": "name title weeks",
    "GET /api/reports/{name}": (
        "as_of denominators hands head_hash name notes period period_title reach "
        "rules sources state tables title"
    ),
    "POST /api/time-bank/teams": "made",
    "POST /api/time-bank/teams/{team_id}/members": "joined",
    "POST /api/elders/{elder_id}/reveal": "name",
    "GET /api/geocoder": "by",
    "GET /api/kitchen-sheet": (
        "by_channel by_dish cooked identity kitchen labels late on serving spare"
    ),
    "POST /api/kitchen/batches/{batch_id}/withdraw": "id withdrawn_at",
    "POST /api/kitchen/samples/{sample_id}/destroy": "destroyed_at id",
    "POST /api/elders/{elder_id}/illness": "cases",
    "POST /api/menus/sittings/{sitting_id}/capacity": "capacity",
    "POST /api/menus/publish": "published_at",
    "POST /api/menus/dishes/{dish_id}/retire": "id",
    "POST /api/outreach": "id",
    "POST /api/elders/{elder_id}/links": "link_id path",
    "POST /api/counter/tokens": "tokens",
    "POST /api/elders/{elder_id}/proxies": "id",
    "POST /api/payments/{payment_id}/refund": "order payment_id",
    "POST /api/sittings/{sitting_id}/close": "no_show",
    "GET /api/roads": "attribution bounds lines",
    "POST /api/duty/handover": "id",
    "POST /api/elders/{elder_id}/sos": "case_id owner",
    "POST /api/elders/{elder_id}/condition": "case_id owner",
    "POST /api/elders/{elder_id}/allegation": "kept",
    "POST /api/cases/{case_id}/rungs/{rung}/call": "dial",
    "POST /api/helpers/{helper_id}/team/leave": "left",
    "POST /api/kin/{kin_id}/end": "ended",
    "POST /api/papers/{paper_id}/end": "planned_anew",
    "POST /api/helpers/{helper_id}/suspend": "stopped under_way",
    "POST /api/pairs/{pair_id}/end": "ended",
    "POST /api/feed/ticket": "ticket",
    "POST /api/quality/complaints": "id",
    "POST /api/waves/{wave_id}/plan": "plan_request_id",
    "GET /api/plans/{wave_id}": "versions",
    "POST /api/waves/{wave_id}/drafts": "draft_id",
    "GET /api/office/usage": "as_of month rows rules state ties totals",
    "POST /api/reports/lines": "lines many next total",
    "POST /api/webhooks/{webhook_id}/secret": "id secret",
    "POST /api/sos": "case_id owner",
    "POST /api/offers/{offer_id}/accept": "state",
    "POST /api/offers/{offer_id}/decline": "state",
}
# An elder's full name is read at their own station only, and by whom it was revealed to
# for a reason that was kept; a number is dialled, and shown nowhere.
READ_NAMES: Final = frozenset({"station"})
REVEALED_AT: Final = "POST /api/elders/{elder_id}/reveal"
DIALLED_AT: Final = "POST /api/cases/{case_id}/rungs/{rung}/call"
