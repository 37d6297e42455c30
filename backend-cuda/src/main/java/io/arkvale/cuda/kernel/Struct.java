package io.arkvale.cuda.kernel;

/**
 * A record that is written for the device as the structure of the same name and fields in the CUDA sources. Its
 * components are numbers of the structure's width, {@code long} for an address, or again such records.
 */
public interface Struct {}
