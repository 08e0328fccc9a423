"""The room with its bed and its people, as light on the sensor, frame by frame."""

import math

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.bedding import CLOTHS
from models.simulator.camera.figures import BELLY, CHEST, Pose, Tones, draw, parts_of
from models.simulator.camera.pet import Pet
from models.simulator.camera.room import DOOR_X, ENSUITE_X, WALL_Y
from models.simulator.camera.scene import CameraScene, Thing
from models.simulator.camera.stills import WOBBLES, BedStage, Key
from models.simulator.camera.surface import Motion, Seen
from models.simulator.camera.tracks import ABSENT, POSES, Track

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]

# A body follows where it wants to be with this lag, and a cover where a body was with that one [s].
BODY_LAG_S, COVER_LAG_S, DOOR_LAG_S = 0.35, 0.8, 0.4
_UNDER_COVERS = POSES.index(Pose.LIE)
_WALKERS = {POSES.index(Pose.STAND): 0.22, POSES.index(Pose.CAT): 0.06}


class Figure:
    """One body that is not under the covers: it glides from pose to pose and strides while it walks."""

    def __init__(self, tones: Tones) -> None:
        self.tones = tones
        self._parts: Float | None = None
        self._stride = 0.0

    def step(self, pose: int, x_m: float, y_m: float, dt_s: float, lift_m: float = 0.0) -> Float:
        """Move on, towards a pose at a place; returns the parts."""
        if self._parts is not None and pose in _WALKERS:
            gone = abs(self._parts[CHEST, 0] - x_m) + abs(self._parts[CHEST, 1] - y_m)
            self._stride += dt_s * 9.0 * min(1.0, gone / 0.15)
            swing = _WALKERS[pose] * min(1.0, gone / 0.15) * math.sin(self._stride)
        else:
            swing = 0.0
        target = parts_of(POSES[pose], x_m, y_m, swing, lift_m)
        keep = math.exp(-dt_s / BODY_LAG_S)
        self._parts = target if self._parts is None else target + keep * (self._parts - target)
        return self._parts

    def forget(self) -> None:
        """Be out of view: come back anywhere."""
        self._parts = None


class _Member:
    """One of the two people: a track, a figure, and how much of the body is in the bed."""

    def __init__(self, track: Track, tones: Tones) -> None:
        self.track = track
        self.figure = Figure(tones)
        self.in_bed = float(track.pose[0] == _UNDER_COVERS)
        self.belly_mm = self.chest_mm = 0.0
        self.gone_s = math.inf if track.pose[0] == ABSENT else 0.0

    def step(self, k: int, dt_s: float, lag_s: float) -> None:
        track = self.track
        is_in = float(track.pose[k] == _UNDER_COVERS)
        self.in_bed = is_in + math.exp(-dt_s / COVER_LAG_S) * (self.in_bed - is_in)
        if abs(self.in_bed - is_in) < 0.01:
            self.in_bed = is_in
        follow = dt_s / (lag_s + dt_s)
        self.belly_mm += follow * (float(track.belly_mm[k]) - self.belly_mm)
        self.chest_mm += follow * (float(track.chest_mm[k] + track.heart_mm[k]) - self.chest_mm)
        self.gone_s = self.gone_s + dt_s if track.pose[k] == ABSENT else 0.0

    def parts(self, k: int, dt_s: float) -> Float | None:
        """Return where the parts of the uncovered body are; None while nothing of it is uncovered or in view."""
        track, pose = self.track, int(self.track.pose[k])
        if self.gone_s > 2.5 or (pose == _UNDER_COVERS and self.in_bed == 1.0):
            self.figure.forget()
            return None
        shown = POSES.index(Pose.STAND) if pose == ABSENT else pose
        parts = self.figure.step(shown, float(track.x_m[k]), float(track.y_m[k]), dt_s).copy()
        axis = 2 if shown in (POSES.index(Pose.FLOOR), _UNDER_COVERS) else 1
        for part, mm in ((CHEST, track.chest_mm[k] + track.heart_mm[k]), (BELLY, track.belly_mm[k])):
            parts[part, 3 + axis] += float(mm) / 2000
            parts[part, axis] += float(mm) / 2000 * (1 if axis == 2 else -1)
        return parts


