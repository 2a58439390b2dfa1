"""Tests of webhook notifications, against a real HTTP server."""

import json

import pytest
from pytest_httpserver import URI_DEFAULT
from werkzeug import Response

from podium_components.notices import notify_decision, notify_end, notify_unchanged
from podium_ml.run.notification import URL_VARIABLE, notify


@pytest.fixture
def webhook(httpserver, monkeypatch):
    """Start a server; return the list of status codes to answer with and the list of received requests."""
    answers, got = [], []

    def answer(request):
        address, headers = request.environ["REQUEST_URI"], request.headers
        got.append((address, headers["Content-Type"], json.loads(request.data)))
        elsewhere = {"Location": "http://127.0.0.1:9/elsewhere"}
        return Response(status=answers.pop(0) if answers else 200, headers=elsewhere)

    httpserver.expect_request(URI_DEFAULT, method="POST").respond_with_handler(answer)
    monkeypatch.setenv(URL_VARIABLE, httpserver.url_for("/hook/s3cret"))
    return answers, got


def post(wish="always", occasion="failure", **content):
    return notify(wish, occasion, {"text": "hello", **content}, sleep=lambda _: None)


def test_notification_is_posted_as_json(webhook):
    assert post(run="churn") == ""
    assert webhook[1] == [("/hook/s3cret", "application/json", {"text": "hello", "run": "churn"})]


@pytest.mark.parametrize(
    ("wish", "heard"),
    [("", []), ("failure", ["failure"]), ("decision", ["decision"]),
     ("always", ["failure", "decision", "unchanged"])],
)  # fmt: skip
def test_only_requested_occasions_are_sent(webhook, wish, heard):
    for occasion in ("failure", "decision", "unchanged"):
        post(wish, occasion, kind=occasion)
    assert [body["kind"] for _, _, body in webhook[1]] == heard


def test_only_transient_failures_are_retried(webhook, capsys):
    answers, got = webhook
    answers += [503, 429]
    assert post() == ""
    assert len(got) == 3
    answers += [500, 500, 500]
    assert "status 500" in post()
    assert len(got) == 6
    for code in (404, 307):  # a redirect would send the notification to another host
        answers += [code]
        assert f"status {code}" in post()
    assert len(got) == 8
    assert "s3cret" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "address",
    ["", "file:///etc/passwd", "ftp://host/x", "nonsense", "https://[", "http://127.0.0.1:9/s3cret"],
)
def test_failing_webhook_raises_nothing(monkeypatch, capsys, address):
    monkeypatch.setenv(URL_VARIABLE, address)
    assert post()
    assert "s3cret" not in capsys.readouterr().out


def test_notification_contents(webhook):
    notify_unchanged("churn/7", notify="always", name="churn")
    notify_end(notify="failure", name="churn", state="FAILED", failed="ingest-data", message="No such file.")
    for state in ("SUCCEEDED", "COMPLETE", "RUNNING"):
        notify_end(notify="always", name="churn", state=state, failed="", message="")
    decision = {"outcome": "promoted", "reason": "Better.", "low": 0.01}
    facts = {"decision": decision, "scores": {"roc_auc": 0.9}}
    notify_decision(facts, notify="decision", name="churn", report="s3://bucket/report.html")
    unchanged, failed, decided = (body for _, _, body in webhook[1])
    assert unchanged["status"] == "unchanged"
    assert failed["text"] == "churn: the run failed at ingest-data. No such file."
    assert failed["failed_task"] == "ingest-data"
    assert decided["text"] == "churn: promoted. Better.\nDetails: s3://bucket/report.html"
    assert (decided["decision"], decided["scores"]) == (decision, {"roc_auc": 0.9})
    assert decided["report"] == "s3://bucket/report.html"


def test_decision_shows_the_best_models_and_a_link(webhook):
    best = [
        {"model": "LightGBM", "metric": "AUC", "score": 0.91234, "chosen": False},
        {"model": "Ridge", "metric": "AUC", "score": 0.9, "chosen": True},
        {"model": "Baseline", "metric": "AUC", "score": None, "chosen": False},
    ]
    server = {"uri": "https://me:s3cret@mlflow.example.com", "experiment": "4", "run_id": "a1"}
    facts = {"decision": {"outcome": "held", "reason": "No better."}, "best": best, **server}
    notify_decision(facts, notify="always", name="churn", report="s3://bucket/report.html")
    [(_, _, body)] = webhook[1]
    assert body["text"].splitlines() == [
        "churn: held. No better.",
        "1. LightGBM: AUC 0.9123",
        "2. Ridge: AUC 0.9 (chosen)",
        "Details: https://mlflow.example.com/#/experiments/4/runs/a1",
    ]
    assert body["leaderboard"] == best
    assert "s3cret" not in str(body)
