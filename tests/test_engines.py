"""The suite's own engines are real, and each test starts with them empty."""

import pytest
from redis import Redis
from sqlalchemy import create_engine, inspect, text


@pytest.mark.parametrize("_time", [1, 2])
def test_each_test_gets_a_migrated_and_empty_database(
    database_url: str, _time: int
) -> None:
    engine = create_engine(database_url)
    tables = set(inspect(engine).get_table_names())
    with engine.begin() as connection:
        assert "left_over" not in tables
        assert "alembic_version" in tables
        connection.execute(text("create table left_over (n integer)"))
    engine.dispose()


@pytest.mark.parametrize("_time", [1, 2])
def test_each_test_gets_an_empty_valkey(redis_url: str, _time: int) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.info("server")["server_name"] == "valkey"
        client.set("left-over", 1)
