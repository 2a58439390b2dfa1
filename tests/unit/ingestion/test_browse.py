"""Tests of looking for data in folders and buckets."""

import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion.browse import browse


def test_folder(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a.csv").write_text("x\n")
    (tmp_path / ".hidden").touch()
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert [(one.name, one.is_folder, one.size) for one in browse(str(tmp_path))] == [
        ("b", True, 0),
        ("a.csv", False, 2),
    ]
    assert browse(str(tmp_path))[1].source == str(tmp_path / "a.csv")


@pytest.mark.parametrize("place", ["missing", "https://example.com/data", "postgresql://db/sales"])
def test_what_cannot_be_listed_is_told(place):
    with pytest.raises(DataError):
        browse(place)


@pytest.mark.minio
def test_bucket(s3):
    s3.create_bucket(Bucket="lake")
    for key in ("sales/2024.csv", "sales/2025/a.csv", "notes.md"):
        s3.put_object(Bucket="lake", Key=key, Body=b"a,b\n1,2\n")
    found = browse("s3://lake")
    assert [(one.name, one.source, one.is_folder) for one in found] == [
        ("sales", "s3://lake/sales/", True),
        ("notes.md", "s3://lake/notes.md", False),
    ]
    assert [one.source for one in browse("s3://lake/sales/")] == [
        "s3://lake/sales/2025/",
        "s3://lake/sales/2024.csv",
    ]
    with pytest.raises(DataError):
        browse("s3://nothing")
