package io.arkvale.llama.text.jinja;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value whose entries can be set from inside of loops. */
record Namespace(Map<String, @Nullable Object> entries) {}
