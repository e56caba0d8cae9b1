"""One exam for all that claim a port."""
