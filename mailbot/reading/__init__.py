"""Reading: a letter becomes a meaning. Pure; never the database, never the clock."""
