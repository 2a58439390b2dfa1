"""Classification metrics that the Kubeflow UI draws itself."""

from typing import Any


def log_classification(artifact: Any, facts: dict[str, Any]) -> None:
    """Log the confusion matrix and, for binary problems, the ROC curve.

    Args:
        artifact: A ``ClassificationMetrics`` artifact.
        facts: ``confusion_matrix`` with ``labels`` and ``matrix``, and ``roc`` with ``fpr``, ``tpr`` and
            ``thresholds``; either may be ``None``.
    """
    if confusion := facts.get("confusion_matrix"):
        artifact.log_confusion_matrix([str(label) for label in confusion["labels"]], confusion["matrix"])
    if roc := facts.get("roc"):
        artifact.log_roc_curve(roc["fpr"], roc["tpr"], roc["thresholds"])
