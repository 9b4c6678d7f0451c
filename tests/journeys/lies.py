"""What somebody might change behind everybody's back, and the promise it breaks."""

from typing import Final

LIES: Final = {
    "an order falls back": (
        1,
        "UPDATE orders SET state = 'waiting', grade = NULL WHERE id = "
        "(SELECT id FROM orders WHERE state = 'done' AND channel = 'dine_in' LIMIT 1)",
    ),
    "an order is gone": (
        1,
        "DELETE FROM orders WHERE id = "
        "(SELECT made_id FROM idempotency WHERE verb = 'order' LIMIT 1)",
    ),
    "an order is on no round": (
        1,
        "DELETE FROM stop_order; UPDATE orders SET state = 'planned', grade = NULL "
        "WHERE channel = 'delivery' AND state = 'done'",
    ),
    "a step is cut out of a story": (
        1,
        "DELETE FROM event WHERE id = (SELECT id FROM event WHERE subject = 'order' "
        "AND number = 2 LIMIT 1)",
    ),
    "a portion comes from nowhere": (
        1,
        "UPDATE sitting SET spare = spare + 1 WHERE id = "
        "(SELECT id FROM sitting WHERE cooked IS NOT NULL LIMIT 1)",
    ),
    "a portion is sold without an order": (
        1,
        "UPDATE sitting SET sold = sold + 1 WHERE id = "
        "(SELECT id FROM sitting WHERE cooked IS NOT NULL LIMIT 1)",
    ),
    "a proof is gone": (
        2,
        "DELETE FROM evidence WHERE id = "
        "(SELECT id FROM evidence WHERE counts LIMIT 1)",
    ),
    "a proof is made better": (
        2,
        "UPDATE evidence SET grade = 'A' WHERE grade = 'D'",
    ),
    "a proof no longer counts": (
        2,
        "UPDATE evidence SET counts = 0 WHERE id = (SELECT id FROM evidence LIMIT 1)",
    ),
    "nobody stands behind a proof": (
        2,
        "UPDATE evidence SET account_id = NULL WHERE origin = 'counter'",
    ),
    "a timer delivered": (
        2,
        "UPDATE event SET role = 'system' WHERE id = "
        "(SELECT id FROM event WHERE kind = 'order.done' LIMIT 1)",
    ),
    "a box was served past its time": (
        4,
        "UPDATE field_event SET corrected_at = datetime(corrected_at, '+5 hours') "
        "WHERE kind = 'handed_over'",
    ),
    "a lunch came at half past nine": (
        4,
        "UPDATE field_event SET corrected_at = datetime(corrected_at, '-3 hours') "
        "WHERE kind IN ('handed_over', 'arrived')",
    ),
    "a box rode for hours": (
        4,
        "UPDATE field_event SET corrected_at = datetime(corrected_at, '-2 hours') "
        "WHERE kind = 'picked_up'",
    ),
    "a plan is too early": (
        4,
        "UPDATE stop SET at = datetime(at, '-2 hours') WHERE kind = 'door'",
    ),
    "a bag on the handle is sold as a visit": (
        6,
        "UPDATE elder SET last_visit_at = last_seen_at WHERE last_seen_by = 'counter'",
    ),
    "somebody was seen whom nobody met": (
        6,
        "UPDATE elder SET last_seen_at = '2026-11-20 04:00:01' WHERE id = "
        "(SELECT id FROM elder WHERE usual_channel IS NULL LIMIT 1)",
    ),
    "a clock is gone": (6, "UPDATE elder SET last_seen_at = NULL"),
    "who was due is on no list": (6, "DELETE FROM duty_order"),
    "an entry is out by one fen": (
        7,
        "UPDATE ledger_posting SET fen = fen + 1 WHERE id = "
        "(SELECT id FROM ledger_posting LIMIT 1)",
    ),
    "a grant is one fen more": (
        7,
        "UPDATE subsidy_grant SET fen = fen + 1 WHERE id = "
        "(SELECT id FROM subsidy_grant LIMIT 1)",
    ),
    "a grant is for too low a grade": (
        7,
        "UPDATE subsidy_grant SET grade = 'E' WHERE id = "
        "(SELECT id FROM subsidy_grant WHERE reversed_by IS NULL LIMIT 1)",
    ),
    "a grant stands on somebody else's proof": (
        7,
        "UPDATE subsidy_grant SET evidence_id = (SELECT id FROM evidence LIMIT 1)",
    ),
    "an entry is gone": (
        7,
        "DELETE FROM ledger_posting WHERE entry_id = (SELECT id FROM ledger_entry "
        "LIMIT 1); DELETE FROM ledger_entry WHERE id = (SELECT id FROM ledger_entry "
        "LIMIT 1)",
    ),
    "a payment is gone": (
        7,
        "DELETE FROM payment WHERE id = (SELECT id FROM payment WHERE fen > 0 LIMIT 1)",
    ),
    "an acknowledged order is gone": (
        8,
        "DELETE FROM orders WHERE id = "
        "(SELECT made_id FROM idempotency WHERE verb = 'order' LIMIT 1)",
    ),
    "an acknowledged event is gone": (
        8,
        "DELETE FROM field_event WHERE id = (SELECT id FROM field_event LIMIT 1)",
    ),
    "two keys made one thing": (
        8,
        "UPDATE idempotency SET made_id = (SELECT made_id FROM idempotency "
        "WHERE verb = 'order' LIMIT 1) WHERE verb = 'order'",
    ),
    "the feed has a gap": (
        8,
        "UPDATE outbox SET feed_seq = NULL WHERE feed_seq = 10",
    ),
    "an event never reached the feed": (
        8,
        "DELETE FROM outbox WHERE feed_seq = (SELECT head FROM feed); "
        "UPDATE feed SET head = head - 1",
    ),
    "a look is not in the audit": (10, "DELETE FROM audit"),
    "a name stands in an event": (
        10,
        "UPDATE event SET facts = json_set(facts, '$.who', '15400000005') WHERE id = "
        "(SELECT id FROM event LIMIT 1)",
    ),
}
