"""What makes the product's rows of the past's own, set by set, on both engines."""

from typing import Final

_DONE: Final = "FROM past_order o WHERE o.state = 'done'"
SPREAD: Final = (
    "INSERT INTO orders (id, number, elder_id, household_id, station_id, street_code, "
    "kitchen_id, sitting_id, service, is_meal, channel, serve_on, serving, again, "
    "window_from_at, window_until_at, tier, price_fen, fee_fen, due_fen, paid_fen, "
    "note, source, state, reason, grade, placed_at, ended_at) SELECT id, number, "
    "elder_id, household_id, station_id, street_code, kitchen_id, sitting_id, service, "
    "is_meal, channel, serve_on, serving, NOT {true}, window_from_at, window_until_at, "
    "0, price_fen, fee_fen, due_fen, CASE WHEN state = 'done' THEN due_fen ELSE 0 END, "
    "'', 'plan', state, reason, grade, placed_at, ended_at FROM past_order",
    "INSERT INTO field_event (id, device_id, boot_id, seq, wall_ms, mono_ms, "
    "prev_hash, hash, helper_id, order_id, kind, lat, lon, accuracy_m, datum, "
    "photo_sha256, detail, raw_at, corrected_at, received_at, trust, verdict) "
    "SELECT id, device_id, boot_id, seq, wall_ms, mono_ms, prev_hash, hash, helper_id, "
    "order_id, kind, lat, lon, accuracy_m, datum, photo_sha256, detail, at, at, at, "
    "'online', 'accepted' FROM past_event",
    "INSERT INTO field_photo (id, order_id, helper_id, kind, sha256, look, size, have, "
    "begun_at, whole_at, forgotten_at) SELECT id, order_id, helper_id, kind, sha256, "
    "look, 1000, 1000, at, at, at FROM past_picture",
    "INSERT INTO evidence (id, order_id, origin, grade, basis, field_event_id, "
    "helper_id, account_id, counts, at) SELECT evidence_id, id, origin, grade, basis, "
    "field_event_id, helper_id, "
    "CASE WHEN helper_id IS NULL THEN account_id END, {true}, ended_at " + _DONE,
    "INSERT INTO payment (id, order_id, station_id, method, fen, reason, at, cash_on, "
    "account_id) SELECT payment_id, id, station_id, 'card', due_fen, '', placed_at, "
    "serve_on, account_id " + _DONE + " AND price_fen + fee_fen > 0",
)
# Whoever brings another month meanwhile takes the same elders in the same order.
HELD: Final = (
    "SELECT 1 FROM elder WHERE id IN (SELECT elder_id FROM past_order) "
    "ORDER BY id FOR NO KEY UPDATE"
)
SEEN: Final = (
    "UPDATE elder SET last_seen_at = m.at, last_seen_by = 'door' FROM "
    "(SELECT elder_id, MAX(ended_at) AS at FROM past_order WHERE state = 'done' "
    "GROUP BY elder_id) m WHERE elder.id = m.elder_id "
    "AND (elder.last_seen_at IS NULL OR elder.last_seen_at < m.at)"
)
_POSTED: Final = (
    "FROM past_order o WHERE o.state = 'done' AND o.price_fen + o.fee_fen > 0"
)
MONEY: Final = (
    "INSERT INTO ledger_account (code, kind, station_id) SELECT DISTINCT "
    "k.kind || ':' || s.words, k.kind, o.station_id FROM past_order o "
    "JOIN past_station s ON s.id = o.station_id CROSS JOIN "
    "(SELECT 'income' AS kind UNION ALL SELECT 'self') k "
    "WHERE NOT EXISTS (SELECT 1 FROM ledger_account a "
    "WHERE a.code = k.kind || ':' || s.words) ORDER BY 1 ON CONFLICT DO NOTHING",
    "INSERT INTO ledger_account (code, kind, payer, station_id) SELECT DISTINCT "
    "l.kind || ':' || l.payer || ':' || s.words, l.kind, l.payer, o.station_id "
    "FROM past_line l JOIN past_order o ON o.id = l.order_id "
    "JOIN past_station s ON s.id = o.station_id WHERE NOT EXISTS "
    "(SELECT 1 FROM ledger_account a "
    "WHERE a.code = l.kind || ':' || l.payer || ':' || s.words) "
    "ORDER BY 1 ON CONFLICT DO NOTHING",
    "INSERT INTO ledger_entry (id, business_key, kind, state, period, service_on, "
    "rule_version, order_id, elder_id, station_id, street_code, home_street, channel, "
    "service, category, categories, grade, evidence_id, reason, made_at) "
    "SELECT entry_id, business_key, 'service', 'draft', period, serve_on, "
    "rule_version, id, elder_id, station_id, street_code, home_street, channel, "
    "service, category, categories, grade, evidence_id, '', ended_at " + _POSTED,
    "INSERT INTO ledger_posting (id, entry_id, account, fen) SELECT o.income_id, "
    "o.entry_id, 'income:' || s.words, -(o.price_fen + o.fee_fen) FROM past_order o "
    "JOIN past_station s ON s.id = o.station_id "
    "WHERE o.state = 'done' AND o.price_fen + o.fee_fen > 0",
    "INSERT INTO ledger_posting (id, entry_id, account, fen) SELECT o.self_id, "
    "o.entry_id, 'self:' || s.words, o.due_fen FROM past_order o "
    "JOIN past_station s ON s.id = o.station_id "
    "WHERE o.state = 'done' AND o.due_fen <> 0",
    "INSERT INTO ledger_posting (id, entry_id, account, subsidy, fen) SELECT "
    "l.posting_id, o.entry_id, l.kind || ':' || l.payer || ':' || s.words, l.subsidy, "
    "l.fen FROM past_line l JOIN past_order o ON o.id = l.order_id "
    "JOIN past_station s ON s.id = o.station_id",
    "INSERT INTO subsidy_grant (id, order_id, elder_id, station_id, subsidy, payer, "
    "part, fen, units, category, window_key, once_key, rule_version, grade, "
    "evidence_id, entry_id, service, service_on, meal, granted_at) SELECT l.id, o.id, "
    "o.elder_id, o.station_id, l.subsidy, l.payer, l.part, l.fen, l.units, l.category, "
    "l.window_key, l.once_key, o.rule_version, o.grade, o.evidence_id, o.entry_id, "
    "o.service, o.serve_on, o.meal, o.ended_at FROM past_line l "
    "JOIN past_order o ON o.id = l.order_id",
)
