"""make_accounts.py FOLDER: create the accounts of MLflow, or give them their new passwords.

FOLDER contains a folder for each account, with the files MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. The
administrator is MLFLOW_AUTH_ADMIN_USERNAME with MLFLOW_AUTH_ADMIN_PASSWORD, and MLFLOW_AUTH_CONFIG_PATH names the
database.
"""

import sys
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.server.auth.config import read_auth_config
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore


def make(store: SqlAlchemyStore, name: str, password: str, *, is_admin: bool) -> None:
    """Create an account, or update it."""
    try:
        store.create_user(name, password, is_admin=is_admin)
    except MlflowException:
        # It exists, or the server beside this one has just made it.
        store.update_user(name, password=password, is_admin=is_admin)
    print(f"account {name} is ready", flush=True)


def main() -> None:
    """Make all accounts."""
    settings = read_auth_config()
    if not (settings.admin_username and settings.admin_password):
        sys.exit("error: set MLFLOW_AUTH_ADMIN_USERNAME and MLFLOW_AUTH_ADMIN_PASSWORD")
    store = SqlAlchemyStore()
    store.init_db(settings.database_uri)
    make(store, settings.admin_username, settings.admin_password, is_admin=True)
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        # Kubernetes adds links whose names begin with two dots.
        if folder.is_dir() and not folder.name.startswith("."):
            name, password = (
                (folder / f"MLFLOW_TRACKING_{part}").read_text().strip() for part in ("USERNAME", "PASSWORD")
            )
            if name == settings.admin_username:
                sys.exit(f"error: {name} is the administrator; give the runs another account")
            make(store, name, password, is_admin=False)


if __name__ == "__main__":
    main()
