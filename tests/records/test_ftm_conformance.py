"""Our table of schemata against the installed followthemoney, in an environment of its own.

followthemoney needs ICU, so it is no dependency of Accord. Point ACCORD_FTM_PYTHON at the Python of an environment
that has it (`python -m venv ftm && ftm/bin/pip install followthemoney`), and this test holds the two side by side.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from accord.records.schemata import schemata

_DUMP = """
import json
from followthemoney import model
print(json.dumps({
    s.name: {
        "ancestors": sorted(s.names),
        "matchable": s.matchable,
        "edge": [s.source_prop.name, s.target_prop.name] if s.edge else None,
        "properties": {
            p.name: [p.type.name, p.range.name if p.range else None] for p in s.properties.values() if not p.stub
        },
    }
    for s in model.schemata.values()
}))
"""
_ADDED = {"Firearm", "CulturalObject", "Precursor", "ExplosiveDevice", "Seizure", "Incident", "Operation", "Sale"} | {
    "Custody",
    "Notice",
    "Activity",
    "Training",
}


def test_our_table_says_what_followthemoney_says() -> None:
    python = os.environ.get("ACCORD_FTM_PYTHON")
    if not python or not Path(python).exists():
        pytest.skip("no environment with followthemoney: set ACCORD_FTM_PYTHON to its Python")
    theirs = json.loads(subprocess.run([python, "-c", _DUMP], capture_output=True, check=True, text=True).stdout)
    ours = {
        one.name: {
            "ancestors": sorted(one.ancestors),
            "matchable": one.matchable,
            "edge": list(one.edge) if one.edge else None,
            "properties": {prop.name: [prop.type, prop.range] for prop in one.properties.values()},
        }
        for one in schemata().values()
    }
    assert set(ours) == set(theirs) | _ADDED
    for name, expected in theirs.items():
        assert ours[name] == expected, name
