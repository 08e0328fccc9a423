"""A short hand for writing classical signal processing as ONNX operators."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

# Fixed here, so that another point release of the onnx package writes the same bytes.
OPSET = 17
IR_VERSION = 9


class GraphBuilder:
    """Collects nodes and constants, and writes them as one model file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._counter = 0

    def input(self, name: str, shape: Sequence[int | str]) -> str:
        """Declare a float32 input and return its name."""
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def output(self, value: str, name: str, shape: Sequence[int | str]) -> None:
        """Give a value its public name and declare it as float32 output."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=f"out_{name}"))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))

    def constant(self, value: NDArray[np.float32] | NDArray[np.int64] | float | Sequence[int]) -> str:
        """Add a constant: floats become float32, sequences of int become int64."""
        array = np.asarray(value)
        array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
        self._counter += 1
        name = f"c{self._counter}"
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add one operator with one output and return the output's name."""
        self._counter += 1
        name = f"v{self._counter}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=f"n{self._counter}", **attributes))
        return name

    def pair(self, kind: str, *inputs: str, **attributes: Any) -> tuple[str, str]:
        """Add one operator with two outputs and return their names."""
        self._counter += 1
        names = [f"v{self._counter}a", f"v{self._counter}b"]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=f"n{self._counter}", **attributes))
        return names[0], names[1]

    def take(self, value: str, axis: int, start: int, stop: int) -> str:
        """Slice one axis; `stop` of a large number means to the end."""
        return self.op("Slice", value, self.constant([start]), self.constant([stop]), self.constant([axis]))

    def total(self, value: str, axis: int, *, keep: bool = True) -> str:
        """Sum along one axis."""
        return self.op("ReduceSum", value, self.constant([axis]), keepdims=int(keep))

    def build(self) -> bytes:
        """Check the graph and return the file's bytes; the same graph gives the same bytes."""
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, initializer=self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        model.producer_name = "hushward"
        model.producer_version = "1"
        onnx.checker.check_model(model, full_check=True)
        data: bytes = model.SerializeToString(deterministic=True)
        return data


def write(path: Path, data: bytes) -> None:
    """Write a model file."""
    path.write_bytes(data)
