"""One file a system. Each runs as a script in an environment of its own, which needs no Podium."""
