package io.arkvale.llama.text.jinja.value;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value whose entries can be set from inside of loops. */
public record Namespace(Map<String, @Nullable Object> entries) {}
