"""``python -m podium`` is the command ``podium``, of this interpreter's own packages."""

from podium.main import main

main()
