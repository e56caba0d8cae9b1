"""Read every mail of the corpus and print how many meanings are right, by language, and each wrong case with its
derivation.

    python -m tests.corpus [SET …] [--quiet]      SET is a file of tests/corpus/mails without .jsonl (all if none)

Of sets named held-* only the table is printed: they are set aside and not looked at.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from mailbot.app import COLLECTED_FROM
from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import prepare, read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, SETS, Case, build, load
from tests.corpus.score import Form, is_exact, is_harmful, score, table


def understood(case: Case) -> tuple[Meaning, float]:
    """Return what is read in a case, and the seconds of processor time from the parsed letter to the meaning."""
    raw = build(case)
    letter = parse(raw, datetime.fromisoformat(case["date"]).astimezone(UTC), own=frozenset({MAILBOX}))
    before = process_time()
    meaning = read(letter, NO_CONTEXT, COMMUNE, load_all())
    return meaning, process_time() - before


def derivation(case: Case, meaning: Meaning, predicted: Form) -> str:
    gold = case["gold"]
    mark = "HARMFUL" if is_harmful(predicted, gold) else "wrong"
    lines = [f"{case['id']} {mark}", f"  gold {json.dumps(gold, ensure_ascii=False)}"]
    lines.append(f"  read {json.dumps({key: predicted.get(key) for key in gold}, ensure_ascii=False)}")
    lines += [f"       {step.part}: {step.words!r} → {step.reading}" for step in meaning.evidence]
    return "\n".join(lines)


def report(path: Path, quiet: bool) -> None:
    cases = list(load(path))
    predictions: dict[str, Form] = {}
    read_back = harmful = 0
    seconds: list[float] = []
    for case in cases:
        meaning, took = understood(case)
        seconds.append(took)
        predicted = meaning.to_json()
        predictions[case["id"]] = predicted
        harms = is_harmful(predicted, case["gold"])
        harmful, read_back = harmful + harms, read_back + (harms and bool(meaning.doubts))
        if not quiet and not path.stem.startswith("held") and not is_exact(predicted, case["gold"]):
            print(derivation(case, meaning, predicted))  # noqa: T201
    milliseconds = sorted(1000 * one for one in seconds)
    slowest = milliseconds[min(len(milliseconds) - 1, round(0.99 * len(milliseconds)))]
    print(f"\n{path.stem}\n{table(score(cases, predictions))}")  # noqa: T201
    print(f"of {harmful} harmful, {read_back} are read back before they are booked")  # noqa: T201
    median = statistics.median(milliseconds)
    print(f"own words to meaning, of a processor: median {median:.1f} ms, 99th percentile {slowest:.1f} ms")  # noqa: T201


def main(arguments: list[str]) -> int:
    names = [one for one in arguments if not one.startswith("--")]
    prepare(COMMUNE, load_all())  # as the daemon does when it starts
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_FROM)
    paths = [SETS / f"{name}.jsonl" for name in names] or sorted(SETS.glob("*.jsonl"))
    for path in paths:
        report(path, "--quiet" in arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
