"""The kind of problem "forecasting": future values of many series."""
