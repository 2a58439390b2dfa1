"""A trained network in the format ONNX, which predicts without the library that trained it."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from podium_ml.models.few_rows import is_few, prediction_threads

_ROWS_AT_ONCE, _FATAL = 256, 4
# A network may name files that hold its weights, by default in the working folder. Nothing can lie in this one.
_FOLDER_OF_WEIGHTS = "session.model_external_initializers_file_folder_path"


class OnnxNetwork:
    """Computes the outputs of a network; the session of the runtime is opened on first use.

    Args:
        content: The network, in the format ONNX.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._sessions: dict[int, Any] = {}

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the first output, float64, for inputs whose first axis is that of the rows."""
        rows = len(next(iter(inputs.values())))
        parts = [
            self.outputs({name: values[start : start + _ROWS_AT_ONCE] for name, values in inputs.items()})[0]
            for start in range(0, max(1, rows), _ROWS_AT_ONCE)
        ]
        return np.concatenate(parts).astype(np.float64)

    @property
    def input_shape(self) -> list[Any]:
        """The shape of the first input; axes of any length are no numbers."""
        return list(self._session(1).get_inputs()[0].shape)

    def outputs(self, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Return all outputs for inputs that are computed at once."""
        rows = len(next(iter(inputs.values())))
        session = self._session(1 if is_few(rows) and rows < 16 else prediction_threads())
        known = {one.name for one in session.get_inputs()}  # the export leaves out inputs without columns
        return session.run(None, {name: values for name, values in inputs.items() if name in known})

    def _session(self, threads: int) -> Any:
        if threads not in self._sessions:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
            options.log_severity_level = _FATAL
            options.add_session_config_entry(_FOLDER_OF_WEIGHTS, os.devnull)
            self._sessions[threads] = onnxruntime.InferenceSession(
                self.content, options, providers=["CPUExecutionProvider"]
            )
        return self._sessions[threads]

    def __getstate__(self) -> dict[str, Any]:
        return {"content": self.content}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.content, self._sessions = state["content"], {}
