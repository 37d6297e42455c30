"""The structs of backend-cuda/src/main/cuda/cache.cuh, read from it, and the kernels' images."""

import pathlib
import re

import cupy
import numpy

CUDA = pathlib.Path(__file__).resolve().parents[2] / "backend-cuda/src/main"
IMAGES = CUDA / "resources/io/arkvale/cuda/images"


def read_struct(name):
    source = re.sub(r"//[^\n]*", "", (CUDA / "cuda/cache.cuh").read_text())
    body = re.search(r"struct %s \{(.*?)\}" % name, source, re.S).group(1)
    fields = []
    for declaration in filter(None, map(str.strip, body.split(";"))):
        wide = "*" in declaration or "long long" in declaration
        for field in declaration.split(","):
            fields.append((re.split(r"[ *]", field.strip())[-1], "<u8" if wide else "<i4"))
    return numpy.dtype(fields)


CALL = read_struct("Call")
SEQUENCE = read_struct("Sequence")


class Kernel:
    """A kernel with its launch shape; calling it queues it on CuPy's current stream."""

    modules = {}

    def __init__(self, image, name, grid, threads, shared, call):
        if image not in self.modules:
            self.modules[image] = cupy.RawModule(path=str(IMAGES / (image + ".fatbin")))
        self.function = self.modules[image].get_function(name)
        if shared > 48 << 10:
            self.function.max_dynamic_shared_size_bytes = shared
        self.name, self.grid, self.threads, self.shared, self.call = name, grid, threads, shared, call

    def __call__(self):
        self.function(self.grid, (self.threads,), (self.call,), shared_mem=self.shared)
