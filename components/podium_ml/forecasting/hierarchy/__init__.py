"""Series and their sums: totals of some columns of series, whose forecasts add up."""
