"""What a fitted forecaster does with a user's rows: newer history, plans, and the table of forecasts."""
