"""Every module that has tables, so that the metadata is whole."""

from importlib import import_module

from sqlmodel import SQLModel

for _module in (
    "dispatch.clock",
    "dispatch.store.idempotency",
    "dispatch.log.events",
    "dispatch.log.audit",
    "dispatch.people.vault",
    "dispatch.people.places",
    "dispatch.people.elders",
    "dispatch.people.agreements",
    "dispatch.people.elder_facts",
    "dispatch.people.consents",
    "dispatch.people.responsible",
    "dispatch.people.pauses",
    "dispatch.people.door_keys",
    "dispatch.people.proposals",
    "dispatch.people.life_events",
    "dispatch.people.helpers",
    "dispatch.catalogue.services",
    "dispatch.catalogue.sittings",
    "dispatch.access.accounts",
    "dispatch.access.tickets",
    "dispatch.planning.waves",
    "dispatch.planning.parts",
    "dispatch.planning.plans",
    "dispatch.orders.orders",
    "dispatch.counter.payments",
    "dispatch.counter.proxies",
    "dispatch.counter.tokens",
    "dispatch.counter.till_deeds",
    "dispatch.counter.serving_ends",
    "dispatch.counter.cash_days",
    "dispatch.field.events",
    "dispatch.field.evidence",
    "dispatch.field.positions",
    "dispatch.safety.cases",
    "dispatch.duties.outreach",
    "dispatch.duties.care_plans",
    "dispatch.duties.due_orders",
    "dispatch.duties.referrals",
    "dispatch.duties.week_plans",
    "dispatch.subsidy.rule_versions",
    "dispatch.subsidy.ledger",
    "dispatch.subsidy.grants",
):
    import_module(_module)

METADATA = SQLModel.metadata
