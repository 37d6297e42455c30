// What prefill attention is given, on tensor cores and elsewhere.
#pragma once
#include "stored.cuh"

/** Of every kernel that attends in prefill. */
struct PrefillArguments {
    Layer layer;
    Pages pages;
    /** [batch] */
    const Chunk* chunks;
    Rows queries;
    Rows output;
};
