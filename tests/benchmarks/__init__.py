"""Figures, as ratios side by side in one run: `make bench`. Never part of the test suite."""
