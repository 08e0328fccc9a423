import json
import tomllib
from dataclasses import replace

import pytest

from deploy.accuracy import main, missing_from, with_judged, write
from deploy.accuracy_page import page, share
from edge.cases import Expect
from edge.references import constant
from edge.scores.judge import models_behind
from edge.scores.known import known_of
from edge.scores.page import as_json
from edge.scores.score import score_of
from edge.scores.trial import Trial
from tests.kit.judging import recorded, shown, silent

CARD = 'name = "m"\n\n[judged]\nmethod = "by eye"\n\n[[inputs]]\nname = "x"\n'


def document(models=None, note=""):
    def judge(name, group, rate):
        case = replace(recorded(Expect.RATE, constant(15.0)), groups={"set": "two rooms", "posture": group})
        estimates = [silent(s) if s < 20 else shown(s, rate) for s in range(1, 41)]
        known = tuple(known_of(case, one.t_s) for one in estimates)
        return score_of(Trial(case, name, tuple(estimates), known, 0.01, note))

    scores = [judge(name, group, rate) for group, rate in (("side", 16.5), ("supine", 15.5)) for name in NAMES]
    return json.loads(as_json(scores, models or models_behind()))


NAMES = ("shipped", "spectral-peak")


def test_the_page_shows_no_error_without_its_coverage_and_the_baseline_beside_it():
    (row,) = [line for line in page(document()).splitlines() if line.startswith("| two rooms | 80 |")]
    assert "| 1.00 /min | 100 % | 68 % |" in row
    assert row.count("1.00 /min") == 2


def test_the_page_compares_the_worst_group_with_the_best_and_says_that_skin_tone_does_not_apply():
    text = page(document())
    assert "Worst over best: 1.00 in what is withheld, 3.00 in error." in text
    assert "Skin tone does not apply to a radar" in text


def test_a_share_that_is_not_whole_never_reads_as_whole():
    assert (share(0.9999), share(1.0), share(0.5), share(None)) == ("99.9 %", "100 %", "50 %", "-")


def test_a_cards_judged_part_is_replaced_and_the_rest_stays():
    once = with_judged(CARD, document())
    card = tomllib.loads(once)
    assert "coverage 68 %" in card["judged"]["sets"]["two rooms"]
    assert card["judged"]["groups"]["posture, radar"].startswith(
        "side: withheld 32 %, MAE 1.50 /min; supine: withheld 32 %"
    )
    assert card["judged"]["worst_over_best"]["error"] == {"posture, radar": 3.0}
    assert card["inputs"] == [{"name": "x"}]
    assert with_judged(once, document()) == once


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (lambda: document(note="recording absent"), "recordings are not here"),
        (lambda: {**document(), "baselines": {}}, "no baseline"),
        (lambda: document(models=[("vitals-v1", "00")]), "other models than those that ship"),
    ],
)
def test_figures_that_are_not_whole_are_not_published(given, reason):
    assert reason in missing_from(given())


def test_figures_that_are_whole_are_written_once(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "m.toml").write_text(CARD)
    assert len(write(document(), tmp_path)) == 2
    assert write(document(), tmp_path) == []


def test_without_recordings_the_page_stays_as_it_is_and_says_so(tmp_path, capsys):
    kept = tmp_path / "figures.json"
    kept.write_text(json.dumps(document(note="recording absent")))
    assert main(["--from", str(kept)]) == 0
    assert "docs/reference/accuracy.md and the models' cards stay as they are" in capsys.readouterr().err
