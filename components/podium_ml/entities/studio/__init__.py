"""How the web studio shows entities."""
