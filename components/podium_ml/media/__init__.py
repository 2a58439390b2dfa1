"""Pictures as they come from users: finding, decoding and packing them, in training and prediction alike.

Nothing here knows a kind of problem. A *packed* picture is a small PNG of upright RGB pixels that says what its
original was like; the rest of the library sees packed pictures alone.
"""
