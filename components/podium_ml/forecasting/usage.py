"""How to use a forecaster, for the report."""

from podium_ml.contracts import Problem
from podium_ml.kinds import Usage


def usage_of(problem: Problem) -> Usage:
    """Return the commands and the Python code that forecast with a model of a problem."""
    assert problem.series is not None
    plan = " --future plan.csv" if problem.series.known else ""
    rows = ', future=pd.read_csv("plan.csv")' if plan else ""
    return Usage(
        commands=(
            (
                "Forecast from the end of the training data",
                f"podium forecast model.pkl{plan} --out forecasts.csv",
            ),
            ("Forecast from newer data", f"podium forecast model.pkl newer.csv{plan} --out forecasts.csv"),
            ("Score forecasts of newer data", "podium backtest model.pkl newer.csv"),
        ),
        python="\n".join(
            [
                "import pandas as pd",
                "import podium",
                "",
                'model = podium.Predictor.load("model.pkl")',
                f"model.predict({rows.removeprefix(', ')})  # series, times, forecast and quantiles",
                f'model.predict(pd.read_csv("newer.csv"){rows})',
            ]
        ),
        cells=(
            ("Forecast the next values of every series", f"model.predict({rows.removeprefix(', ')})"),
            (
                "Score what it would have forecast of the test rows, which it had not seen",
                "scored.backtest(rows).scores",
            ),
            (
                "What forecasts follow",
                'pd.read_csv(run.path / "importance.csv")',
            ),
        ),
    )
