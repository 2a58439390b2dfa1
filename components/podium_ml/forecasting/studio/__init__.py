"""How the web studio shows forecasts."""
