"""Mail: the only sockets."""
