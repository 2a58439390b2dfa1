"""Tests of what the embedded engine gives its branches."""

import pytest

from podium.engines import local_host
from podium_ml.run.concurrency import MEMORY_VARIABLE
from podium_ml.settings import TabularSettings


@pytest.mark.parametrize(("limit", "given"), [(2**30, 0.45 * 2**30), (0, None), (2**60, None)])
def test_branches_share_the_memory_of_the_container_and_not_of_its_machine(limit, given, monkeypatch):
    monkeypatch.setattr(local_host, "container_limit", lambda: limit)
    shared = int(local_host._resources(TabularSettings())[MEMORY_VARIABLE])
    assert shared == pytest.approx(given, abs=1) if given else shared > 2**27


def test_memory_that_the_user_allows_is_shared(monkeypatch):
    monkeypatch.setattr(local_host, "container_limit", lambda: 2**30)
    assert local_host._resources(TabularSettings(max_memory="600Mi"))[MEMORY_VARIABLE] == str(300 * 2**20)
