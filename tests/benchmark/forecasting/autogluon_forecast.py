"""Forecast with AutoGluon-TimeSeries; run by an interpreter that has ``autogluon.timeseries``, Podium is not needed.

Run as ``python autogluon_forecast.py TRAIN.csv OUT.csv FREQUENCY HORIZON SECONDS PRESETS``.
"""

import sys
import tempfile

import pandas as pd

# These need weights that are downloaded.
_DOWNLOADED = ["Chronos", "Chronos2", "Toto"]


def main() -> None:
    """Train on the rows of a file, and write the forecasts of all series."""
    from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

    source, out, frequency, horizon, seconds, presets = sys.argv[1:]
    table = pd.read_csv(source, parse_dates=["timestamp"])
    series = TimeSeriesDataFrame.from_data_frame(table)
    with tempfile.TemporaryDirectory() as folder:
        predictor = TimeSeriesPredictor(
            prediction_length=int(horizon),
            freq=frequency,
            target="target",
            eval_metric="MASE",
            path=folder,
            verbosity=0,
        )
        predictor.fit(series, presets=presets, time_limit=float(seconds), excluded_model_types=_DOWNLOADED)
        found = predictor.predict(series).reset_index()
    levels = {str(level / 10): f"q{level / 10:g}" for level in range(1, 10)}
    found.rename(columns={"mean": "forecast", **levels}).to_csv(out, index=False)


if __name__ == "__main__":
    main()
