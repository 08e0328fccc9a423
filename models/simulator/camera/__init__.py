"""A camera that is not there: near-infrared scenes of a bed, frame by frame, with the truth beside them."""

from models.simulator.camera.film import CameraClip, film
from models.simulator.camera.scenarios import SCENARIOS, scene_named
from models.simulator.camera.scene import CameraScene

__all__ = ["SCENARIOS", "CameraClip", "CameraScene", "film", "scene_named"]
