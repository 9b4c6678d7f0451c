"""Rounds given to people: who goes them, when the search has found where they go."""

from routing.people.giving import Given, give_rounds
from routing.people.past import Past, PastOf
from routing.people.telling import Change, Faces

__all__ = ["Change", "Faces", "Given", "Past", "PastOf", "give_rounds"]
