"""Promise 7: every fen has a reason."""

from collections import Counter, defaultdict
from uuid import UUID

from sqlmodel import Session, select

from dispatch.counter.payments import Payment
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order, OrderState
from dispatch.promises.checking import Look, Premises
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry, EntryKind, EntryState, Posting
from dispatch.subsidy.rule_versions import rules_on


def check_money(premises: Premises, look: Look) -> None:
    """Entries balance, stand on payment and proof, and sum up the same every way."""
    session = premises.session
    entries = {entry.id: entry for entry in session.exec(select(Entry))}
    postings: dict[UUID, list[Posting]] = defaultdict(list)
    for posting in session.exec(select(Posting)):
        postings[posting.entry_id].append(posting)
    orders = {order.id: order for order in session.exec(select(Order))}
    _check_balance(entries, postings, look)
    _check_reversals(entries, postings, look)
    _check_reasons(session, entries, orders, look)
    _check_grants(session, entries, postings, orders, look)
    _check_payments(session, orders, look)
    _check_sums(entries, postings, look)


def _check_balance(
    entries: dict[UUID, Entry], postings: dict[UUID, list[Posting]], look: Look
) -> None:
    for entry in entries.values():
        left = sum(posting.fen for posting in postings[entry.id])
        look.expect(left == 0, f"entry {entry.business_key} is out by {left} fen")
        look.expect(
            entry.state is EntryState.POSTED, f"entry {entry.business_key} is a draft"
        )
    for entry_id in postings.keys() - entries.keys():
        look.expect(False, f"postings of entry {entry_id}, which is gone")


def _check_reversals(
    entries: dict[UUID, Entry], postings: dict[UUID, list[Posting]], look: Look
) -> None:
    """A reversal takes back exactly what the entry gave."""
    for entry in entries.values():
        if entry.reverses_id is None:
            continue
        together: Counter[tuple[str, str | None]] = Counter()
        for posting in postings[entry.id] + postings[entry.reverses_id]:
            together[posting.account, posting.subsidy] += posting.fen
        look.expect(
            not any(together.values()),
            f"entry {entry.business_key} does not take back what it names",
        )


def _check_reasons(
    session: Session, entries: dict[UUID, Entry], orders: dict[UUID, Order], look: Look
) -> None:
    """A live entry stands on a paid, proven order; each such order has one."""
    proofs = {
        proof.order_id: proof
        for proof in session.exec(select(Evidence).where(Evidence.counts))
    }
    taken_back = {entry.reverses_id for entry in entries.values()}
    live: Counter[UUID] = Counter()
    for entry in entries.values():
        if entry.kind is not EntryKind.SERVICE or entry.id in taken_back:
            continue
        live[entry.order_id] += 1
        order = orders.get(entry.order_id)
        if order is None:
            look.expect(False, f"entry {entry.business_key} of an order that is gone")
            continue
        look.expect(
            order.state is OrderState.DONE and order.is_paid and order.id in proofs,
            f"order {order.number} was granted without payment and proof",
        )
    for order in orders.values():
        if order.is_meal and order.state is OrderState.DONE and order.is_paid:
            look.expect(
                live[order.id] == 1,
                f"order {order.number} is paid and done with {live[order.id]} entries",
            )


def _check_grants(
    session: Session,
    entries: dict[UUID, Entry],
    postings: dict[UUID, list[Posting]],
    orders: dict[UUID, Order],
    look: Look,
) -> None:
    """A grant stands on the proof that counts, good enough for its rule; its entry
    holds the same fen."""
    proofs = {proof.id: proof for proof in session.exec(select(Evidence))}
    lines: dict[tuple[UUID, str], int] = defaultdict(int)
    for grant in session.exec(select(Grant)):
        lines[grant.entry_id, grant.subsidy] += grant.fen
        if grant.reversed_by is not None:
            back = entries.get(grant.reversed_by)
            look.expect(
                back is not None and back.reverses_id == grant.entry_id,
                f"grant {grant.id} is taken back by another entry's reversal",
            )
            continue
        order, proof = orders.get(grant.order_id), proofs.get(grant.evidence_id)
        if order is None or proof is None:
            look.expect(False, f"grant {grant.id} stands on nothing that is left")
            continue
        name = f"order {order.number}: grant {grant.subsidy}"
        look.expect(
            proof.counts and proof.order_id == order.id, f"{name} stands on no proof"
        )
        look.expect(
            order.grade == grant.grade, f"{name} for grade {grant.grade}, not its own"
        )
        least = _least_grade(grant)
        look.expect(grant.grade <= least, f"{name} needs {least}, has {grant.grade}")
    for entry in entries.values():
        if entry.kind is EntryKind.SERVICE:
            for posting in postings[entry.id]:
                if posting.subsidy is not None:
                    granted = lines.pop((entry.id, posting.subsidy), 0)
                    look.expect(
                        granted == posting.fen,
                        f"entry {entry.business_key}: {posting.subsidy} "
                        f"{posting.fen} fen, granted {granted}",
                    )
    for entry_id, subsidy in lines:
        look.expect(False, f"{subsidy} granted without a line in entry {entry_id}")


def _least_grade(grant: Grant) -> str:
    """The lowest grade that the rule in force on the service date pays for."""
    policy = rules_on(grant.service_on).policy
    rule = next((r for r in policy.subsidy if r.id == grant.subsidy), None)
    return rule.min_grade if rule else ""


def _check_payments(session: Session, orders: dict[UUID, Order], look: Look) -> None:
    """What an order says was paid is what the payments say."""
    paid: Counter[UUID] = Counter()
    for payment in session.exec(select(Payment)):
        paid[payment.order_id] += payment.fen
    for order in orders.values():
        look.expect(
            order.paid_fen == paid[order.id],
            f"order {order.number} says {order.paid_fen} fen, paid {paid[order.id]}",
        )


def _check_sums(
    entries: dict[UUID, Entry], postings: dict[UUID, list[Posting]], look: Look
) -> None:
    """Lines, persons and stations give the same sum for each month and subsidy."""
    lines: Counter[tuple[str, str]] = Counter()
    persons: dict[tuple[str, str], Counter[UUID]] = defaultdict(Counter)
    stations: dict[tuple[str, str], Counter[UUID]] = defaultdict(Counter)
    for entry in entries.values():
        for posting in postings[entry.id]:
            if posting.subsidy is not None:
                key = (entry.period, posting.subsidy)
                lines[key] += posting.fen
                persons[key][entry.elder_id] += posting.fen
                stations[key][entry.station_id] += posting.fen
    for key, total in lines.items():
        by_person, by_station = persons[key].total(), stations[key].total()
        look.expect(
            total == by_person == by_station,
            f"{key}: lines {total}, persons {by_person}, stations {by_station}",
        )
        least = min(persons[key].values())
        look.expect(least >= 0, f"{key}: somebody was granted {least} fen")
