#!/usr/bin/env python3
"""Compares our public holidays of 1990 to 2099 with two independent calendars.

Usage: tests/holidays_oracle.py

Builds the example `holidays` of the crate `rules`, installs the PyPI packages `workalendar` and `jours-feries-france`
into a virtual environment under the target directory, and prints what differs. Exits 1 if anything does.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
PACKAGES = ["workalendar==17.0.0", "jours-feries-france==0.7.0"]
FIRST, LAST = 1990, 2099

ORACLES = """
import json, sys
from jours_feries_france import JoursFeries
from workalendar.europe import France

years = range(int(sys.argv[1]), int(sys.argv[2]) + 1)
calendar = France()
print(json.dumps({
    "workalendar": sorted({day.isoformat() for year in years for day, _ in calendar.holidays(year)}),
    "jours-feries-france": sorted({day.isoformat() for year in years for day in JoursFeries.for_year(year).values()}),
}))
"""


def oracles() -> dict[str, set[str]]:
    folder = TARGET / "holidays-oracle"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
    printed = subprocess.run([python, "-c", ORACLES, str(FIRST), str(LAST)], check=True, capture_output=True, text=True)
    return {name: set(dates) for name, dates in json.loads(printed.stdout).items()}


def ours() -> set[str]:
    command = ["cargo", "run", "--quiet", "--package", "rules", "--example", "holidays"]
    printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return {line.split(" ", 1)[0] for line in printed.stdout.splitlines()}


def main() -> int:
    dates = ours()
    different = 0
    for name, expected in oracles().items():
        differences = sorted(dates ^ expected)
        for date in differences:
            print(f"{date}: {'only ours' if date in dates else f'only {name}'}")
        different += len(differences)
        print(f"{name}: {len(expected)} dates from {FIRST} to {LAST}, {len(differences)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
