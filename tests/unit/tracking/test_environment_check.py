"""A test of what MLflow does when it saves a model."""

from mlflow.utils import environment, requirements_utils

from podium_ml.tracking._model import _without_environment_check


def test_requirements_are_not_compared_with_the_environment(monkeypatch) -> None:
    """The comparison reads the files of every installed package, which takes longer than logging the run."""
    compared = []
    monkeypatch.setattr(requirements_utils, "_check_requirement_satisfied", compared.append)
    with _without_environment_check():
        _, pinned, _ = environment._process_pip_requirements([], ["pandas==9.9"])
    assert "pandas==9.9" in pinned
    assert compared == []
    environment._process_pip_requirements([], ["pandas==9.9"])
    assert compared != []
