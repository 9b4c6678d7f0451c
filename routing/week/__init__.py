"""The week of visits: who goes to whom on which day, and what when somebody is ill."""

from routing.week.due import DueVisit, Passing, Visitor, WeekProblem
from routing.week.planned import NotPlaced, Placed, Reason, Week
from routing.week.planning import plan_week
from routing.week.repairing import repaired

__all__ = [
    "DueVisit",
    "NotPlaced",
    "Passing",
    "Placed",
    "Reason",
    "Visitor",
    "Week",
    "WeekProblem",
    "plan_week",
    "repaired",
]
