"""The nouns: values that cannot be wrong. Standard library only, no clock, no I/O."""
