"""What happens when something breaks: killed processes, races, servers that misbehave."""

from __future__ import annotations

import multiprocessing

FRESH = multiprocessing.get_context("forkserver")
"""Makes processes that do not share our connections and need not import everything again."""
FRESH.set_forkserver_preload(["tests.faults.killed", "tests.faults.test_races"])
