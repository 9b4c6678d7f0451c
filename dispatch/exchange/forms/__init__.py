"""The forms that leave the house (domain's eleven), each as rows of named fields."""

from collections.abc import Mapping
from typing import Final

from dispatch.exchange.forms.care import HOME_SERVICES, VISITS
from dispatch.exchange.forms.doubts import ANOMALIES
from dispatch.exchange.forms.files import ELDER_FILES, STOPPED
from dispatch.exchange.forms.meals import DELIVERIES, MEALS, MEALS_MONTH, SAMPLES
from dispatch.exchange.forms.money import GRANTS_PAID, STATION_MONTH
from dispatch.exchange.forms.rows import Form

FORMS: Final[Mapping[str, Form]] = {
    form.word: form
    for form in (
        MEALS,
        MEALS_MONTH,
        DELIVERIES,
        SAMPLES,
        VISITS,
        HOME_SERVICES,
        STATION_MONTH,
        GRANTS_PAID,
        ELDER_FILES,
        STOPPED,
        ANOMALIES,
    )
}
