package io.arkvale.llama.text.jinja.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Elements that Python makes one by one: they can be gone through, but have no length and are always true. */
public record Lazy(List<@Nullable Object> elements) {}
