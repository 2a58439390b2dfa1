"""Tests of the manifests of the web studio."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MANIFESTS, Object, build

FOLDER = Path("components") / "studio"


@pytest.fixture(scope="module")
def studio(kustomize: list[str], copy: Path) -> list[Object]:
    return build(kustomize, copy / FOLDER)


def one(objects: list[Object], kind: str, name: str = "studio") -> Object:
    (found,) = (o for o in objects if o["kind"] == kind and o["metadata"]["name"].startswith(name))
    return found


def test_only_the_gateway_reaches_it(studio: list[Object]) -> None:
    assert one(studio, "PeerAuthentication")["spec"]["mtls"]["mode"] == "STRICT"
    (rule,) = one(studio, "AuthorizationPolicy")["spec"]["rules"]
    principals = rule["from"][0]["source"]["principals"]
    settings = one(studio, "ConfigMap")["data"]
    assert [f"spiffe://{name}" for name in principals] == [settings["PODIUM_STUDIO_GATEWAY"]]
    (ingress,) = one(studio, "NetworkPolicy")["spec"]["ingress"]
    assert ingress["from"][0]["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "istio-system"
    }


def test_account_may_only_ask_what_users_may_do(studio: list[Object]) -> None:
    assert one(studio, "ClusterRole", "podium-studio")["rules"] == [
        {"apiGroups": ["authorization.k8s.io"], "resources": ["subjectaccessreviews"], "verbs": ["create"]}
    ]
    (rule,) = one(studio, "AuthorizationPolicy", "ml-pipeline")["spec"]["rules"]
    assert rule["from"][0]["source"]["principals"] == ["cluster.local/ns/podium-studio/sa/studio"]


def test_path_is_the_same_everywhere(studio: list[Object]) -> None:
    container = one(studio, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert "--prefix=/podium" in container["args"]
    assert "--cluster" in container["args"]
    (route,) = one(studio, "VirtualService")["spec"]["http"]
    assert route["match"] == [{"uri": {"prefix": "/podium/"}}]
    assert container["readinessProbe"]["httpGet"]["path"] == "/podium/healthz"


def test_pod_is_restricted(studio: list[Object]) -> None:
    pod = one(studio, "Deployment")["spec"]["template"]["spec"]
    context = pod["containers"][0]["securityContext"]
    assert context["readOnlyRootFilesystem"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert pod["securityContext"]["runAsNonRoot"]
    labels = one(studio, "Namespace", "podium-studio")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_menu_of_the_dashboard_keeps_its_entries(tmp_path: Path) -> None:
    links = {"menuLinks": [{"type": "item", "link": "/jupyter/", "text": "Notebooks"}], "externalLinks": []}
    (tmp_path / "map.json").write_text(json.dumps({"data": {"links": json.dumps(links)}}))
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\nfolder = pathlib.Path({str(tmp_path)!r})\n"
        "if 'get' in sys.argv:\n    print((folder / 'map.json').read_text())\n"
        "else:\n    (folder / 'patch').write_text(sys.argv[-1])\n"
    )
    kubectl.chmod(0o755)
    for _ in range(2):
        subprocess.run([sys.executable, MANIFESTS / FOLDER / "add-to-dashboard", kubectl], check=True)
        patch = json.loads((tmp_path / "patch").read_text())
        menu = json.loads(patch["data"]["links"])["menuLinks"]
        assert [entry["link"] for entry in menu] == ["/jupyter/", "/podium/"]
        (tmp_path / "map.json").write_text(json.dumps({"data": patch["data"]}))
