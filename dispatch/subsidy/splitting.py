"""Splitting: every fen of an order by who pays it, to the last one."""

from collections.abc import Iterator, Mapping, Sequence

from dispatch.orders.orders import Order
from dispatch.subsidy.externals import ExternalPart
from dispatch.subsidy.ledger import AccountKind, Amount
from dispatch.subsidy.outcomes import Line


def amounts_of(
    order: Order, lines: Sequence[Line], external: ExternalPart | None
) -> Iterator[Amount]:
    """Every fen of price and fee; what nobody else pays is the point's difference."""
    whole_fen = order.price_fen + order.fee_fen
    outside_fen = external.fen if external else 0
    granted_fen = sum(line.fen for line in lines)
    left_fen = whole_fen - outside_fen - granted_fen - order.paid_fen
    yield Amount(AccountKind.INCOME, -whole_fen)
    yield Amount(AccountKind.SELF, order.paid_fen)
    yield Amount(AccountKind.DIFFERENCE, left_fen)
    if external:
        yield Amount(AccountKind.EXTERNAL, external.fen, external.payer)
    for line in lines:
        kind = AccountKind.ADVANCE if line.advance_by else AccountKind.DUE
        for payer, fen in share_by(line.fen, line.shares or {line.payer: 1}).items():
            yield Amount(kind, fen, payer, line.subsidy)


def share_out(fen: int, weights: Sequence[int]) -> list[int]:
    """Share whole fen by weight, to the last one: the largest remainders get it.

    Of equal remainders the earlier weight goes first. Below 0 it is the mirror image.

    Raises:
        ValueError: a weight is below 0, or all of them are 0.
    """
    whole = sum(weights)
    if min(weights, default=0) < 0 or whole == 0:
        raise ValueError("weights are whole numbers, and not all of them 0")
    sign = -1 if fen < 0 else 1
    parts = [divmod(abs(fen) * weight, whole) for weight in weights]
    left = abs(fen) - sum(part for part, _ in parts)
    first = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:left]
    return [sign * (part + (i in first)) for i, (part, _) in enumerate(parts)]


def share_by(fen: int, shares: Mapping[str, int]) -> dict[str, int]:
    """`share_out` by name."""
    return dict(zip(shares, share_out(fen, list(shares.values())), strict=True))
