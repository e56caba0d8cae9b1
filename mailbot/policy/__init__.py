"""Policy: meaning, facts and rules become a decision. Pure."""
