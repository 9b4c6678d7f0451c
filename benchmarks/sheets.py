"""How long a district's first import takes, and how much memory.

    python3 benchmarks/sheets.py [ROWS [FAULTS]]

A database of its own, empty but for eight stations; the sheet is drawn from a seed,
and every mistake planted in it must be found where it is.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlmodel import Session, func, select


def main() -> int:
    rows, faulty = [int(word) for word in (*sys.argv[1:], "10000", "100")[:2]]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), rows, faulty)))
    return 0


def measure(folder: Path, rows: int, faulty: int) -> dict[str, object]:
    """One dry run, one confirmation, and the same file once more."""
    from benchmarks.rosters import draw_roster
    from dispatch.exchange.bringing import confirm_sheet, try_sheet
    from dispatch.exchange.trying import SheetFile
    from dispatch.people.elders import Elder
    from dispatch.store.database import Database
    from dispatch.store.engine import make_engine
    from dispatch.store.migrate import upgrade

    url = f"sqlite:///{folder / 'sheets.db'}"
    upgrade(url)
    database = Database(make_engine(url))
    codes = _make_stations(database)
    roster = draw_roster(rows, codes, faulty=faulty)
    file = SheetFile("elders", "roster.xlsx", roster.xlsx())
    before, began, cpu = _megabytes(), time.perf_counter(), time.process_time()
    run = try_sheet(database, file)
    tried = time.perf_counter()
    confirm_sheet(database, run.id)
    kept, spent = time.perf_counter(), time.process_time() - cpu
    again = try_sheet(database, file)
    ended = time.perf_counter()
    found = {(each["cell"], each["fault"]) for each in run.findings}
    planted = {(each.cell, each.fault.value) for each in roster.planted}
    with Session(database.engine) as session:
        files = session.exec(select(func.count()).select_from(Elder)).one()
    database.close()
    return {
        "rows": rows,
        "file_mb": round(len(file.content) / 1e6, 1),
        "planted": len(planted),
        "kinds": len({each.fault for each in roster.planted}),
        "found": len(found & planted),
        "found_besides": len(found - planted),
        "elders": files,
        "dry_run_s": round(tried - began, 1),
        "confirm_s": round(kept - tried, 1),
        "together_s": round(kept - began, 1),
        "together_cpu_s": round(spent, 1),
        "again_s": round(ended - kept, 1),
        "again_same": again.sames,
        "peak_mb": round(_megabytes()),
        "before_mb": round(before),
    }


def _make_stations(database: "object") -> list[str]:
    from dispatch.people.places import Kitchen, Station, StationKind, Street

    codes = [f"B{number}" for number in range(1, 9)]
    with Session(database.engine) as session:  # type: ignore[attr-defined]
        session.add(Street(code="119900001", name="东河沿街道"))
        session.flush()
        kitchen = Kitchen(
            name="厨房", street_code="119900001", lat=36.6, lon=117.0, lunch_capacity=1
        )
        session.add(kitchen)
        session.flush()
        for code in codes:
            session.add(
                Station(
                    code=code,
                    name=f"{code}驿站",
                    kind=StationKind.STATION,
                    street_code="119900001",
                    kitchen_id=kitchen.id,
                    lat=36.6,
                    lon=117.0,
                    phone="010-00000000",
                    entered_on=date(2020, 1, 1),
                )
            )
        session.commit()
    return codes


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main())
