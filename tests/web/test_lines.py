"""A line of a log is one line, whatever somebody was called."""

import logging

import pytest
import structlog

from web.lines import OneLine

FORGED = "王\r\n2026-11-20 09:00:00 INFO forged\x1b[31m\u2028\x85小英"


@pytest.mark.proves("S22")
def test_no_name_makes_a_line_or_a_colour(capsys: pytest.CaptureFixture[str]) -> None:
    about = ("x", logging.ERROR, "x.py", 1, "asked %s", (FORGED,))
    with pytest.raises(ValueError, match="forged") as failed:
        int(FORGED)
    told = (failed.type, failed.value, failed.tb)
    record = logging.LogRecord(*about, exc_info=told)
    line = OneLine("%(levelname)s %(message)s").format(record)
    structlog.get_logger().warning("no draft", why=FORGED, draft=FORGED)

    assert line.startswith("ERROR asked 王\\u000d\\u000a2026-11-20 09")
    assert line.count("forged") == 1, "the failure's own words are not written"
    assert "ValueError test_lines.py:" in line
    [said] = capsys.readouterr().out.splitlines()
    for words in (line, said):
        assert words.isprintable()
