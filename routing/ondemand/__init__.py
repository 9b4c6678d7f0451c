"""Orders that are wanted at once: who takes which box, when, and together with what.

A rolling horizon: each time it is asked, `decide` plans all that is known with all
couriers until their last pickup, and tells which trips must leave now. What need not
leave yet is planned anew next time, when more is known. Pure values; whole seconds.
"""

from routing.ondemand.deciding import decide
from routing.ondemand.refusing import obstacle
from routing.ondemand.scene import NEVER, Call, Courier, Customs, Decision, Scene, Trip

__all__ = [
    "NEVER",
    "Call",
    "Courier",
    "Customs",
    "Decision",
    "Scene",
    "Trip",
    "decide",
    "obstacle",
]