class Stage:
    """Plays a scene; ask it for one frame after the other."""

    def __init__(self, scene: CameraScene, bed: BedStage, sleeper: Track, visitor: Track) -> None:
        self.scene, self.bed = scene, bed
        skin = 0.62 - 0.12 * scene.melanin
        rng = np.random.default_rng([scene.seed, 20])
        worn = [Tones(skin, 0.3, float(rng.uniform(0.4, 0.75)), float(rng.uniform(0.2, 0.5))) for _ in range(2)]
        self._own, self._guest = _Member(sleeper, worn[0]), _Member(visitor, worn[1])
        self._pet = Pet(rng) if Thing.PET in scene.things else None
        self._pet_figure = Figure(Tones(top=0.35, pattern=0.9, is_animal=True))
        self._lag_s = CLOTHS[scene.bedding].lag_s
        self._doors = {"ensuite": 0.0, "door": 0.0}
        self._room_dn = bed.room.shine * bed.gain
        self._depth_m = bed.room.depth_m
        self._canvas: tuple[object, Float32, Float32] | None = None

    def frame(self, k: int, dt_s: float, draught_mm: float = 0.0) -> Float32:
        """Play on by one frame.

        Args:
            k: number of the frame; they are asked for in order.
            dt_s: [s] since the one before.
            draught_mm: [mm] how far air lifts the cover.

        Returns:
            Shape (height, width) [DN] without noise; the caller may change it.
        """
        for member in (self._own, self._guest):
            member.step(k, dt_s, self._lag_s)
        picture, depth = self._bed(k, draught_mm)
        self._open_doors(k, dt_s, picture)
        self._draw_people(k, dt_s, picture, depth)
        return picture

    def _key(self, k: int) -> Key:
        return int(self._own.track.lying[k]), self._own.in_bed > 0.5, self._guest.in_bed > 0.5

    def _is_still(self, k: int) -> bool:
        track, guest = self._own.track, self._guest.track
        settled = all(member.in_bed in (0.0, 1.0) for member in (self._own, self._guest))
        return settled and float(track.turned[k]) == 1.0 and float(track.stir[k] + guest.stir[k]) == 0.0

    def _bed(self, k: int, draught_mm: float) -> tuple[Float32, Float32]:
        if not self._is_still(k):
            return self._composed(self._moving(k))
        still = self.bed.still(self._key(k))
        if self._canvas is None or self._canvas[0] is not still:
            self._canvas = (still, *self._composed(still.seen))
        _, picture, depth = self._canvas
        picture = picture.copy()
        box = picture[self.bed.view.box]
        for by_m, change in zip(self._by_m(k, draught_mm), still.changes, strict=True):
            if by_m:
                box += np.float32(by_m * self.bed.gain) * change
        box *= 1 + np.float32(self._pulse(k)) * still.seen.skin
        return picture, depth

    def _pulse(self, k: int) -> float:
        """Return by how much skin is brighter than its mean: 0.1 % in near infra-red, more in daylight (SENSING)."""
        heart = float(self._own.track.heart_mm[k]) / 0.4
        return -0.001 * heart * (1 - 0.7 * self.scene.melanin)

    def _by_m(self, k: int, draught_mm: float) -> tuple[float, ...]:
        """Return by how many metres each of the bed's small motions is under way."""
        own, guest = self._own, self._guest
        lying = int(own.track.lying[k])
        both = guest.in_bed > 0.5
        share = self.breath_share(lying, both) / 1000
        other = 0.65 * self.bed.passes / 1000
        creep = float(own.track.creep_mm[k]) / 1000
        belly, chest = own.belly_mm * share, own.chest_mm * share
        return belly, chest, creep, guest.belly_mm * other, guest.chest_mm * other, draught_mm / 1000

    def breath_share(self, lying: int, is_guest_in: bool) -> float:
        """Return metres of the bed's surface for a metre of the chest's excursion."""
        share, px = self.bed.swing(lying, is_guest_in)
        swing_px = self.scene.swing_px
        if swing_px is None or px == 0:
            return share
        return share * swing_px * self.scene.scale / (px * self._own.track.usual_mm / 1000)

    def _moving(self, k: int) -> Seen:
        """Draw a bed in which somebody turns, tosses, gets up or lies down."""
        own, bed = self._own, self.bed
        lying, guest_in = int(own.track.lying[k]), self._guest.in_bed > 0.5
        turned = float(own.track.turned[k])
        land = bed.land((lying, True, guest_in))
        if turned < 1.0:
            land = bed.land((lying - 1, True, guest_in)).mixed(land, turned * turned * (3 - 2 * turned))
        if own.in_bed < 1.0:
            land = bed.land((lying, False, guest_in)).mixed(land, own.in_bed)
        stir_m = float(own.track.stir[k]) * own.track.wander_mm[k] / 1000 * own.in_bed
        wobble = np.tensordot(stir_m, np.array(WOBBLES), 1).astype(np.float32)
        motions = bed.motions((lying, True, guest_in))
        breath = tuple(zip(motions, (by_m * own.in_bed for by_m in self._by_m(k, 0.0)), strict=True))
        return bed.view.see(land, (*breath[:2], (Motion(wobble, (0.7, 0.4, 0.6)), 1.0)))

    def _composed(self, seen: Seen) -> tuple[Float32, Float32]:
        """Put the bed in front of the room."""
        picture, depth = self._room_dn.copy(), self._depth_m.copy()
        box, behind = picture[self.bed.view.box], depth[self.bed.view.box]
        front = seen.is_bed & (seen.depth_m < behind + 0.03)
        box[front] = seen.shine[front] * self.bed.gain
        behind[front] = seen.depth_m[front]
        return picture, depth

    def _open_doors(self, k: int, dt_s: float, picture: Float32) -> None:
        for name, (low, high) in (("ensuite", ENSUITE_X), ("door", DOOR_X)):
            near = any(
                low - 0.1 < float(one.track.x_m[k]) < high + 0.1
                and float(one.track.y_m[k]) > WALL_Y - 0.6
                and one.gone_s < 2.0
                for one in (self._own, self._guest)
            )
            self._doors[name] = near + math.exp(-dt_s / DOOR_LAG_S) * (self._doors[name] - near)
            if self._doors[name] > 0.02:
                where = self.bed.room.where(name)
                picture[where] *= np.float32(1 - 0.7 * self._doors[name])

    def _draw_people(self, k: int, dt_s: float, picture: Float32, depth: Float32) -> None:
        bodies = [
            (parts, member.figure.tones)
            for member in (self._own, self._guest)
            if (parts := member.parts(k, dt_s)) is not None
        ]
        if self._pet is not None:
            self._pet.step(dt_s)
            pet = self._pet_figure.step(
                POSES.index(self._pet.pose), self._pet.x_m, self._pet.y_m, dt_s, self._pet.lift_m
            )
            bodies.append((self._pet.breathing(pet), self._pet_figure.tones))
        if not bodies:
            return
        depth = depth.copy()
        for name, openness in self._doors.items():
            if openness > 0.3:
                depth[self.bed.room.where(name)] += 3.0
        for parts, tones in sorted(bodies, key=lambda one: -float(one[0][CHEST, 1])):
            draw(picture, depth, self.bed.lens, parts, tones, self.bed.room.plaster, self.bed.gain)
