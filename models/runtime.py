"""One ONNX session behind one call: the only importer of onnxruntime."""

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.card import MODELS_DIR, Card, read_card, verify_card
from models.errors import ModelError, ModelOutputError

# Since 1.29 the library keeps a diary of its use on the disk and sends it to its maker, unless this stands there before
# it is loaded; switching it off later leaves the diary and the sender in place (onnxruntime, docs/Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

_STATE = onnxruntime.capi.onnxruntime_pybind11_state
REFUSALS: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    _STATE.Fail,
    _STATE.InvalidArgument,
    _STATE.RuntimeException,
)
"""What onnxruntime raises when an input does not fit."""
Array = NDArray[np.float32]


def _session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Kept memory: what is given back after each picture has to be cleared by the kernel before the next.
    options.enable_cpu_mem_arena = True
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path.read_bytes(), sess_options=options, providers=["CPUExecutionProvider"])


class Model:
    """A checked model file, ready to be called on one thread.

    Attributes:
        card: what the file is.
    """

    def __init__(self, card: Card) -> None:
        """Load a model.

        Raises:
            CardError: the file cannot be read.
            HashMismatch: the file is not the one that the card describes.
            ModelError: the file's inputs or outputs are not those on the card.
        """
        verify_card(card)
        self.card = card
        self._session = _session(card.path)
        self._inputs = [port.name for port in card.inputs]
        self._outputs = [port.name for port in card.outputs]
        found_in = [node.name for node in self._session.get_inputs()]
        found_out = [node.name for node in self._session.get_outputs()]
        if found_in != self._inputs or found_out != self._outputs:
            raise ModelError(f"The model {card.name} does not have the inputs and outputs on its card.")

    @property
    def sha256(self) -> str:
        """Hex digest of the file that answers."""
        return self.card.sha256

    def __call__(self, *inputs: Array) -> dict[str, Array]:
        """Run the model once.

        Args:
            inputs: float32 arrays in the card's order and shapes.

        Returns:
            Each output by name, float32.

        Raises:
            ModelOutputError: an output holds NaN or infinity.
            ModelError: the number or shapes of the inputs do not fit the model.
        """
        if len(inputs) != len(self._inputs):
            raise ModelError(f"The model {self.card.name} takes {len(self._inputs)} inputs.")
        feed = dict(zip(self._inputs, inputs, strict=True))
        try:
            values = self._session.run(self._outputs, feed)
        except REFUSALS as error:
            raise ModelError(f"The model {self.card.name} refused its input: {error}") from error
        answer: dict[str, Array] = dict(zip(self._outputs, values, strict=True))
        for name, value in answer.items():
            # A sum of what is no number is none either, and takes a fraction of the time of asking each.
            if not math.isfinite(np.add.reduce(value, axis=None)):
                raise ModelOutputError(f"The model {self.card.name} gave no number for {name}.")
        return answer


def load(name: str, folder: Path = MODELS_DIR) -> Model:
    """Load a model by name, such as 'vitals-v1'.

    Raises:
        ModelError: the card or the file is missing or wrong.
    """
    return Model(read_card(folder / f"{name}.toml"))
