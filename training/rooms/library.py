"""Turn the fetched models into one Blender file that scenes take their meshes from, and tell what they need to know.

    python -m training.rooms.library          (in the renderer's environment: it needs bpy)

Writes ``library.blend``, and ``library.json`` beside this file (sizes in metres, the mean colour of the largest
material): with that, scenes can be drawn up without Blender. Meshes stand on
z = 0, centred, their front towards −y; large ones are simplified and textures made small, which 128 pixels never show.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from training.rooms.catalogue import ROOT, Model, fetch, models, nouns

BLEND, FACTS = ROOT / "library.blend", Path(__file__).with_name("library.json")
MOST_FACES = 5_000
TEXTURE = 128
"""Longest side of a texture, in pixels."""


def build() -> int:
    """Build the library; returns how many models it holds."""
    fetch()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    known = models()
    facts: dict[str, Any] = {}
    for key in sorted({key for keys in nouns().values() for key in keys}):
        mesh = _mesh(known[key])
        largest = max(_materials(mesh), key=lambda one: one["share"])
        facts[key] = {"sizes": [round(side, 5) for side in known[key].sizes], "materials": [largest]}
        print(f"{key}: {len(mesh.polygons)} faces", flush=True)
    for image in bpy.data.images:
        if image.has_data:
            share = min(1.0, TEXTURE / max(image.size))
            image.scale(max(1, int(image.size[0] * share)), max(1, int(image.size[1] * share)))
            image.pack()
    bpy.ops.wm.save_as_mainfile(filepath=str(BLEND), compress=True)
    lines = [f" {json.dumps(key)}: {json.dumps(told, separators=(',', ':'))}" for key, told in facts.items()]
    FACTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return len(facts)


def _mesh(model: Model) -> Any:
    """Import a model as one mesh of the library, placed and scaled."""
    bpy.ops.wm.obj_import(filepath=str(model.file), forward_axis="Y", up_axis="Z", use_split_objects=False)
    (thing,) = bpy.context.selected_objects
    mesh = thing.data
    if len(mesh.polygons) > MOST_FACES:
        simpler = thing.modifiers.new("simpler", "DECIMATE")
        simpler.ratio = MOST_FACES / len(mesh.polygons)
        mesh = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    turned = Matrix([model.rotation[0:3], model.rotation[3:6], model.rotation[6:9]]).to_4x4()
    upright = Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1)))  # y up → z up
    mesh.transform(upright @ turned)
    flat = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", flat)
    points = flat.reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    scale = np.array(model.sizes) / np.maximum(high - low, 1e-6)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    mesh.vertices.foreach_set("co", ((points - middle) * scale).astype(np.float32).ravel())
    mesh.update()
    bpy.data.objects.remove(thing)
    mesh.name, mesh.use_fake_user = model.key, True
    for material in mesh.materials:
        if material:
            _tame(material)
    return mesh


def _shader(material: Any) -> Any:
    nodes = material.node_tree.nodes if material.use_nodes else ()
    return next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)


def _tame(material: Any) -> None:
    """Take from a material what OBJ files get wrong: mirrors of plastic, light of its own."""
    if (shader := _shader(material)) is None:
        return
    for node in [node for node in material.node_tree.nodes if node.type == "TEX_IMAGE"]:
        if (
            node.image is None
            or not Path(bpy.path.abspath(node.image.filepath)).is_file()
            or not node.image.size[0]
        ):
            if node.image:
                bpy.data.images.remove(node.image)
            material.node_tree.nodes.remove(node)
    shader.inputs["Roughness"].default_value = max(0.25, shader.inputs["Roughness"].default_value)
    shader.inputs["Metallic"].default_value = min(0.5, shader.inputs["Metallic"].default_value)
    shader.inputs["Emission Strength"].default_value = 0.0


def _materials(mesh: Any) -> list[dict[str, Any]]:
    """Return per material its share of the surface and its mean colour, sRGB 0 … 1."""
    surfaces = np.zeros(max(1, len(mesh.materials)))
    for face in mesh.polygons:
        surfaces[min(face.material_index, len(surfaces) - 1)] += face.area
    shares = surfaces / max(surfaces.sum(), 1e-9)
    return [
        {"share": round(float(share), 3), "colour": _colour(material)}
        for share, material in zip(shares, mesh.materials or [None], strict=True)
    ]


def _colour(material: Any) -> list[float]:
    shader = _shader(material) if material else None
    if shader is None:
        return [0.8, 0.8, 0.8]
    base = shader.inputs["Base Color"]
    if base.is_linked and base.links[0].from_node.type == "TEX_IMAGE":
        image = base.links[0].from_node.image
        if image and image.size[0]:
            flat = np.empty(len(image.pixels), np.float32)
            image.pixels.foreach_get(flat)
            pixels = flat.reshape(-1, image.channels)
            seen = pixels[pixels[:, 3] > 0.5] if image.channels == 4 else pixels
            if len(seen):
                return [round(float(one), 3) for one in seen[:, :3].mean(0)]
    linear = np.array(base.default_value[:3])
    encoded = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    )
    return [round(float(one), 3) for one in encoded]


if __name__ == "__main__":
    print(f"{build()} models in {BLEND}.")
