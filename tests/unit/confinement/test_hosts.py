"""Attacks by addresses: connections from a pod to the pod itself, its cluster and its cloud."""

import socket
from typing import Any

import pytest

from podium_ml.confinement import check_host, connect, find_addresses
from podium_ml.errors import DataError


def answers(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Make name servers give another answer each time."""
    left = list(numbers)

    def resolve(host: str, port: int | None, *_: Any, **__: Any) -> list[Any]:
        number = left.pop(0)
        family = socket.AF_INET6 if ":" in number else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (number, port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "localhost",
            "LOCALHOST.",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0",
            "0.0.0.0",
        ),
        *("::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "169.254.169.254", "0xa9fea9fe", "10.0.0.1"),
    ],
)
def test_no_spelling_of_an_inward_address_is_reached(host: str) -> None:
    with pytest.raises((DataError, socket.gaierror)) as caught:
        connect((host, 9), 1)
    if isinstance(caught.value, DataError):
        assert "PODIUM_ALLOWED_HOSTS" in caught.value.hint


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("number", ["10.0.0.7", "169.254.169.254", "::ffff:10.0.0.7", "fd00::7"])
def test_names_that_lead_inside(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    answers(monkeypatch, number)
    with pytest.raises(DataError, match=r"may not connect to inside\.example"):
        connect(("inside.example", 80), 1)


@pytest.mark.usefixtures("pod")
def test_one_inward_address_among_several(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", (number, 80)) for number in ("1.1.1.1", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(DataError):
        find_addresses("inside.example", 80)


@pytest.mark.usefixtures("pod")
def test_second_answer_of_a_name_server_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a public address for the check, an inward one for the connection."""
    answers(monkeypatch, "1.1.1.1", "127.0.0.1")
    reached = []
    monkeypatch.setattr(socket, "create_connection", lambda address, *_: reached.append(address))
    connect(("rebinding.example", 80), 1)
    assert reached == [("1.1.1.1", 80)]


@pytest.mark.usefixtures("pod")
def test_the_owner_allows_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, *["10.0.0.7"] * 4)
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "db.team.svc:5432, 10.0.0.0/24")
    assert find_addresses("db.team.svc", 5432)[0].place == ("10.0.0.7", 5432)
    assert find_addresses("other.team.svc", 80)
    check_host("db.team.svc", 5432)
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "db.team.svc:5432")
    with pytest.raises(DataError):
        check_host("other.team.svc", 80)


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("listed", ["*", "inside.example", "169.254.0.0/16, fd00::/8, 0.0.0.0/0, ::/0"])
@pytest.mark.parametrize(
    "number",
    [
        *("169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1%1"),
        *("fd00:ec2::254", "168.63.129.16", "100.100.100.200"),
    ],
)
def test_no_list_opens_where_clouds_hand_out_credentials(
    monkeypatch: pytest.MonkeyPatch, listed: str, number: str
) -> None:
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", listed)
    answers(monkeypatch, number, number)
    for reach in (lambda: connect(("inside.example", 80), 1), lambda: check_host("inside.example", 80)):
        with pytest.raises(DataError, match=r"may not connect to inside\.example"):
            reach()


@pytest.mark.usefixtures("pod")
def test_proxies_know_names_that_pods_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "public, files.example")
    check_host("files.example", 443)
    with pytest.raises(socket.gaierror):
        check_host("other.example", 443)


def test_own_machine_reaches_everything() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect(("localhost", server.getsockname()[1]), 5).close()
