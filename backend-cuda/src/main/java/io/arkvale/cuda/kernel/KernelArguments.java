package io.arkvale.cuda.kernel;

/** What one kernel is given, by value, with each launch. */
public interface KernelArguments extends Struct {}
