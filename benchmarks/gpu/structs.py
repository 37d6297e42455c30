"""The kernels' images, and the structures of backend-cuda/src/main/cuda that they are given, read from the sources."""

import pathlib
import re

import cupy
import numpy

CUDA = pathlib.Path(__file__).resolve().parents[2] / "backend-cuda/src/main"
IMAGES = CUDA / "resources/io/arkvale/cuda/images"


def strip_comments(source):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.S)


SOURCES = {path: strip_comments(path.read_text()) for path in sorted((CUDA / "cuda").glob("*.cu*"))}


def read_struct(name):
    """A structure as C lays it out. Its fields are pointers, whole numbers, enumerations and other structures."""
    bodies = [found for text in SOURCES.values() for found in re.findall(r"struct %s \{(.*?)\n\};" % name, text, re.S)]
    if len(bodies) != 1:
        raise ValueError(f"struct {name} stands {len(bodies)} times in {CUDA / 'cuda'}; expected: once")
    fields = []
    for declaration in filter(None, map(str.strip, bodies[0].split(";"))):
        kind = declaration.replace("const ", "").split()[0].rstrip("*")
        names = [re.split(r"[ *]", field.strip())[-1] for field in declaration.split(",")]
        if "*" in declaration or "long long" in declaration:
            type_of = "<u8"
        elif any(re.search(r"struct %s \{" % kind, text) for text in SOURCES.values()):
            type_of = read_struct(kind)
        else:
            type_of = "<i4"
        fields += [(field, type_of) for field in names]
    return numpy.dtype(fields, align=True)


def fill(structure, values):
    """Sets each field, those of inner structures too, to the value of its name; a name without a value is an error."""
    for field in structure.dtype.names:
        if structure.dtype[field].names:
            fill(structure[field], values)
        else:
            structure[field] = values[field]


SEQUENCE = read_struct("Sequence")


class Kernel:
    """A kernel with its launch shape and arguments; calling it queues it on CuPy's current stream."""

    modules = {}

    def __init__(self, image, name, arguments, grid, threads, shared, values):
        self.call = numpy.zeros((), read_struct(arguments))
        fill(self.call, values)
        if image not in self.modules:
            self.modules[image] = cupy.RawModule(path=str(IMAGES / (image + ".fatbin")))
        self.function = self.modules[image].get_function(name)
        if shared > 48 << 10:
            self.function.max_dynamic_shared_size_bytes = shared
        self.name, self.grid, self.threads, self.shared = name, grid, threads, shared

    def __call__(self):
        self.function(self.grid, (self.threads,), (self.call,), shared_mem=self.shared)
