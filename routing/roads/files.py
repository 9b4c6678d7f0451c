"""A road network as one `.npz` file, with the words that its licence asks for."""

import zipfile
from pathlib import Path
from typing import Final

import numpy as np

from routing.errors import BadRoads
from routing.roads.graph import RoadGraph

_FORMAT: Final = "liuzhu-roads/1"


def save_roads(graph: RoadGraph, path: Path) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    arrays = {name: getattr(graph, name) for name in graph.ARRAYS}
    words = {"format": np.array(_FORMAT), "attribution": np.array(graph.attribution)}
    with beside.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays, **words)
    beside.replace(path)


def load_roads(path: Path) -> RoadGraph:
    """Raises: BadRoads, when the file is missing, broken or of another kind."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["format"]) != _FORMAT:
                raise BadRoads(f"{path.name} is not a {_FORMAT} file")
            arrays = {name: kept[name] for name in RoadGraph.ARRAYS}
            return RoadGraph(**arrays, attribution=str(kept["attribution"]))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as trouble:
        if isinstance(trouble, BadRoads):
            raise
        raise BadRoads(f"{path.name} cannot be read as roads: {trouble}") from trouble
