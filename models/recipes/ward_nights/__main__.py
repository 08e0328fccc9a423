"""Write docs/reference/thirty-nights.md and its pictures: `python -m models.recipes.ward_nights [NIGHTS [VARIED]]`.

Under two minutes on two processors. The same seed, rule book and accuracy page give the same page, byte for byte.
"""

import sys
from multiprocessing import Pool
from pathlib import Path

from models.recipes.ward_nights.measured import ACCURACY, read_measured
from models.recipes.ward_nights.page import page
from models.recipes.ward_nights.plots import draw
from models.recipes.ward_nights.runs import run_all

PAGE, IMAGES = Path("docs/reference/thirty-nights.md"), Path("docs/images")


def main() -> None:
    """Live through the nights and write what came of them."""
    nights = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    varied = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    measured = read_measured(ACCURACY.read_text("utf-8"))
    with Pool(2) as pool:
        told = run_all(measured, nights, varied, lambda work, jobs: pool.map(work, jobs, chunksize=1))
    PAGE.write_text(page(told, measured), "utf-8")
    draw(told, IMAGES)
    sys.stdout.write(f"wrote {PAGE}\n")


if __name__ == "__main__":
    main()
