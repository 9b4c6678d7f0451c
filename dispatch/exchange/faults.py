"""What can be wrong with a cell: a word for machines, a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One kind of mistake; `words.py` has its name, each finding its own sentence."""

    MISSING = "missing"
    BAD_IDENTITY = "bad_identity"
    BAD_CHECK_DIGIT = "bad_check_digit"
    LOST_DIGITS = "lost_digits"  # Excel made a number of it: 1.1E+17
    IMPOSSIBLE_DATE = "impossible_date"
    FUTURE_DATE = "future_date"
    IDENTITY_DIFFERS = "identity_differs"  # number ↔ birthday or sex
    TWICE_IN_FILE = "twice_in_file"
    KNOWN_OTHERWISE = "known_otherwise"  # on file under another name or station
    BAD_PHONE = "bad_phone"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_PLACE = "unknown_place"  # no such station, kitchen or street
    UNKNOWN_PERSON = "unknown_person"
    BAD_COORDINATES = "bad_coordinates"
    BAD_NUMBER = "bad_number"
    TOO_LONG = "too_long"
    SHEET_ERROR = "sheet_error"  # #N/A, #REF! and their like
    REFUSED = "refused"  # a rule of the house says no, in its own words


class BadCell(Exception):
    """This cell cannot be taken; why, in words that do not repeat what it holds."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault
        self.words = words


@dataclass(frozen=True)
class CellFault:
    """One mistake. `cell` is its address (B7), or only the row where none was given."""

    row: int
    cell: str
    field: str
    title: str
    fault: Fault
    words: str
