import os
import subprocess
import sys

import numpy as np
import pytest

from models.errors import HashMismatch, ModelError, ModelOutputError
from models.runtime import Model, load
from tests.kit.sleeper import model

MM = np.array([-0.394], dtype=np.float32)


def test_a_model_that_is_not_the_one_on_its_card_is_refused(tmp_path):
    source = model("movement-v1").card.path
    (tmp_path / "movement-v1.onnx").write_bytes(source.read_bytes() + b"\0")
    (tmp_path / "movement-v1.toml").write_text(source.with_suffix(".toml").read_text())
    with pytest.raises(HashMismatch):
        load("movement-v1", tmp_path)


def test_a_model_whose_card_names_other_inputs_is_refused(tmp_path):
    source = model("movement-v1").card.path
    (tmp_path / "movement-v1.onnx").write_bytes(source.read_bytes())
    text = source.with_suffix(".toml").read_text().replace('name = "pool"', 'name = "puddle"')
    (tmp_path / "movement-v1.toml").write_text(text)
    with pytest.raises(ModelError, match="inputs and outputs on its card"):
        load("movement-v1", tmp_path)


def test_a_model_that_answers_nan_is_not_believed():
    iq = np.full((4, 2, 2), np.nan, dtype=np.float32)
    with pytest.raises(ModelOutputError, match="no number"):
        model("movement-v1")(iq, np.zeros((1, 2, 2), np.float32), np.eye(2, dtype=np.float32), MM)


def test_a_wrong_shape_is_a_model_error_and_not_a_crash():
    with pytest.raises(ModelError):
        model("movement-v1")(np.zeros(3, np.float32), np.zeros(3, np.float32), np.zeros(3, np.float32), MM)
    with pytest.raises(ModelError, match="takes 4 inputs"):
        model("movement-v1")(MM)


def test_the_movement_graph_measures_a_known_displacement_to_a_hundredth_of_a_millimetre():
    true_mm = 2.0 * np.sin(np.linspace(0, 2 * np.pi, 60))
    z = 100 * np.exp(1j * true_mm / MM[0])
    iq = np.stack([z.real, z.imag], axis=-1).astype(np.float32)[:, None, :]
    answer = model("movement-v1")(iq, np.zeros((1, 1, 2), np.float32), np.ones((1, 1), np.float32), MM)
    measured = np.cumsum(answer["step_mm"][0, :, 0])
    assert np.abs(measured - (true_mm[1:] - true_mm[0])).max() < 0.01


@pytest.mark.parametrize("rate_per_min", [8.0, 12.5, 18.0, 30.0, 40.0])
def test_the_vitals_graph_finds_a_known_rate_in_a_full_window(rate_per_min):
    t = np.arange(300) / 10
    wave = 3 * np.sin(2 * np.pi * rate_per_min / 60 * t) + 0.2 * t
    taper = np.hanning(302)[1:-1].astype(np.float32)
    field = np.stack([wave, -0.5 * wave], axis=1).astype(np.float32)
    answer = model("vitals-v1")(field, taper, np.ones(2, np.float32), np.array([0.05], np.float32))
    assert answer["rate_per_min"][0] == pytest.approx(rate_per_min, abs=0.1)
    assert answer["concentration"][0] > 0.9
    assert answer["agreement"][0] == pytest.approx(1.0, abs=0.01)


def test_a_flat_field_has_no_concentration():
    taper = np.hanning(302)[1:-1].astype(np.float32)
    answer = model("vitals-v1")(np.zeros((300, 3), np.float32), taper, np.ones(3, np.float32), MM * 0 + 0.05)
    assert answer["concentration"][0] == 0.0


def test_a_session_uses_one_thread():
    loaded = Model(model("vitals-v1").card)
    options = loaded._session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)


def test_a_fading_echo_counts_for_less_than_a_steady_one():
    size = np.ones(60)
    size[30:40] = 0.05
    z = 100 * size * np.exp(1j * np.linspace(0, 12, 60))
    iq = np.stack([z.real, z.imag], axis=-1).astype(np.float32)[:, None, :]
    answer = model("movement-v1")(iq, np.zeros((1, 1, 2), np.float32), np.ones((1, 1), np.float32), MM)
    steps = np.abs(answer["step_mm"][0, :, 0])
    assert steps[32:38].max() < 0.1 * steps[:25].min()


def test_K1_the_runtime_keeps_no_diary_of_its_use_and_sends_none(tmp_path):
    script = (
        "import os; from pathlib import Path; from models.runtime import load; load('vitals-v1')\n"
        "print([os.readlink(one) for one in Path('/proc/self/fd').iterdir() if one.exists()])"
    )
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR")}
    told = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"} | homes
    said = subprocess.run([sys.executable, "-c", script], env=told, capture_output=True, text=True, check=True).stdout
    assert list(tmp_path.rglob("*")) == []
    assert "onnxruntime" not in said and "socket" not in said
