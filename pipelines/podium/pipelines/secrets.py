"""The Secrets in the namespace of the runs, and the tasks that get them. Each is optional."""

# ConfigMap of server addresses, which all tasks get.
SERVERS = "podium-servers"
# Pod label with the name of the task, by which network policies select.
TASK_LABEL = "podium.run/task"
# Variables of each Secret. The account of the runs may read the first one, where Kubeflow's launcher may find the keys
# of its artifacts; the others reach a pod only as variables of its task.
STORE, SIGNING = "podium-credentials", "podium-signing-key"
SECRETS = {
    STORE: ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    # What an address names in place of its query or password, and the one host that gets it.
    "podium-queries": (
        *("PODIUM_SECRET_SOURCE", "PODIUM_SECRET_SOURCE_HOST"),
        *("PODIUM_SECRET_TEST", "PODIUM_SECRET_TEST_HOST"),
    ),
    "podium-tracking": ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"),
    "podium-webhook": ("PODIUM_WEBHOOK_URL",),
    SIGNING: ("PODIUM_SIGNING_KEY",),
}
# What each task needs from them. The others read and write artifacts alone, which Kubeflow's launcher does for them.
SECRETS_OF_TASKS = {
    # They read the data and the registry.
    "resolve-inputs": (STORE, "podium-queries", "podium-tracking", "podium-webhook"),
    "validate-data": (STORE, "podium-queries", "podium-tracking"),
    # Leaves notes of failed branches in the object store.
    "select-model": (STORE,),
    # Fetches the champion; from the store itself, if the MLflow server does not pass artifacts on.
    "evaluate-models": (STORE, "podium-tracking"),
    # Alone signs models. Those that load them know the public keys, from the ConfigMap of servers.
    "publish-run": (STORE, "podium-tracking", "podium-webhook", SIGNING),
    "finalize-run": ("podium-webhook",),
}
