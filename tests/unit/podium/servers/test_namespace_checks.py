"""Tests of what ``podium doctor`` says about the namespace of the runs and the accounts there."""

import json
import re
from pathlib import Path

import pytest
import yaml
from werkzeug import Request, Response

from podium.pipelines.secrets import SECRETS, STORE
from podium.servers.connections import Connections
from podium.servers.namespace_checks import check_account_of_runs, check_namespace, check_own_account
from podium.servers.rights import ALL_SECRETS, EVERYTHING, EXCESSIVE, NEEDED, REVIEWS, Right

TEAM, ACCOUNT = "team-a", "podium-runner"
TASKS = {"matchExpressions": [{"key": "podium.run/task", "operator": "Exists"}]}


SOME_TASKS = {"matchExpressions": [{"key": "podium.run/task", "operator": "In", "values": ["publish-run"]}]}
FROM, TO = (f"a NetworkPolicy for connections {word} the pods of runs" for word in ("from", "to"))


def policy(selector, *peers, name="podium-runs", sides=("Ingress", "Egress"), callers=()):
    """Return a network policy that lets pods reach some peers, and callers reach them; with ``None`` everything."""
    spec = {"podSelector": selector, "policyTypes": list(sides)}
    for side, word, given in (("egress", "to", peers), ("ingress", "from", callers)):
        spec[side] = [] if not given else [{word: [one for one in given if one is not None]}]
    return {"metadata": {"name": name}, "spec": spec}


class Server:
    """Kubernetes as one user sees it.

    Attributes:
        objects: The answer by path below the namespace; a number is a status.
        granted: The rights of each account; ``you`` are the user, with those in all namespaces in ``you everywhere``.
    """

    def __init__(self):
        store = {"metadata": {"name": STORE}, "data": dict.fromkeys(SECRETS[STORE], "eA==")}
        self.objects = {
            f"serviceaccounts/{ACCOUNT}": {"metadata": {"name": ACCOUNT}},
            "configmaps/podium-servers": {"metadata": {"name": "podium-servers"}, "data": {}},
            f"secrets/{STORE}": store,
            "networkpolicies": {"items": [policy(TASKS)]},
            "resourcequotas": {"items": [{"metadata": {"name": "podium-runs"}}]},
            "limitranges": {"items": [{"metadata": {"name": "podium-runs"}, "spec": {"limits": []}}]},
        }
        self.granted = {"you": {REVIEWS}, "you everywhere": set(), ACCOUNT: set(NEEDED)}
        self.namespaces = set()

    def __call__(self, request: Request) -> Response:
        """Return the answer to a request."""
        if match := re.fullmatch(rf"/apis?/.*v1/namespaces/{TEAM}/([\w/-]+)", request.path):
            if match[1] == "localsubjectaccessreviews":
                return self.review(request.get_json()["spec"])
            found = self.objects.get(match[1], 404)
            return Response(status=found) if isinstance(found, int) else answer(found)
        if request.path.endswith("/selfsubjectaccessreviews"):
            return self.review(request.get_json()["spec"])
        return Response("{}", 404)

    def review(self, spec):
        asked = spec["resourceAttributes"]
        resource = "/".join(filter(None, (asked["resource"], asked.get("subresource"))))
        right = Right(asked["verb"], resource, asked.get("group", ""), asked.get("name", ""))
        user = spec.get("user", "you").rpartition(":")[2]
        if user == "you" and not asked.get("namespace"):
            user = "you everywhere"
        return answer({"spec": spec, "status": {"allowed": right in self.granted[user]}})


def answer(content):
    return Response(json.dumps(content), content_type="application/json")


@pytest.fixture
def server(cluster, httpserver, monkeypatch):
    """Return the server of the namespace of a team in which all is well."""
    made = Server()
    httpserver.clear()
    httpserver.expect_request(re.compile(".*")).respond_with_handler(made)
    monkeypatch.setenv("PODIUM_NAMESPACE", TEAM)
    return made


def namespace():
    return check_namespace(Connections(), ACCOUNT)


def account(name=ACCOUNT):
    return check_account_of_runs(Connections(), name)


def test_namespace_as_deployed_is_well(server):
    assert (namespace().verdict, account().verdict) == ("ok", "ok")
    assert check_own_account(Connections()).verdict == "ok"


@pytest.mark.parametrize(
    ("path", "missing", "what"),
    [
        (f"serviceaccounts/{ACCOUNT}", 404, "the service account podium-runner"),
        ("configmaps/podium-servers", 404, "the ConfigMap podium-servers"),
        (f"secrets/{STORE}", 404, "the Secret podium-credentials"),
        ("networkpolicies", {"items": []}, f"{FROM}, {TO}"),
        ("networkpolicies", {"items": [policy({"matchLabels": {"app": "x"}})]}, f"{FROM}, {TO}"),
        ("networkpolicies", {"items": [policy(SOME_TASKS)]}, f"{FROM}, {TO}"),
        ("networkpolicies", {"items": [policy(TASKS, sides=["Egress"])]}, TO),
        ("networkpolicies", {"items": [policy(TASKS, sides=["Ingress"])]}, FROM),
        ("resourcequotas", {"items": []}, "a ResourceQuota"),
        ("limitranges", {"items": []}, "a LimitRange"),
    ],
)
def test_each_missing_object_is_named(server, path, missing, what):
    server.objects[path] = missing
    found = namespace()
    assert (found.verdict, found.seen) == ("wrong", f"team-a lacks {what}.")
    assert "make deploy" in found.remedy


