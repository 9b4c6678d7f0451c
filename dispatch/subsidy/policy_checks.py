"""Whether the parts of a rule file fit together; each misfit with its way out."""

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from graphlib import CycleError

from dispatch.subsidy.elder_rules import Percent, Quota, Rule
from dispatch.subsidy.policy import ANY, Policy
from dispatch.subsidy.strict import Place

Misfit = tuple[Place, str, str]


def misfits(policy: Policy) -> Iterator[Misfit]:
    """Place, problem and remedy of everything that does not fit."""
    yield from _repeated(policy)
    yield from _categories(policy)
    yield from _rules(policy)
    yield from _stacking(policy)
    yield from _excludes(policy)
    yield from _station_rules(policy)


def _repeated(policy: Policy) -> Iterator[Misfit]:
    every = [rule.id for rule in policy.subsidy]
    every += [rule.id for rule in policy.station_subsidy]
    for table, ids in (
        ("category", [category.id for category in policy.category]),
        ("subsidy", every),
    ):
        for name, times in Counter(ids).items():
            if times > 1:
                at = (table, min(ids.index(name), len(ids) - 1))
                yield at, f"the id {name!r} is given twice", "give each its own id"


def _categories(policy: Policy) -> Iterator[Misfit]:
    for i, category in enumerate(policy.category):
        at: Place = ("category", i, "when")
        if category.id == ANY:
            yield at, "ANY is built in", "choose another id"
        for test in category.when.tests():
            if test.f == "quota_used_for_same_order":
                yield at, f"{test.f} is not a fact of a person", "use it in exclude"
        for name in sorted(category.when.asks()):
            yield from _known_category(policy, at, name)
    try:
        policy.categories_in_order()
    except CycleError as error:
        circle: list[str] = error.args[1]
        first = [category.id for category in policy.category].index(circle[0])
        said = f"circular category {' -> '.join(circle)}"
        yield ("category", first, "when"), said, "break the circle"


def _known_category(policy: Policy, at: Place, name: str) -> Iterator[Misfit]:
    known = [category.id for category in policy.category] + [ANY]
    if name not in known:
        yield at, f"unknown category {name!r}", f"use one of {', '.join(known)}"


def _rules(policy: Policy) -> Iterator[Misfit]:
    for i, rule in enumerate(policy.subsidy):
        at: Place = ("subsidy", i)
        yield from _known_services(policy, (*at, "services"), rule.services)
        for name in rule.beneficiaries:
            yield from _known_category(policy, (*at, "beneficiaries"), name)
        if rule.group not in policy.stacking.order:
            yield (
                (*at, "group"),
                f"the group {rule.group!r} has no place in stacking.order",
                f"add {rule.group!r} to stacking.order",
            )
        yield from _payers(policy, at, rule)
        if isinstance(rule, Quota):
            for row in rule.quota:
                yield from _known_category(policy, (*at, "quota"), row.category)
        if isinstance(rule, Percent):
            yield from _rates(policy, (*at, "rates"), rule)


def _payers(policy: Policy, at: Place, rule: Rule) -> Iterator[Misfit]:
    if rule.shares and rule.payer not in rule.shares:
        yield (
            (*at, "shares"),
            f"the payer {rule.payer!r} has no share",
            f"give {rule.payer!r} a weight, or name one of the others as payer",
        )
    for name in sorted({rule.payer, *rule.shares} - policy.payer.keys()):
        if policy.payer:
            yield (
                (*at, "payer"),
                f"unknown payer {name!r}",
                f"add [payer.{name}], or use one of {', '.join(policy.payer)}",
            )


def _rates(policy: Policy, at: Place, rule: Percent) -> Iterator[Misfit]:
    yield from _known_services(policy, at, tuple(rule.rates))
    rated = policy.patterns(tuple(rule.rates))
    for pattern in policy.patterns(rule.services):
        if not any(fnmatchcase(pattern, other) for other in rated):
            yield at, f"no rate for {pattern}", "add a rate for each service set"


def _known_services(
    policy: Policy, at: Place, services: str | tuple[str, ...]
) -> Iterator[Misfit]:
    for name in (services,) if isinstance(services, str) else services:
        if name not in policy.service_set and name != name.upper():
            known = ", ".join(policy.service_set) or "none is defined"
            yield (
                at,
                f"unknown service set {name!r}",
                f"use a set of [service_set] ({known}) or a code in capitals",
            )


def _stacking(policy: Policy) -> Iterator[Misfit]:
    groups = {rule.group for rule in policy.subsidy}
    for name, times in Counter(policy.stacking.order).items():
        if times > 1:
            at: Place = ("stacking", "order")
            yield at, f"the group {name!r} stands twice", "leave it once"
    for name in policy.stacking.best_of:
        if name not in groups:
            yield (
                ("stacking", "best_of"),
                f"no subsidy is in the group {name!r}",
                f"use one of {', '.join(sorted(groups))}",
            )


def _excludes(policy: Policy) -> Iterator[Misfit]:
    known = {rule.id for rule in policy.subsidy}
    for i, exclude in enumerate(policy.exclude):
        for name in exclude.blocks:
            if name not in known:
                yield (
                    ("exclude", i, "blocks"),
                    f"unknown subsidy {name!r}",
                    f"use one of {', '.join(sorted(known))}",
                )
        if exclude.condition.f == "category":
            for named in exclude.condition.values():
                yield from _known_category(policy, ("exclude", i, "if"), str(named))


def _station_rules(policy: Policy) -> Iterator[Misfit]:
    for i, rule in enumerate(policy.station_subsidy):
        if rule.kind != "fixed":
            continue
        at: Place = ("station_subsidy", i)
        yield from _known_services(policy, (*at, "services"), rule.services)
        for name in rule.beneficiaries:
            yield from _known_category(policy, (*at, "beneficiaries"), name)
