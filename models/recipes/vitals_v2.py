"""The recipe of vitals-v2.onnx: a window of displacement to a belief about the breathing rate.

Run `make models` to train it anew from its seeds: about an hour on one slow core. The same seeds give the same windows;
the weights agree to the rounding of the machine's own arithmetic, so the file is judged, not compared byte for byte.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from edge.learned import rate_of, uncertainty_of
from models.card import digest
from models.recipes.graphs import GraphBuilder, write
from models.recipes.vitals_v2_front import CANDIDATE_PER_MIN, CANDIDATES, KEPT, Front, front
from models.recipes.vitals_v2_head import Params, logits, new_params, write_head
from models.recipes.vitals_v2_windows import WINDOWS_PER_RADAR, Examples, Workshop, joined, targets
from models.runtime import load

PATH = Path(__file__).parents[1] / "vitals-v2.onnx"
CARD = PATH.with_suffix(".toml")
TRAIN_SEED, HELD_OUT_SEED = 20_001, 90_001
TRAIN_WINDOWS, HELD_OUT_WINDOWS = 32_000, 4_000
TRACE_SHARE = 0.35
STEPS, BATCH = 10_000, 64
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 1e-4
# In training the net sees the best channel and so many of the others, drawn anew each time: a person may be seen in
# few bins, and a step costs a third.
SHOWN = 5


def draw(seed: int, count: int) -> Examples:
    """Draw examples, one radar or one camera after the other; each kind has a stream of its own."""
    workshop = Workshop(load("movement-v1"), Front())
    traces = round(TRACE_SHARE * count)
    return joined(
        [
            *_drawn(workshop.radar, np.random.default_rng([seed, 0]), count - traces),
            *_drawn(workshop.traces, np.random.default_rng([seed, 1]), traces),
        ]
    )


def _drawn(one: Callable[[np.random.Generator, int], Examples], rng: np.random.Generator, count: int) -> list[Examples]:
    parts: list[Examples] = []
    while sum(len(part.logs) for part in parts) < count:
        parts.append(one(rng, WINDOWS_PER_RADAR))
    return parts


def batches(examples: Examples, seed: int, steps: int) -> Iterator[tuple[jax.Array, jax.Array, jax.Array]]:
    """Give random batches of windows with a few of their channels."""
    rng, aims = np.random.default_rng(seed), targets(examples.rate_per_min)
    for _ in range(steps):
        rows = rng.integers(0, len(aims), BATCH)[:, None]
        channels = np.concatenate([[0], 1 + rng.permutation(KEPT - 1)[: SHOWN - 1]])[None, :]
        logs = jnp.asarray(examples.logs[rows, channels], jnp.float32)
        yield logs, jnp.asarray(examples.scalars[rows, channels]), jnp.asarray(aims[rows[:, 0]])


def train(examples: Examples, seed: int = TRAIN_SEED, steps: int = STEPS) -> Params:
    """Fit the learned half by the cross-entropy of its belief."""
    params = {name: jnp.asarray(value) for name, value in new_params(seed).items()}
    optimiser = optax.adamw(optax.cosine_decay_schedule(LEARNING_RATE, steps), weight_decay=WEIGHT_DECAY)
    state = optimiser.init(params)
    weigh = jax.vmap(logits, in_axes=(None, 0, 0))

    def loss(params: Params, logs: jax.Array, scalars: jax.Array, aim: jax.Array) -> jax.Array:
        return -(aim * jax.nn.log_softmax(weigh(params, logs, scalars))).sum(axis=1).mean()

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def step(
        params: Params, state: optax.OptState, batch: tuple[jax.Array, ...]
    ) -> tuple[Params, optax.OptState, jax.Array]:
        cost, slope = jax.value_and_grad(loss)(params, *batch)
        change, state = optimiser.update(slope, state, params)
        return optax.apply_updates(params, change), state, cost

    costs = []
    for count, batch in enumerate(batches(examples, seed, steps), start=1):
        params, state, cost = step(params, state, batch)
        costs.append(cost)
        if count % 1000 == 0:
            sys.stderr.write(f"step {count} of {steps}: cost {float(np.mean(costs)):.3f}\n")
            costs = []
    return {name: np.asarray(value) for name, value in params.items()}


def beliefs(params: Params, examples: Examples) -> NDArray[np.float64]:
    """Return the belief of each window, shape (windows, CANDIDATES + 1)."""
    weigh = jax.jit(jax.vmap(logits, in_axes=(None, 0, 0)))
    rows = [
        jax.nn.softmax(
            weigh(params, jnp.asarray(examples.logs[at : at + 500], jnp.float32), examples.scalars[at : at + 500])
        )
        for at in range(0, len(examples.logs), 500)
    ]
    return np.concatenate([np.asarray(row, dtype=np.float64) for row in rows])


def build(params: Params) -> bytes:
    """Write both halves as one model file."""
    g = GraphBuilder("vitals-v2")
    logs, scalars = front(g)
    g.output(write_head(g, params, logs, scalars), "belief", [CANDIDATES + 1])
    return g.build()


def publish(data: bytes) -> None:
    """Write the model file, and its hash onto its card."""
    write(PATH, data)
    told = CARD.read_text("utf-8")
    CARD.write_text(re.sub(r'(?m)^sha256 = "[0-9a-f]{64}"$', f'sha256 = "{digest(PATH)}"', told), "utf-8")


def report(belief: NDArray[np.float64], examples: Examples) -> str:
    """Lay out, for each limit of belief, what would be shown and how right it would be."""
    rate = np.array([rate_of(row[:-1]) for row in belief])
    near = np.array(
        [row[:-1][np.abs(CANDIDATE_PER_MIN - one) <= 2.0].sum() for row, one in zip(belief, rate, strict=True)]
    )
    error = np.abs(rate - examples.rate_per_min)
    is_told = np.isfinite(examples.rate_per_min)
    width = np.array([uncertainty_of(row[:-1], one) for row, one in zip(belief, rate, strict=True)])
    lines = ["least belief  coverage  MAE/min  within 2/min  in interval  shown where none"]
    for least in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        shown = (near >= least) & is_told
        none = ((near >= least) & ~is_told).sum() / max(1, (~is_told).sum())
        lines.append(
            f"{least:12.2f}  {shown.sum() / is_told.sum():8.1%}  {error[shown].mean():7.2f}  "
            f"{(error[shown] <= 2).mean():12.1%}  {(error[shown] <= width[shown]).mean():11.1%}  {none:16.1%}"
        )
    return "\n".join(lines)


def main() -> None:
    """Train, judge on held-out windows, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, default=TRAIN_WINDOWS, help="to train on")
    parser.add_argument("--steps", type=int, default=STEPS, help="of the optimiser")
    asked = parser.parse_args()
    params = train(draw(TRAIN_SEED, asked.windows), steps=asked.steps)
    publish(build(params))
    held_out = draw(HELD_OUT_SEED, HELD_OUT_WINDOWS)
    sys.stdout.write(report(beliefs(params, held_out), held_out) + "\n")


if __name__ == "__main__":
    main()
