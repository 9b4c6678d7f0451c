"""Whose things doors ask for: the table behind each name in a route or a form."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

# A name in a path, a query or a form → the table whose row it names.
TABLES: Final[Mapping[str, str]] = {
    "anomaly_id": "anomaly",
    "appeal_id": "grade_appeal",
    "ask_id": "help_ask",
    "attestation_id": "fetch_attestation",
    "batch_id": "batch",
    "call_id": "help_call",
    "case_id": "safety_case",
    "complaint_id": "complaint",
    "contact_id": "contact",
    "account_id": "account",
    "deed_id": "till_deed",
    "dish_id": "dish",
    "draft_id": "plan_draft",
    "draw_id": "audit_draw",
    "elder_id": "elder",
    "entry_id": "door_entry",
    "event_id": "life_event",
    "evidence_id": "evidence",
    "helper_id": "helper",
    "item_id": "menu_item",
    "handover_id": "handover",
    "keeper_id": "helper",
    "key_id": "door_key",
    "kin_id": "time_kin",
    "kitchen_id": "kitchen",
    "leave_id": "leave",
    "link_id": "elder_link",
    "menu_item_id": "menu_item",
    "message_id": "family_message",
    "notice_id": "notice",
    "offer_id": "offer",
    "operator_id": "operator",
    "order_id": "orders",
    "pack_id": "paper_pack",
    "pair_id": "pairing",
    "partner_id": "helper",
    "paper_id": "certificate",
    "pause_id": "pause",
    "payment_id": "payment",
    "photo_id": "field_photo",
    "point_id": "station",
    "profile_id": "export_profile",
    "proposal_id": "proposal",
    "proxy_id": "proxy",
    "referral_id": "referral",
    "round_id": "round",
    "rule_id": "delivery_rule",
    "run_id": "import_run",
    "sample_id": "food_sample",
    "sitting_id": "sitting",
    "station_id": "station",
    "stop_id": "allowance_stop",
    "tasting_id": "tasting",
    "team_id": "time_team",
    "to_helper_id": "helper",
    "to_id": "account",
    "trial_id": "rule_trial",
    "turn_id": "duty_turn",
    "visit_id": "week_visit",
    "wave_id": "wave",
    "webhook_id": "webhook",
    "witness_id": "account",
}
# The same name, of something else behind these doors.
TABLES_THERE: Final[Mapping[str, Mapping[str, str]]] = {
    "/api/quality/calls/": {"call_id": "call_back"},
    "/api/rules/drafts/": {"draft_id": "rule_draft"},
    "/api/crew-notes/": {"message_id": "crew_message"},
    "/api/menus/dishes": {"dish_id": "dish"},
}
# What some doors look for beside the thing that they name.
BEHIND: Final = ("case_rung", "crew_receipt", "stop_order", "token")
# What stands in a path without being anybody's.
ASKED: Final[Mapping[str, str]] = {
    "rung": "1",
    "kind": "elders",
    "form": "meals",
    "name": "usage",
    "month": "2026-11",
    "word": "decline",
    "number": "0000",
    "version": "x",
    "sha256": "0" * 64,
    "session_id": "0" * 16,
    "correction_id": str(UUID(int=7)),
    "delivery_id": str(UUID(int=7)),
}
# Doors that say something else than 404 of what is out of reach, and why.
FAR: Final[Mapping[str, frozenset[int]]] = {
    # Off unless the operator wants it; nobody is looked for then.
    "POST /api/elders/{elder_id}/purse": frozenset({403}),
    # Whoever was not asked to take over learns no more than that it is too late.
    "POST /api/duty/handover/{handover_id}/accept": frozenset({403, 409}),
    # Only the accused may appeal; officials, whatever it is about, may not.
    "POST /api/quality/anomalies/{anomaly_id}/appeal": frozenset({403, 404}),
    # A filter over what is within reach: of another point's it finds nothing.
    "POST /api/reports/lines": frozenset({200}),
    "POST /api/exports/{form}": frozenset({200}),
    "POST /api/exports/{form}/template": frozenset({400}),
    "POST /api/proposals/decide": frozenset({200}),
    # Who is not one's kin is answered alike, near or far.
    "POST /api/my-time/gift": frozenset({403}),
    # Forms of several shapes, of which the plainest is refused before anybody is
    # looked for; the tests of these doors try the others.
    **dict.fromkeys(
        (
            "POST /api/boxes",
            "POST /api/crew-messages",
            "POST /api/elders/{elder_id}/opt-in",
            "POST /api/help-calls",
            "POST /api/kitchen/readings",
        ),
        frozenset({400, 422}),
    ),
}
# Doors for whose own the plainest row is not enough: what they say of it.
NOT_READY: Final[Mapping[str, frozenset[int]]] = {
    **dict.fromkeys(
        (  # what it is about is named in words, or stands behind what is named
            "GET /api/demo/accounts",
            "GET /api/months/{month}/notice",
            "GET /api/proofs/orders/{order_id}",
            "GET /api/quality/draws/{draw_id}/proofs/{number}",
            "GET /api/route-sheets/{number}",
            "GET /api/rules/versions/{version}",
            "GET /api/waves/{wave_id}/difference",
            "POST /api/account/sessions/{session_id}/end",
            "POST /api/audit/account",
            "POST /api/audit/elder",
            "POST /api/corrections",
            "POST /api/corrections/{correction_id}/decide",
            "POST /api/duties/order",
            "POST /api/elders/{elder_id}/care-plan/end",
            "POST /api/heat/call-off",
            "POST /api/orders/{order_id}/call",
            "POST /api/pass",
            "POST /api/plans/end",
            "POST /api/plans/end/preview",
            "POST /api/points",
            "POST /api/quality/complaints/{complaint_id}/link",
            "POST /api/sos/call",
            "POST /api/webhooks/{webhook_id}/resend",
            # it is there for them in another state only
            "GET /api/imports/{run_id}/faults.xlsx",
            "GET /api/rules/trials/{trial_id}",
            "POST /api/cases/{case_id}/ask-reply",
            "POST /api/cases/{case_id}/report",
            "POST /api/imports/{run_id}/columns",
            "POST /api/imports/{run_id}/confirm",
            "POST /api/my-help/{call_id}/call",
            "POST /api/my-help/{call_id}/step",
            "POST /api/photos/{photo_id}/open",
            "POST /api/proofs/pictures/{photo_id}",
            "POST /api/replies/{case_id}",
        ),
        frozenset({404}),
    ),
    **dict.fromkeys(
        (  # forms of several shapes, of which this is none
            "POST /api/boxes",
            "POST /api/counter/find",
            "POST /api/crew-messages",
            "POST /api/kitchen/readings",
        ),
        frozenset({422}),
    ),
    **dict.fromkeys(
        (  # off unless the operator wants it; not theirs in this state
            "GET /api/elders/{elder_id}/purse",
            "POST /api/elders/{elder_id}/purse",
            "POST /api/field/photos/{sha256}",
            "POST /api/field/position/shown",
            "POST /api/rules/drafts/{draft_id}/withdraw",
        ),
        frozenset({403}),
    ),
    # One door for several roles, each with its part of what stands behind it.
    "GET /api/quality/draws/{draw_id}": frozenset({200, 404}),
    "GET /api/counter/cash": frozenset({200, 404}),
    "POST /api/duty/handover": frozenset({201, 400, 404}),
    "POST /api/inbox/{notice_id}/read": frozenset({204, 404}),
    "POST /api/duty/turns": frozenset({200, 400, 404}),
    "POST /api/months/{month}/sign": frozenset({200, 400, 403, 409}),
    "POST /api/pairs/{pair_id}/reason": frozenset({200, 403}),
    "POST /api/quality/anomalies/{anomaly_id}/appeal": frozenset({403, 409}),
}
