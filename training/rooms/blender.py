"""Render scenes with Blender's Cycles; needs the renderer's environment (bpy), nothing else of the project does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from training.rooms.catalogue import ROOT
from training.rooms.colours import RGB
from training.rooms.scenes import Box, Light, Scene, Thing

SIDE = 128
SAMPLES = 12


class Renderer:
    """Blender with the library in memory; renders one scene after another on ``threads`` threads."""

    def __init__(self, threads: int = 1, samples: int = SAMPLES, side: int = SIDE) -> None:
        bpy.ops.wm.open_mainfile(filepath=str(ROOT / "library.blend"))
        scene = self.scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.render.threads_mode, scene.render.threads = "FIXED", threads
        scene.render.resolution_x = scene.render.resolution_y = side
        scene.render.resolution_percentage = 100
        scene.render.image_settings.file_format = "PNG"
        scene.render.image_settings.compression = 15
        scene.render.film_transparent = False
        cycles = scene.cycles
        cycles.device, cycles.samples, cycles.use_denoising, cycles.denoiser = (
            "CPU",
            samples,
            True,
            "OPENIMAGEDENOISE",
        )
        cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
        cycles.use_adaptive_sampling = cycles.use_light_tree = False
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
        cycles.transmission_bounces, cycles.transparent_max_bounces = 2, 8
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect = 4.0
        scene.view_settings.view_transform, scene.view_settings.look = "AgX", "AgX - Medium High Contrast"
        scene.world = bpy.data.worlds.new("world")
        scene.world.use_nodes = True
        self.paints: dict[Any, Any] = {}
        camera = bpy.data.cameras.new("camera")
        camera.sensor_width, camera.clip_start = 36.0, 0.02
        self.camera = bpy.data.objects.new("camera", camera)
        scene.collection.objects.link(self.camera)
        scene.camera = self.camera

    def render(self, picture: Scene, file: Path) -> None:
        """Render a scene to a PNG file."""
        made = [
            *(self._thing(one) for one in picture.things),
            *self._boxes(picture.boxes),
            *(self._light(one) for one in picture.lights),
        ]
        for thing in made:
            self.scene.collection.objects.link(thing)
        world = self.scene.world.node_tree.nodes["Background"]
        world.inputs["Color"].default_value = (*_linear(picture.sky), 1.0)
        world.inputs["Strength"].default_value = picture.sky_strength
        self.camera.location = picture.eye
        _look(self.camera, picture.target)
        self.camera.data.angle = np.deg2rad(picture.angle)
        self.scene.cycles.seed = picture.number % 2**31
        self.scene.render.filepath = str(file)
        bpy.ops.render.render(write_still=True)
        for thing in made:
            data, is_mine = thing.data, thing.type == "LIGHT" or thing.data.name.startswith("boxes")
            kind = bpy.data.lights if thing.type == "LIGHT" else bpy.data.meshes
            bpy.data.objects.remove(thing)
            if is_mine:
                kind.remove(data)
        for material in self.paints.values():
            bpy.data.materials.remove(material)
        self.paints.clear()

    def _thing(self, one: Thing) -> Any:
        mesh = bpy.data.meshes[one.model]
        thing = bpy.data.objects.new(one.noun, mesh)
        thing.location = one.place
        thing.rotation_euler = (0.0, 0.0, np.deg2rad(one.turn))
        thing.scale = (one.scale,) * 3
        if one.tint is not None and mesh.materials:
            slot = thing.material_slots[_largest(mesh)]
            slot.link = "OBJECT"
            slot.material = self._paint("fabric", one.tint)
        return thing

    def _boxes(self, boxes: list[Box]) -> list[Any]:
        """Make one thing of all cuboids of a material: Cycles takes ten milliseconds for each thing."""
        groups: dict[tuple[str, RGB], list[Box]] = {}
        for one in boxes:
            groups.setdefault((one.style, one.colour), []).append(one)
        made = []
        for (style, colour), alike in groups.items():
            mesh = bpy.data.meshes.new("boxes")
            corners = np.concatenate([_corners(one) for one in alike])
            faces = (FACES[None] + 8 * np.arange(len(alike))[:, None, None]).reshape(-1, 4)
            mesh.from_pydata(corners.tolist(), [], faces.tolist())
            mesh.materials.append(self._paint(style, colour))
            thing = bpy.data.objects.new(style, mesh)
            if style == "glow":  # seen, but no lamp: area lights light the room with less noise
                thing.visible_diffuse = thing.visible_shadow = False
            made.append(thing)
        return made

    def _light(self, one: Light) -> Any:
        lamp = bpy.data.lights.new(one.kind, "SUN" if one.kind == "sun" else "AREA")
        lamp.energy, lamp.color = one.power, _linear(one.colour)
        if one.kind == "sun":
            lamp.angle = np.deg2rad(1.5)
        else:
            lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", *one.size
        thing = bpy.data.objects.new(one.kind, lamp)
        thing.location = one.place
        thing.visible_camera = thing.visible_glossy = False
        _look(thing, one.target)
        return thing

    def _paint(self, style: str, colour: RGB) -> Any:
        key = style, colour
        if key not in self.paints:
            self.paints[key] = _material(style, colour)
        return self.paints[key]


def _linear(colour: RGB) -> tuple[float, float, float]:
    encoded = np.array(colour)
    r, g, b = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return float(r), float(g), float(b)


def _look(thing: Any, target: tuple[float, float, float]) -> None:
    direction = Vector(target) - Vector(thing.location)
    thing.rotation_euler = direction.to_track_quat("-Z", "Y").to_euler()


def _largest(mesh: Any) -> int:
    """Return the material of a mesh with the largest surface, remembered on it."""
    if "largest" not in mesh:
        surfaces = np.zeros(len(mesh.materials))
        for face in mesh.polygons:
            surfaces[min(face.material_index, len(surfaces) - 1)] += face.area
        mesh["largest"] = int(surfaces.argmax())
    return int(mesh["largest"])


CORNERS = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
FACES = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])


def _corners(box: Box) -> Any:
    angle = np.deg2rad(box.turn)
    c, s = np.cos(angle), np.sin(angle)
    turned = (CORNERS * box.sizes) @ np.array([(c, s, 0), (-s, c, 0), (0, 0, 1)])
    return turned + np.array(box.centre)


BRICKS = {
    "planks": (1.3, 0.14, 0.004, False), "tiles": (0.4, 0.4, 0.008, False), "tiles_upright": (0.25, 0.25, 0.006, True),
    "brick": (0.3, 0.1, 0.012, True), "siding": (6.0, 0.18, 0.015, True), "paving": (0.6, 0.6, 0.015, False),
}  # fmt: skip
"""Patterns of rows: length and height of one, joint between them, in metres; on a wall or on the floor."""

ROUGHNESS = {
    "wood": 0.45,
    "planks": 0.4,
    "tiles": 0.25,
    "plain": 0.7,
    "metal": 0.3,
    "glass": 0.05,
    "asphalt": 0.9,
}


def _material(style: str, colour: RGB) -> Any:
    """Make a material: patterns lie in the world's metres, so that floors and walls need no coordinates."""
    material = bpy.data.materials.new(style)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    base = (*_linear(colour), 1.0)
    darker = (*tuple(one * 0.62 for one in base[:3]), 1.0)
    shader.inputs["Base Color"].default_value = base
    shader.inputs["Roughness"].default_value = ROUGHNESS.get(style, 0.85)
    if style == "glow":
        shader.inputs["Emission Color"].default_value = base
        shader.inputs["Emission Strength"].default_value = 1.6
    elif style == "mirror":
        shader.inputs["Metallic"].default_value, shader.inputs["Roughness"].default_value = 1.0, 0.03
    elif style == "metal":
        shader.inputs["Metallic"].default_value = 0.6
    elif style in BRICKS:
        _bricks(nodes, links, shader, style, base, darker)
    elif style in ("carpet", "grass", "asphalt", "snow", "wood", "picture", "sand", "water", "leaves"):
        _noise(nodes, links, shader, style, base, darker)
    return material


