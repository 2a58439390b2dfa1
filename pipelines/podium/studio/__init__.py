"""The web studio: the whole of Podium without code, on this machine.

It holds no state of its own. Runs are folders, drafts of runs are files beside them, and whatever reads data or models
is a command of ``podium`` in a process of its own.
"""
