"""mailbot: citizens' initiatives book rooms and equipment of their commune by plain mail."""

__version__ = "0.1.0"
