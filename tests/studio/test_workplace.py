"""Attacks on the folders of the studio, with the honest use beside them."""

import pytest

from podium.studio.drafts import Drafts
from podium.studio.workplace import NotFoundError
from podium_ml.errors import DataError


def test_files_below_the_roots_may_be_used(workplace):
    file = workplace.roots[0] / "sales.csv"
    assert workplace.check_source(str(file)) == str(file)
    assert workplace.check_source(str(workplace.roots[0] / "*.csv"))
    assert workplace.check_source("https://example.com/sales.csv")
    assert workplace.check_source("s3://bucket/sales/*.parquet")


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "/proc/self/environ", "../secret.csv", "/*/passwd", "~/.aws/credentials"]
)
def test_other_files_are_refused(workplace, name, monkeypatch):
    monkeypatch.chdir(workplace.roots[0])
    with pytest.raises(DataError, match="outside the folders"):
        workplace.check_source(name)


def test_links_out_of_the_roots_are_refused(workplace, tmp_path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    link = workplace.roots[0] / "harmless.csv"
    link.symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DataError, match="outside the folders"):
        workplace.check_source(str(link))


def test_one_bad_file_among_several_is_refused(workplace):
    good = workplace.roots[0] / "sales.csv"
    with pytest.raises(DataError, match="outside the folders"):
        workplace.check_source(f"{good},/etc/passwd")


@pytest.mark.parametrize("address", ["sqlite:////etc/data.db", "duckdb:///data.db"])
def test_databases_that_are_files_are_refused(workplace, address):
    with pytest.raises(DataError):
        workplace.check_source(address)


@pytest.mark.parametrize("name", ["..", ".studio", "../data", "sales-1/../sales-1", "", "unknown", "a\x00b"])
def test_runs_are_found_by_the_list_alone(workplace, finished, name):
    with pytest.raises(NotFoundError):
        workplace.run(name)
    assert workplace.run("sales-1").path == finished.path


@pytest.mark.parametrize("name", ["../../run", "0", "g" * 16, "0123456789abcdef"])
def test_drafts_are_found_by_their_id_alone(workplace, name):
    drafts = Drafts(workplace.own / "drafts")
    with pytest.raises(NotFoundError):
        drafts.load(name)
    assert drafts.load(drafts.new(values={"target": "sold"}).id).values == {"target": "sold"}
