package io.arkvale.serving.http;

import io.arkvale.serving.Request;

/**
 * A request as a client sent it.
 *
 * @param request what the engine gets
 * @param chat whether it is a chat completion
 * @param stream whether the answer is wanted as it comes
 * @param usage whether a stream ends with the numbers of tokens
 */
record Asked(Request request, boolean chat, boolean stream, boolean usage) {}
