"""The names under which the demo's tour shows five sign-ins on one page.

Each pane has a host of its own, so that its cookie, its storage and its phone's records
are nobody else's; all of them are names of this machine. Only the tour's page may put
them into frames, and only while a demo shows its tour.
"""

from typing import Final

from dispatch.access.demo_tour import PANES, SITE, is_on

NOBODY: Final = "'none'"


def may_be_framed_by(host: str) -> str:
    """Whose pages may frame what is asked for under this host, as a policy says it."""
    if pane_of(host) is None or not is_on():
        return NOBODY
    return tour_origin(host)


def pane_of(host: str) -> str | None:
    """Which pane this host is; None for every other name of the house."""
    name = host.partition(":")[0]
    return next((one for one in PANES if name == f"{one}.{SITE}"), None)


def tour_origin(host: str) -> str:
    """Where the tour's page is, seen from any host of the house."""
    _, colon, port = host.partition(":")
    return f"http://{SITE}{colon}{port}"


def frames_policy(host: str) -> str:
    """What the tour's page may load: itself, and its panes in frames."""
    _, colon, port = host.partition(":")
    panes = " ".join(f"http://{one}.{SITE}{colon}{port}" for one in PANES)
    own = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    return f"{own}; frame-src {panes}"
