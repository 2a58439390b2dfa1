"""A view that asks `podium predict` about one row, whose columns do not matter."""

import json

from podium_ml.kinds import View, write_row


class ToyView(View):
    def commands(self, question):
        row = write_row(
            {one.name: question.form["guess"] for one in question.inputs}, question.work / "row.csv"
        )
        return [["predict", "--out", str(question.work / self.result), "--", question.model, str(row)]]

    def shown(self, run, problem):
        return json.loads((run / "metrics.json").read_text())["model"]


VIEW = ToyView()