def _position(nodes: Any, links: Any, upright: bool) -> Any:
    place = nodes.new("ShaderNodeNewGeometry").outputs["Position"]
    if not upright:
        return place
    parts = nodes.new("ShaderNodeSeparateXYZ")
    links.new(place, parts.inputs[0])
    along = nodes.new("ShaderNodeMath")
    links.new(parts.outputs[0], along.inputs[0])
    links.new(parts.outputs[1], along.inputs[1])
    joined = nodes.new("ShaderNodeCombineXYZ")
    links.new(along.outputs[0], joined.inputs[0])
    links.new(parts.outputs[2], joined.inputs[1])
    return joined.outputs[0]


def _bricks(nodes: Any, links: Any, shader: Any, style: str, base: Any, darker: Any) -> None:
    width, height, mortar, upright = BRICKS[style]
    pattern = nodes.new("ShaderNodeTexBrick")
    pattern.offset = 0.0 if "tiles" in style else 0.5
    values = pattern.inputs
    values["Color1"].default_value = base
    values["Color2"].default_value = (
        *tuple(one * (0.8 if style in ("planks", "brick") else 0.95) for one in base[:3]),
        1.0,
    )
    values["Mortar"].default_value = darker
    values["Scale"].default_value, values["Mortar Size"].default_value = 1.0, mortar
    values["Brick Width"].default_value, values["Row Height"].default_value = width, height
    links.new(_position(nodes, links, upright), values["Vector"])
    links.new(pattern.outputs["Color"], shader.inputs["Base Color"])


def _noise(nodes: Any, links: Any, shader: Any, style: str, base: Any, darker: Any) -> None:
    scale, depth = {
        "carpet": (60.0, 2.0), "grass": (9.0, 5.0), "asphalt": (30.0, 3.0), "snow": (1.0, 3.0), "wood": (3.0, 3.0),
        "picture": (3.5, 1.0), "sand": (20.0, 3.0), "water": (3.0, 2.0), "leaves": (8.0, 4.0),
    }[style]  # fmt: skip
    pattern = nodes.new("ShaderNodeTexNoise")
    pattern.inputs["Scale"].default_value, pattern.inputs["Detail"].default_value = scale, depth
    links.new(_position(nodes, links, style == "picture"), pattern.inputs["Vector"])
    ramp = nodes.new("ShaderNodeValToRGB")
    low, high = ramp.color_ramp.elements
    if style == "picture":
        low.color, high.color = base, (0.9, 0.88, 0.8, 1.0)
        low.position, high.position = 0.42, 0.58
        middle = ramp.color_ramp.elements.new(0.5)
        middle.color = (base[2], base[0], base[1], 1.0)
    else:
        share = 0.85 if style in ("snow", "carpet", "wood") else 0.55
        low.color, high.color = (*tuple(one * share for one in base[:3]), 1.0), base
        low.position, high.position = 0.3, 0.7
    links.new(pattern.outputs["Fac"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    if style == "water":
        shader.inputs["Roughness"].default_value = 0.05
