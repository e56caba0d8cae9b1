"""The sections of rules.yaml, and how each becomes a part of Rules."""
