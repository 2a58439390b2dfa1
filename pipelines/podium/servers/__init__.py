"""The servers that Podium talks to: Kubeflow Pipelines, the object store, MLflow."""
