"""What happens when something breaks: killed processes, races, servers that misbehave."""
