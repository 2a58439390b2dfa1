"""Tests of the keys that sign models: made once, private, and trusted by their user."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from podium_ml.champions import keys
from podium_ml.errors import PodiumError
from podium_ml.values.masking import masked


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return the folder of a user without keys."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "podium"


def test_own_key_is_made_once_private_and_trusted(home):
    assert keys.signing_key() is None
    assert keys.trusted_keys() == {}
    with ThreadPoolExecutor(4) as pool:
        made = {keys.public_key(key) for key in pool.map(lambda _: keys.signing_key(make=True), range(8))}
    assert keys.trusted_keys() == {made.pop(): "your own"}
    assert not made
    assert [path.name for path in home.iterdir()] == ["signing-key"]
    assert stat.S_IMODE((home / "signing-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_key_that_others_may_read_is_refused(home):
    keys.signing_key(make=True)
    (home / "signing-key").chmod(0o644)
    with pytest.raises(PodiumError, match="chmod 600"):
        keys.signing_key()


def test_key_of_the_environment_comes_first(home, monkeypatch):
    private = keys.new_key()
    monkeypatch.setenv("PODIUM_SIGNING_KEY", f"{private}\n")
    assert keys.public_key(keys.signing_key(make=True)) == keys.public_half(private)
    assert not home.exists()
    assert private not in masked(f"The key is {private}.")


def test_further_keys_are_trusted(home, monkeypatch):
    first, second = (keys.public_half(keys.new_key()) for _ in range(2))
    keys.trust(first)
    monkeypatch.setenv("PODIUM_TRUSTED_KEYS", second)
    assert keys.trusted_keys() == {
        first: str(home / "trusted-keys"),
        second: "PODIUM_TRUSTED_KEYS",
    }
    assert not keys.trusts_any()
    monkeypatch.setenv("PODIUM_TRUSTED_KEYS", f"{second}, any")
    assert keys.trusts_any()


@pytest.mark.parametrize("text", ["any", "abc", "0" * 63, "G" * 64])
def test_what_is_no_key_is_an_error(text, monkeypatch):
    with pytest.raises(PodiumError, match="64 hexadecimal digits"):
        keys.trust(text)
    monkeypatch.setenv("PODIUM_SIGNING_KEY", text)
    with pytest.raises(PodiumError, match="PODIUM_SIGNING_KEY"):
        keys.signing_key()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_is_an_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PodiumError, match="cannot be used"):
        keys.signing_key(make=True)
