"""Attacks on pages and chats that show texts from data."""

import pytest

from podium_ml.run import notification
from podium_ml.values.markup import escape_chat, escape_markdown


def test_markdown_is_shown_as_it_is():
    assert escape_markdown("<img src=x> [a](javascript:b) `c` | _d_") == (
        "&lt;img src=x&gt; \\[a\\](javascript:b) \\`c\\` \\| \\_d\\_"
    )


@pytest.mark.parametrize(
    "attack",
    ["<!channel>", "<https://stranger.example|your report>", "@channel", "@Everyone", "![a](http://b)"],
)
def test_chat_messages_call_nobody_and_hide_no_link(attack):
    shown = escape_chat(f"churn: {attack}")
    assert not any(part in shown for part in ("<", "@channel", "@Everyone", "]("))
    assert shown.startswith("churn: ")


def test_links_and_numbers_stay():
    text = "1. LightGBM: AUC 0.91 (chosen)\nDetails: https://mlflow.example.com/#/experiments/1/runs/a_b"
    assert escape_chat(text) == text


def test_webhook_gets_the_escaped_text(monkeypatch):
    posted = []
    monkeypatch.setenv("PODIUM_WEBHOOK_URL", "https://hooks.example.com/x")
    monkeypatch.setattr(notification, "_post", lambda url, content, sleep: posted.append(content) or "")
    notification.notify("always", "failure", {"text": "<!channel> failed", "run": "churn"})
    assert posted == [{"text": "&lt;!channel&gt; failed", "run": "churn"}]
