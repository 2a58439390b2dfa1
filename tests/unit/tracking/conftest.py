"""Fixtures shared with the tests of champions."""

from tests.unit.champions.conftest import good

__all__ = ["good"]
