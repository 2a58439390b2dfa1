"""Attacks on the studio of a cluster, with the honest use beside them."""

import pytest
from starlette.testclient import TestClient

from podium.studio.cluster.access import Access
from podium.studio.cluster.app import ClusterStudio
from podium.studio.cluster.gateway import Gateway
from podium_ml.errors import PodiumError

GATEWAY = "spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"
HOST = "https://kubeflow.example.com"
CERTIFICATE = f'By=spiffe://cluster.local/ns/podium/sa/studio;Hash=1a;Subject="";URI={GATEWAY}'
ALICE = {"kubeflow-userid": "alice@example.com", "x-forwarded-client-cert": CERTIFICATE}
# Who may do what where.
RIGHTS = {
    ("alice@example.com", "team-a"): {"list runs", "create runs", "terminate runs"},
    ("bob@example.com", "team-a"): {"list runs"},
    ("bob@example.com", "team-b"): {"list runs", "create runs"},
}


@pytest.fixture
def asked():
    """Return the questions to the cluster so far."""
    return []


@pytest.fixture
def app(tmp_path, asked):
    def ask(user, right, namespace):
        asked.append((user, str(right), namespace))
        if namespace == "down":
            raise PodiumError("The cluster cannot be reached.")
        return str(right) in RIGHTS.get((user, namespace), set())

    hosts = {"kubeflow.example.com"}
    return ClusterStudio(
        tmp_path, gateway=Gateway(GATEWAY), access=Access(ask), hosts=hosts, prefix="/podium"
    )


@pytest.fixture
def browser(app):
    """Return a browser whose requests reach the studio through the proxy in its pod."""
    return TestClient(app, base_url=HOST, follow_redirects=False, client=("127.0.0.6", 50000))


def bob():
    return {**ALICE, "kubeflow-userid": "bob@example.com"}


def test_dashboard_leads_to_its_namespace(browser):
    assert browser.get("/podium/?ns=team-a", headers=ALICE).headers["location"] == "/podium/ns/team-a/"
    assert "Choose a namespace" in browser.get("/podium/", headers=ALICE).text
    page = browser.get("/podium/ns/team-a/", headers=ALICE)
    assert page.status_code == 200
    assert 'href="/podium/ns/team-a/new"' in page.text
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"kubeflow-userid": "alice@example.com"},
        {"x-forwarded-client-cert": CERTIFICATE},
        {
            **ALICE,
            "x-forwarded-client-cert": CERTIFICATE.replace(GATEWAY, "spiffe://cluster.local/ns/x/sa/y"),
        },
        {**ALICE, "x-forwarded-client-cert": f"{CERTIFICATE},By=a;URI=spiffe://cluster.local/ns/x/sa/y"},
        {
            **ALICE,
            "x-forwarded-client-cert": f'By=a;Subject="URI={GATEWAY}";URI=spiffe://cluster.local/ns/x/sa/y',
        },
        {**ALICE, "x-forwarded-client-cert": f"By={GATEWAY};Hash=1"},
        {**ALICE, "x-forwarded-client-cert": f"URI={GATEWAY}x"},
        {**ALICE, "kubeflow-userid": "alice@example.com,bob@example.com"},
        {**ALICE, "kubeflow-userid": ""},
    ],
)
def test_claims_about_users_do_not_count_by_themselves(browser, asked, headers):
    assert browser.get("/podium/ns/team-a/", headers=headers).status_code == 401
    assert not asked


def test_two_names_of_users_are_none(browser):
    headers = [*ALICE.items(), ("kubeflow-userid", "bob@example.com")]
    assert browser.get("/podium/ns/team-a/", headers=headers).status_code == 401


def test_requests_past_the_proxy_are_nobodys(app):
    other = TestClient(app, base_url=HOST, client=("10.1.2.3", 50000))
    assert other.get("/podium/ns/team-a/", headers=ALICE).status_code == 401


def test_header_is_ignored_unless_a_gateway_is_named(tmp_path):
    studio = ClusterStudio(
        tmp_path, gateway=Gateway(""), access=Access(lambda *_: True), hosts={"kubeflow.example.com"}
    )
    browser = TestClient(studio, base_url=HOST, client=("127.0.0.6", 1))
    assert browser.get("/ns/team-a/", headers={**ALICE, "x-forwarded-client-cert": "URI="}).status_code == 401


def test_laptop_ignores_the_header(workplace, keys):
    from podium.studio.app import make_app

    browser = TestClient(make_app(workplace, keys), base_url="http://127.0.0.1:8765")
    assert browser.get("/", headers=ALICE).status_code == 401


def test_each_namespace_is_asked_about(browser, asked):
    assert browser.get("/podium/ns/team-b/", headers=ALICE).status_code == 403
    assert browser.get("/podium/ns/team-b/", headers=bob()).status_code == 200
    assert asked == [
        ("alice@example.com", "list runs", "team-b"),
        ("bob@example.com", "list runs", "team-b"),
    ]


def test_answer_that_cannot_be_had_is_no(browser):
    assert browser.get("/podium/ns/down/", headers=ALICE).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/podium/ns/../ns/team-b/", "/podium/ns/%2e%2e/", "/podium/ns/TEAM/", "/podium/ns/a.b/", "/ns/team-a/"],
)
def test_odd_namespaces_are_no_pages(browser, path):
    assert browser.get(path, headers=ALICE).status_code in (403, 404)


def key_of(page):
    return page.text.split('name="csrf" value="')[1].split('"')[0]


