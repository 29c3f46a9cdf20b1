"""Our own name weights over the base model: read, check, add. The file holds differences (safetensors)."""

from __future__ import annotations

import hashlib
import json
import logging
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "data" / "weights"
MANIFEST = "manifest.json"
COMPONENT = "ner"
# Types of the safetensors layout that are read here.
DTYPES: dict[str, np.dtype[Any]] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4")}
# The header is a few kilobytes; a length beyond this is a broken file.
MAX_HEADER = 1_000_000
log = logging.getLogger(__name__)
Weights = dict[str, np.ndarray]


class WeightsError(ValueError):
    """Shipped weights that are damaged; the message names the file and what to do."""


def apply_weights(nlp: Any, folder: Path = FOLDER) -> str | None:
    """Add the weights in `folder` to the name recogniser of `nlp`, if they were trained from that very model.

    Returns: the name of the weights (`wiki-ner 1.0 d3adb33f`), or None if there are none or
    the model is another one; the reason is logged as a warning.
    Raises: WeightsError for a file that is not the one in the manifest.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        log.warning("no name weights in %s; the bare model is used", folder)
        return None
    name = f"{manifest['name']} {manifest['version']} {manifest['sha256'][:8]}"
    if nlp.meta.get("name_weights") == name:
        return name
    if reason := mismatch(nlp, manifest):
        log.warning("name weights not applied: %s", reason)
        return None
    path = folder / manifest["file"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}; install the package again") from None
    if hashlib.sha256(data).hexdigest() != manifest["sha256"]:
        raise WeightsError(f"{path}: checksum differs from {folder / MANIFEST}; install the package again")
    add_delta(recogniser(nlp).model, read_tensors(data, str(path)), str(path))
    nlp.meta["name_weights"] = name
    return name


def read_manifest(folder: Path = FOLDER) -> dict[str, Any] | None:
    """What the weights are and what they fit; None if there are none.

    Raises: WeightsError for a manifest that is no JSON object or lacks a field.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    fields = ("name", "version", "file", "sha256", "base", "base_sha256")
    try:
        manifest = json.loads(path.read_text(encoding="utf8"))
        absent = [f for f in fields if not isinstance(manifest[f], str)]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise WeightsError(f"{path}: not a manifest of weights ({error!r})") from None
    if absent or Path(manifest["file"]).name != manifest["file"]:
        raise WeightsError(f"{path}: {', '.join(absent) or 'file'}: expected a plain string")
    return dict(manifest)


def mismatch(nlp: Any, manifest: Mapping[str, Any]) -> str:
    """Why weights with this manifest do not fit the pipeline; empty if they do."""
    base = base_name(nlp)
    if base != manifest["base"]:
        return f"they are for {manifest['base']}, the model is {base}"
    if COMPONENT not in nlp.component_names:
        return f"model {base} has no component {COMPONENT!r}"
    if checksum(recogniser(nlp).model) != manifest["base_sha256"]:
        return f"the recogniser of this {base} is not the one they were trained from (checksum)"
    return ""


def recogniser(nlp: Any) -> Any:
    """The name recogniser of a spaCy pipeline, a `spacy.pipeline.EntityRecognizer`."""
    return nlp.get_pipe(COMPONENT)


def base_name(nlp: Any) -> str:
    """Language, name and version of a spaCy pipeline, as in `en_core_web_md-3.7.1`."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"


def parameters(model: Any) -> Iterator[tuple[str, Any, str]]:
    """Every trainable array of a thinc model: a stable key, its layer, its name in the layer."""
    for number, node in enumerate(model.walk()):
        for name in node.param_names:
            if node.has_param(name):
                yield f"{number}.{node.name}.{name}", node, name


def checksum(model: Any) -> str:
    """SHA-256 over all trainable arrays with their keys and shapes."""
    digest = hashlib.sha256()
    for key, node, name in parameters(model):
        array = np.ascontiguousarray(node.get_param(name), dtype="<f4")
        digest.update(f"{key}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def add_delta(model: Any, delta: Weights, place: str) -> None:
    """Add differences to the arrays of a model; nothing is changed unless all fit.

    Raises: WeightsError for a key or shape that the model does not have.
    """
    own = {key: (node, name) for key, node, name in parameters(model)}
    for key, array in delta.items():
        if key not in own or own[key][0].get_param(own[key][1]).shape != array.shape:
            raise WeightsError(f"{place}: {key} {array.shape} does not fit the model")
    for key, array in delta.items():
        node, name = own[key]
        node.set_param(name, node.get_param(name) + array.astype("float32"))


def read_tensors(data: bytes, place: str) -> Weights:
    """The arrays of a safetensors file: a JSON header with types, shapes and places, then the plain numbers.

    Raises: WeightsError for anything that does not add up; nothing in the file is ever executed.
    """
    try:
        (length,) = struct.unpack_from("<Q", data)
        if length > MAX_HEADER:
            raise ValueError(f"header of {length} bytes")
        header = json.loads(data[8 : 8 + length])
        body = memoryview(data)[8 + length :]
        tensors: Weights = {}
        for key in sorted(k for k in header if k != "__metadata__"):
            entry = header[key]
            start, end = entry["data_offsets"]
            if not 0 <= start <= end <= len(body):
                raise ValueError(f"{key} lies outside the file")
            array = np.frombuffer(body[start:end], dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
            if not np.isfinite(array).all():
                raise ValueError(f"{key} has values that are no numbers")
            tensors[key] = array
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise WeightsError(f"{place}: not readable as weights ({error})") from None
    return tensors


def write_tensors(tensors: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of a safetensors file with these arrays in half precision; same arrays, same bytes."""
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    at = 0
    for key in sorted(tensors):
        part = np.ascontiguousarray(tensors[key], dtype="<f2").tobytes()
        header[key] = {
            "dtype": "F16",
            "shape": list(tensors[key].shape),
            "data_offsets": [at, at + len(part)],
        }
        parts.append(part)
        at += len(part)
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + b"".join(parts)
