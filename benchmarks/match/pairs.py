"""F1 at the default threshold, best F1 and recall at precision >= .95 on the labelled pairs, beside the peers.

    python benchmarks/match/peers.py && python benchmarks/match/pairs.py [--save] [FOLDER]

FOLDER holds the pair sets (default: ../shared/data/match/pairs). `--save` freezes our figures in baseline.json; without
it the difference from the frozen ones is printed. The default thresholds: ours; logic-v2's customary 0.7; the naive
script's 0.85. logic-v2 is left out, and that is said, when the peers' environment is not there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import naive
import numpy as np
import peers

from accord.match import DEFAULT_THRESHOLD, score_pairs
from accord.match.evaluate import Figures, evaluate
from accord.records import Entity

HERE = Path(__file__).parent
SETS = ("crosslist", "cyrillic_eu", "hebrew_wikidata", "name_cases")
LOGIC_DEFAULT = 0.7
BASELINE = HERE / "baseline.json"


def ours(lines: list[dict]) -> tuple[list[float], float]:
    """Scores and seconds; ids are hidden, because they tell the truth in places."""
    entities = [
        tuple(Entity.from_dict({**line[side], "id": f"{number}-{side}"}) for side in ("left", "right"))
        for number, line in enumerate(lines)
    ]
    start = time.perf_counter()
    return score_pairs(entities), time.perf_counter() - start


def script(lines: list[dict]) -> tuple[list[float], float]:
    start = time.perf_counter()
    scores = [naive.score(naive.names(line["left"]), naive.names(line["right"])) / 100 for line in lines]
    return scores, time.perf_counter() - start


def logic(file: Path) -> tuple[list[float], float] | None:
    if not peers.python().exists():
        return None
    command = [str(peers.python()), str(HERE / "nk.py"), "pairs", str(file)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found["scores"], found["seconds"]


def row(name: str, matcher: str, figures: Figures, speed: float) -> str:
    values = (figures.counts.f1, figures.best_f1, figures.recall_at_p95)
    cells = " | ".join("–" if value is None else f"{value:.3f}" for value in values)
    return f"| {name} | {matcher} ({figures.threshold:g}) | {cells} | {figures.calibration_error:.3f} | {speed:,.0f} |"


def main(arguments: list[str]) -> None:
    folders = [Path(given) for given in arguments if not given.startswith("-")]
    folder = folders[0] if folders else HERE.parents[2] / "shared" / "data" / "match" / "pairs"
    print(
        "| pairs | matcher (default threshold) | F1 there | best F1 | recall at precision ≥ .95 | calibration error | pairs/s |"
    )
    print("|---|---|---|---|---|---|---|")
    seen: dict[str, dict[str, float | None]] = {}
    for name in SETS:
        file = folder / f"{name}.jsonl"
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        truth = np.array([line["judgement"] == "positive" for line in lines])
        runs = [("Accord", DEFAULT_THRESHOLD, ours(lines)), ("naive script", naive.THRESHOLD / 100, script(lines))]
        if peer := logic(file):
            runs.insert(1, ("logic-v2", LOGIC_DEFAULT, peer))
        for matcher, threshold, (scores, seconds) in runs:
            figures = evaluate(np.array(scores), truth, threshold)
            print(row(name, matcher, figures, len(lines) / seconds), flush=True)
            if matcher == "Accord":
                seen[name] = {
                    "f1": figures.counts.f1,
                    "best_f1": figures.best_f1,
                    "recall_at_p95": figures.recall_at_p95,
                    "calibration_error": figures.calibration_error,
                }
    if not peers.python().exists():
        print("\nlogic-v2 is missing: build its environment with benchmarks/match/peers.py")
    if "--save" in arguments:
        BASELINE.write_text(json.dumps(seen, indent=2) + "\n", "utf-8")
    elif BASELINE.exists():
        compare(json.loads(BASELINE.read_text("utf-8")), seen)


def compare(frozen: dict, seen: dict) -> None:
    """Print what moved since the frozen figures."""
    moved = [
        f"* {name} {figure}: {frozen[name][figure]:.3f} → {value:.3f}"
        for name, figures in seen.items()
        for figure, value in figures.items()
        if name in frozen and abs(value - frozen[name][figure]) >= 0.0005
    ]
    print("\nSince baseline.json: " + ("nothing moved." if not moved else "\n" + "\n".join(moved)))


if __name__ == "__main__":
    main(sys.argv[1:])