def test_each_verb_is_asked_about(browser, asked):
    key = key_of(browser.get("/podium/ns/team-a/new", headers=bob()))
    form = {"csrf": key, "kind": "tabular"}
    assert browser.post("/podium/ns/team-a/new", data=form, headers=bob()).status_code == 403
    assert asked[-1] == ("bob@example.com", "create runs", "team-a")
    key = key_of(browser.get("/podium/ns/team-a/new", headers=ALICE))
    made = browser.post("/podium/ns/team-a/new", data={"csrf": key, "kind": "tabular"}, headers=ALICE)
    assert made.status_code == 303
    where = made.headers["location"].removesuffix("/data")
    answer = browser.post(f"{where}/schedule", data={"csrf": key, "cron": "0 6 * * 1"}, headers=ALICE)
    assert answer.status_code == 403
    assert asked[-1] == ("alice@example.com", "create jobs", "team-a")
    form = {"csrf": key, "action": "delete", "schedule": "churn"}
    assert browser.post("/podium/ns/team-a/servers", data=form, headers=ALICE).status_code == 403
    assert asked[-1] == ("alice@example.com", "delete jobs", "team-a")


def test_form_of_one_user_is_not_good_for_another(browser):
    key = key_of(browser.get("/podium/ns/team-b/new", headers=bob()))
    form = {"csrf": key, "kind": "tabular"}
    assert browser.post("/podium/ns/team-a/new", data=form, headers=ALICE).status_code == 403


def test_drafts_of_one_user_are_not_shown_to_another(browser):
    key = key_of(browser.get("/podium/ns/team-a/new", headers=ALICE))
    form = {"csrf": key, "kind": "tabular"}
    draft = browser.post("/podium/ns/team-a/new", data=form, headers=ALICE).headers["location"]
    assert browser.get(draft, headers=ALICE).status_code == 200
    assert browser.get(draft, headers=bob()).status_code == 404


def test_changes_from_other_sites_and_names_are_refused(browser):
    headers = {**ALICE, "sec-fetch-site": "cross-site"}
    assert browser.post("/podium/ns/team-a/new", headers=headers).status_code == 403
    assert browser.get("/podium/ns/team-a/", headers={**ALICE, "host": "evil.example.com"}).status_code == 421


def test_probe_needs_no_user(browser):
    assert browser.get("/podium/healthz", headers={"host": "10.0.0.7:8765"}).text == "ok"


def test_commands_carry_the_user_and_are_confined(app, tmp_path):
    studio = app._studio("alice@example.com", "team-a")
    variables = studio.children._environment
    assert variables["PODIUM_KUBEFLOW_USER"] == "alice@example.com"
    assert variables["PODIUM_NAMESPACE"] == variables["PODIUM_STUDIO_NAMESPACE"] == "team-a"
    assert variables["PODIUM_ALLOWED_FOLDERS"].startswith(str(tmp_path / "team-a"))


@pytest.mark.parametrize(
    "source",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:8765/",
        "http://10.0.0.1/rows.csv",
        "http://[::1]/rows.csv",
        "http://2130706433/rows.csv",
        "http://localtest.me/rows.csv",
        "postgresql://kubernetes.default.svc/x",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "file:///proc/self/environ",
    ],
)
def test_private_addresses_and_files_are_not_read(browser, source):
    key = key_of(browser.get("/podium/ns/team-a/new", headers=ALICE))
    form = {"csrf": key, "kind": "tabular"}
    data = browser.post("/podium/ns/team-a/new", data=form, headers=ALICE).headers["location"]
    browser.post(data, data={"csrf": key, "source": source, "reader.query": "select 1"}, headers=ALICE)
    page = browser.get(data, headers=ALICE).text
    assert "First rows" not in page
    assert 'role="alert"' in page


@pytest.mark.minio
def test_rows_of_a_bucket_are_previewed(s3, browser):
    s3.create_bucket(Bucket="mlpipeline")
    rows = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(30))
    s3.put_object(Bucket="mlpipeline", Key="sales/a.csv", Body=rows)
    key = key_of(browser.get("/podium/ns/team-a/new", headers=ALICE))
    form = {"csrf": key, "kind": "tabular"}
    data = browser.post("/podium/ns/team-a/new", data=form, headers=ALICE).headers["location"]
    place = data.replace("/data", "/browse?place=s3://mlpipeline/sales/")
    assert "a.csv" in browser.get(place, headers=ALICE).text
    browser.post(data, data={"csrf": key, "source": "s3://mlpipeline/sales/a.csv"}, headers=ALICE)
    page = browser.get(data, headers=ALICE).text
    assert "30 rows" in page, page
    browser.post(data, data={"csrf": key, "source": "s3://others/a.csv"}, headers=ALICE)
    assert "First rows" not in browser.get(data, headers=ALICE).text


def test_upload_is_previewed_and_runs_on_the_cluster_alone(browser):
    key = key_of(browser.get("/podium/ns/team-a/new", headers=ALICE))
    form = {"csrf": key, "kind": "tabular"}
    data = browser.post("/podium/ns/team-a/new", data=form, headers=ALICE).headers["location"]
    rows = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(30))
    browser.post(data, data={"csrf": key}, files={"upload": ("a.csv", rows)}, headers=ALICE)
    assert "All 30 rows" in browser.get(data, headers=ALICE).text
    review = browser.get(data.replace("/data", "/review"), headers=ALICE).text
    assert 'value="local"' not in review


def test_registry_that_nobody_named_is_not_asked(browser):
    key = key_of(browser.get("/podium/ns/team-a/new", headers=ALICE))
    form = {"csrf": key, "model": "churn", "version": "1"}
    answer = browser.post("/podium/ns/team-a/champions", data=form, headers=ALICE)
    assert answer.status_code == 400
    assert "does not know the registry" in answer.text
