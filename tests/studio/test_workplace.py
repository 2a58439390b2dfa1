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


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////etc/data.db",
        "sqlite+pysqlite:////etc/data.db",
        "sqlite:///file:/etc/data.db",
        "sqlite:///sales.db?mode=ro&uri=true",
        "sqlite://",
        "duckdb:///data.db",
        "duckdb+x:///data.db",
        "access:///data.mdb",
    ],
)
def test_databases_that_are_files_are_refused(workplace, address, monkeypatch):
    monkeypatch.chdir(workplace.roots[0])
    with pytest.raises(DataError):
        workplace.check_source(address)


def test_databases_that_are_servers_or_files_below_the_roots_are_read(workplace):
    workplace.check_source("postgresql://me:$PODIUM_SECRET_DB@db.example.com/sales")
    workplace.check_source(f"sqlite:///{workplace.roots[0]}/sales.db")


def test_addresses_of_files_are_files(workplace):
    with pytest.raises(DataError, match="outside the folders"):
        workplace.check_source("file:///etc/passwd")
    workplace.check_source(f"file://{workplace.roots[0]}/sales.csv")


def test_patterns_and_folders_with_a_link_out_are_refused(workplace, tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret.csv").write_text("a,b\n1,2\n")
    (workplace.roots[0] / "part").symlink_to(tmp_path / "private")
    (workplace.roots[0] / "folder").mkdir()
    (workplace.roots[0] / "folder" / "x.csv").symlink_to(tmp_path / "private" / "secret.csv")
    for name in ("*/secret.csv", "folder", "folder/*.csv", "part"):
        with pytest.raises(DataError, match="outside the folders"):
            workplace.check_source(str(workplace.roots[0] / name))


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
