"""Replies: the notices of a decision become letters and calendar files."""
