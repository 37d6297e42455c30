/**
 * An HTTP server in front of an engine: {@link io.arkvale.serving.http.HttpService}. It speaks OpenAI's completions and chat
 * completions, streamed or whole. What it cannot do it refuses with a sentence: it leaves no field of a request out in
 * silence.
 */
@NullMarked
package io.arkvale.serving.http;

import org.jspecify.annotations.NullMarked;
