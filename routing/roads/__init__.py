"""Real and made-up streets: import, travel times, ways, a base map."""

from routing.roads.files import load_roads, save_roads
from routing.roads.graph import ROAD_CLASSES, RoadGraph
from routing.roads.lines import RoadLine, lines_of
from routing.roads.made import make_roads
from routing.roads.modes import MODES
from routing.roads.network import Network
from routing.roads.osm import import_osm, import_roads
from routing.roads.times import TravelTimes
from routing.roads.ways import Way, way_between

__all__ = [
    "MODES",
    "ROAD_CLASSES",
    "Network",
    "RoadGraph",
    "RoadLine",
    "TravelTimes",
    "Way",
    "import_osm",
    "import_roads",
    "lines_of",
    "load_roads",
    "make_roads",
    "save_roads",
    "way_between",
]