def test_namespace_that_kubeflow_shares_needs_no_quota(server, monkeypatch):
    for path in ("resourcequotas", "limitranges"):
        server.objects[path] = {"items": []}
    monkeypatch.setenv("KFP_NAMESPACE", TEAM)
    assert namespace().verdict == "ok"


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("MLFLOW_TRACKING_PASSWORD", "podium-tracking"),
        ("PODIUM_WEBHOOK_URL", "podium-webhook"),
        ("MINIO_ROOT_PASSWORD", "another Secret"),
    ],
)
def test_secrets_that_every_pod_could_read_are_named_without_their_values(server, key, place):
    server.objects[f"secrets/{STORE}"]["data"][key] = "c2VjcmV0LXZhbHVl"
    found = namespace()
    assert found.verdict == "wrong"
    assert f"holds {key}, which every pod of a run can read and which belongs into {place}" in found.seen
    assert "c2VjcmV0" not in str(found)
    assert "secret-value" not in str(found)


@pytest.mark.parametrize(
    ("peer", "seen"),
    [
        (None, "reach everything"),
        ({"ipBlock": {"cidr": "0.0.0.0/0"}}, "169.254.169.254"),
        ({"ipBlock": {"cidr": "169.254.0.0/16"}}, "169.254.169.254"),
        ({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}, "169.254.169.254"),
        (
            {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}},
            "all private addresses in 10.0.0.0/8",
        ),
        ({"ipBlock": {"cidr": "192.168.0.0/16"}}, "all private addresses in 192.168.0.0/16"),
        ({"ipBlock": {"cidr": "::/0"}}, "all private addresses in fc00::/7"),
        ({"namespaceSelector": {}}, "every pod of the cluster"),
        ({"namespaceSelector": {}, "podSelector": {}}, "every pod of the cluster"),
    ],
)
def test_policies_that_are_too_wide_are_named(server, peer, seen):
    server.objects["networkpolicies"]["items"].append(policy(TASKS, peer, name="mine"))
    found = namespace()
    assert found.verdict == "wrong"
    assert "the NetworkPolicy mine lets pods of runs reach" in found.seen
    assert seen in found.seen


@pytest.mark.parametrize("caller", [None, {"namespaceSelector": {}}])
@pytest.mark.parametrize("selector", [TASKS, SOME_TASKS, {}])
def test_policies_that_let_others_in_are_named(server, caller, selector):
    server.objects["networkpolicies"]["items"].append(policy(selector, name="mine", callers=[caller]))
    found = namespace()
    assert found.verdict == "wrong"
    assert "the NetworkPolicy mine lets every pod of the cluster reach pods of runs" in found.seen


@pytest.mark.parametrize(
    "peer",
    [
        {
            "ipBlock": {
                "cidr": "0.0.0.0/0",
                "except": [
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                ],
            }
        },
        {"ipBlock": {"cidr": "2000::/3"}},
        {"ipBlock": {"cidr": "10.20.30.40/32"}},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
        {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}},
        {"podSelector": {}},
    ],
)
def test_policies_for_what_runs_need_are_well(server, peer):
    server.objects["networkpolicies"]["items"].append(policy(TASKS, peer, callers=[peer]))
    assert namespace().verdict == "ok"


def test_policies_of_the_manifests_are_well(server):
    folder = Path(__file__).parents[4] / "manifests"
    files = [
        *(folder / "base" / "runner" / "network").glob("*.yaml"),
        folder / "overlays/kind/runner/to-store.yaml",
    ]
    found = [one for file in files for one in yaml.safe_load_all(file.read_text())]
    server.objects["networkpolicies"]["items"] = [one for one in found if one["kind"] == "NetworkPolicy"]
    assert namespace().verdict == "ok"


def test_user_who_may_not_look_learns_that(server):
    server.objects = dict.fromkeys(server.objects, 403)
    assert namespace().verdict == "skipped"
    server.granted["you"].clear()
    found = account()
    assert found.verdict == "skipped"
    assert "localsubjectaccessreviews" in found.remedy


def test_what_a_user_may_not_read_is_not_called_missing(server):
    server.objects[f"secrets/{STORE}"] = server.objects["resourcequotas"] = 403
    assert namespace().verdict == "ok"


@pytest.mark.parametrize("right", NEEDED, ids=str)
def test_each_missing_right_of_runs_is_named(server, right):
    server.granted[ACCOUNT].remove(right)
    found = account()
    assert found.verdict == "wrong"
    assert f"it may not {right}" in found.seen
    assert "also" not in found.seen


@pytest.mark.parametrize("right", EXCESSIVE, ids=str)
def test_each_excessive_right_of_runs_is_named(server, right):
    server.granted[ACCOUNT].add(right)
    found = account()
    assert found.verdict == "wrong"
    assert f"it may also {right}" in found.seen


def test_account_of_kubeflow_is_advised_against(server):
    server.granted["pipeline-runner"] = {*NEEDED, *EXCESSIVE}
    found = account("pipeline-runner")
    assert found.verdict == "wrong"
    assert "PODIUM_SERVICE_ACCOUNT=podium-runner" in found.remedy


def test_user_who_reads_the_secrets_of_others_is_told(server):
    server.granted["you everywhere"].add(ALL_SECRETS)
    found = check_own_account(Connections())
    assert found.verdict == "wrong"
    assert "other teams" in found.seen
    server.granted["you everywhere"].add(EVERYTHING)
    found = check_own_account(Connections())
    assert found.verdict == "ok"
    assert "administers" in found.seen


def test_cluster_that_cannot_be_reached_is_skipped(server, monkeypatch, tmp_path):
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    for found in (namespace(), account(), check_own_account(Connections())):
        assert found.verdict == "skipped"
        assert "Kubernetes cannot be reached" in found.seen
