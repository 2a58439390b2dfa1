"""Champion and challenger: which registered model is the one in use, and whether a new one takes its place.

The alias ``champion`` of a registered model says which version is in use. A run looks it up once, at its start; it
moves as the very last act of a run that succeeded, if at all.
"""
