"""Tests of what ``podium doctor`` says about the keys of models."""

import base64

import pytest

from podium.servers import doctor, signing_checks
from podium.servers.connections import Connections
from podium_ml.champions.keys import SIGNING_VARIABLE, TRUSTED_VARIABLE, new_key, public_half, trust

PRIVATE = new_key()
PUBLIC, OTHER = public_half(PRIVATE), public_half(new_key())


class _Api:
    """A cluster with a ConfigMap and a Secret; a number is the status of the server's refusal."""

    def __init__(self, trusted, private):
        self.trusted, self.private = trusted, private

    def read_namespaced_config_map(self, name, namespace, **_):
        assert (name, namespace) == ("podium-servers", "kubeflow")
        return _Object({TRUSTED_VARIABLE: _given(self.trusted)})

    def read_namespaced_secret(self, name, namespace, **_):
        assert (name, namespace) == ("podium-signing-key", "kubeflow")
        return _Object({SIGNING_VARIABLE: base64.b64encode(_given(self.private).encode()).decode()})


class _Object:
    def __init__(self, data):
        self.data = data


def _given(value):
    from kubernetes.client.exceptions import ApiException

    if isinstance(value, int):
        raise ApiException(status=value, reason="No")
    return value


@pytest.fixture
def found(monkeypatch, tmp_path):
    """Return a function that checks a cluster from a machine that trusts the key of its runs."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("KFP_NAMESPACE", "kubeflow")
    for name in ("PODIUM_NAMESPACE", SIGNING_VARIABLE, TRUSTED_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    trust(PUBLIC)

    def check(trusted, private):
        monkeypatch.setattr(signing_checks, "core_api", lambda _: _Api(trusted, private))
        servers = doctor._Servers(Connections())
        return doctor._check(
            "signing keys", lambda known: signing_checks.check_signing_keys(known.connections), servers
        )

    return check


@pytest.mark.parametrize(
    ("trusted", "private", "verdict", "words"),
    [
        (f"{OTHER},{PUBLIC}", PRIVATE, "ok", "a key that they trust."),
        ("any", PRIVATE, "ok", "a key that they trust."),
        (PUBLIC, 403, "ok", "Runs trust 1 key; you may not see"),
        ("any", 403, "ok", "Runs trust models without a signature"),
        (
            OTHER,
            PRIVATE,
            "wrong",
            f"the key {PUBLIC}, which PODIUM_TRUSTED_KEYS of podium-servers does not name",
        ),
        (404, PRIVATE, "wrong", "does not name"),
        (PUBLIC, 404, "wrong", "Runs do not sign the models"),
        (PUBLIC, "", "wrong", "There is no key in the Secret podium-signing-key"),
        ("short", PRIVATE, "wrong", "There is no key in the ConfigMap podium-servers"),
        (403, PRIVATE, "skipped", "You may not read the ConfigMap"),
        (500, PRIVATE, "skipped", "Kubernetes returned 500"),
    ],
    ids=map(str, range(11)),  # the keys are new in every process
)
def test_keys_of_runs(found, trusted, private, verdict, words):
    one = found(trusted, private)
    assert one.verdict == verdict
    assert words in one.seen
    assert PRIVATE not in f"{one}"


def test_machine_that_does_not_trust_the_runs(found, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    one = found(PUBLIC, PRIVATE)
    assert one.verdict == "ok"
    assert one.remedy.endswith(f"podium keys --trust {PUBLIC}")


def test_key_that_others_may_read(found, tmp_path):
    key = tmp_path / "podium" / "signing-key"
    key.write_text(PRIVATE)
    key.chmod(0o644)
    one = found(PUBLIC, PRIVATE)
    assert one.verdict == "wrong"
    assert "Others may read" in one.seen
    assert "chmod 600" in one.remedy
