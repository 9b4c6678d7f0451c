"""How the product speaks with its database; operators have the last word."""

import pytest
from sqlalchemy.engine import make_url

from dispatch.store.engine import make_engine
from tests.engines import ON_POSTGRESQL


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("theirs", "dear"), [(None, "1.1"), ("-c random_page_cost=3", "3")]
)
def test_what_the_address_says_of_its_connections_counts(
    database_url: str, theirs: str | None, dear: str
) -> None:
    said = {"options": theirs} if theirs else {}
    url = make_url(database_url).update_query_dict(said)
    engine = make_engine(url.render_as_string(hide_password=False))
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SHOW random_page_cost").scalar()
    engine.dispose()
    assert told == dear
