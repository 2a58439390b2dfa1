"""One file a system. Each runs in an environment of its own, which needs no Podium."""
