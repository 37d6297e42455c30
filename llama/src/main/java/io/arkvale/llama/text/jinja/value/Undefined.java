package io.arkvale.llama.text.jinja.value;

/**
 * What a name or an entry has that is not there: false, empty, and printed as nothing; everything else done with it is an
 * error.
 *
 * @param what what is not there, in words
 */
public record Undefined(String what) {}
