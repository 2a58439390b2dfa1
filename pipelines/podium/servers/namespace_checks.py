"""Checks of the namespace of the runs and of the accounts there, for ``podium doctor``."""

from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.findings import Finding
from podium.servers.namespaces import Namespace
from podium.servers.rights import ALL_SECRETS, EVERYTHING, EXCESSIVE, NEEDED, REVIEWS, own_rights, rights_of

# The account of least privilege for runs.
_ACCOUNT = "podium-runner"
_DEPLOY = "Deploy the manifests again (`make deploy`); manifests/README.md says what each object is for."
# Rights, and whether it is wrong to have them.
_WANTED = ((NEEDED, False), (EXCESSIVE, True))


def check_namespace(connections: Connections, account: str) -> Finding:
    """Say what the namespace of the runs lacks, and what it has too much of.

    Args:
        connections: Settings of the servers.
        account: Service account of the runs.
    """
    try:
        namespace = Namespace(connections, account)
    except ServerError as error:
        return Finding("namespace", "skipped", error.message, error.hint)
    if not namespace.is_readable:
        return Finding("namespace", "skipped", f"You may not look into {namespace.name}.")
    lacks, excess = namespace.lacks(), namespace.has_too_much()
    seen = [f"{namespace.name} lacks {', '.join(lacks)}"] if lacks else []
    if seen or excess:
        return Finding("namespace", "wrong", f"{'; '.join([*seen, *excess])}.", _DEPLOY)
    return Finding("namespace", "ok", f"{namespace.name} has what runs need, and no more.")


def check_account_of_runs(connections: Connections, account: str) -> Finding:
    """Say what the service account of the runs may not do, and what it may do beyond that.

    Args:
        connections: Settings of the servers.
        account: The service account.
    """
    namespace = connections.namespace_of_runs
    try:
        if not own_rights(connections, [REVIEWS], namespace):
            return Finding(
                "account of runs", "skipped", f"You may not ask what {account} may do in {namespace}.",
                "Ask someone who may create localsubjectaccessreviews there, such as its owner.",
            )  # fmt: skip
        granted = rights_of(connections, account, [*NEEDED, *EXCESSIVE], namespace)
    except ServerError as error:
        return Finding("account of runs", "skipped", error.message, error.hint)
    lacks, excess = ([one for one in rights if (one in granted) is given] for rights, given in _WANTED)
    seen = [
        f"it may {word} {', '.join(map(str, rights))}"
        for word, rights in (("not", lacks), ("also", excess))
        if rights
    ]
    if not seen:
        return Finding("account of runs", "ok", f"{account} may do what runs need, and no more.")
    is_own = account == _ACCOUNT
    return Finding(
        "account of runs",
        "wrong",
        f"Runs in {namespace} use {account}: {'; '.join(seen)}.",
        _DEPLOY if is_own else f"Set PODIUM_SERVICE_ACCOUNT={_ACCOUNT}, which `make deploy` creates.",
    )


def check_own_account(connections: Connections) -> Finding:
    """Say whether the user's account reads what belongs to others.

    Args:
        connections: Settings of the servers.
    """
    try:
        reads_all = own_rights(connections, [ALL_SECRETS], "")
        is_administrator = reads_all and own_rights(connections, [EVERYTHING], "")
    except ServerError as error:
        return Finding("your account", "skipped", error.message, error.hint)
    if is_administrator:
        return Finding(
            "your account", "ok", "Your account administers the cluster; runs need no such account."
        )
    if reads_all:
        return Finding(
            "your account", "wrong", "Your account may read the Secrets of all namespaces, those of other teams too.",
            "Ask the cluster's owner for an account that has rights in your namespace alone.",
        )  # fmt: skip
    return Finding("your account", "ok", "Your account does not read the Secrets of other namespaces.")
