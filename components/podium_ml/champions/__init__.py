"""Champion and challenger: which version of a registered model is in use, and whether a new one replaces it.

The alias ``champion`` of a registered model marks the version in use. A run looks the alias up once, at the start. If a
run moves the alias, this is the last thing that it does.
"""
