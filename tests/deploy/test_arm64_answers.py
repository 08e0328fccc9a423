import math

import numpy as np
import pytest

from deploy.arm64_answers import answers, farthest, inputs, main
from models.card import card_paths


def test_every_model_that_ships_is_asked_and_answers_itself_alike(tmp_path, capsys):
    files = [str(tmp_path / name) for name in ("inputs.npz", "here.npz", "there.npz")]
    assert main(["inputs", files[0]]) == main(["answer", *files[:2]]) == main(["answer", files[0], files[2]]) == 0
    assert main(["compare", *files[1:]]) == 0
    assert f"{len(card_paths())} models answered" in capsys.readouterr().out


def test_the_chest_that_is_asked_about_is_one_that_a_model_can_tell():
    assert float(answers(inputs())["vitals-v1/rate_per_min"][0]) == pytest.approx(15.0, abs=0.5)


def test_an_answer_that_differs_is_too_far_and_one_that_is_missing_infinitely():
    here = {"m/a": np.array([1.0, 2.0], np.float32), "m/b": np.zeros(2, np.float32)}
    there = {"m/a": np.array([1.0, 2.1], np.float32)}
    apart = farthest(here, there)
    assert apart["m/a"] > 1 and apart["m/b"] == math.inf


def test_other_words_are_not_understood(capsys):
    assert main(["think"]) == 2
