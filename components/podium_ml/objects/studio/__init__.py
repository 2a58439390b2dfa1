"""How the web studio shows objects in pictures."""
