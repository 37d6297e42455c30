package io.arkvale.serving.http;

import java.time.Duration;

/**
 * What a server takes from its clients.
 *
 * @param bodyBytes most bytes of a request's body
 * @param answerTokens most tokens of an answer
 * @param connections most connections at a time
 * @param requestTime for a request to come in, and for its answer to be read
 * @param answerTime from a request's arrival to the end of its answer
 */
public record HttpLimits(int bodyBytes, int answerTokens, int connections, Duration requestTime, Duration answerTime) {
    /** Checks that all are above 0. */
    public HttpLimits {
        if (bodyBytes < 1 || answerTokens < 1 || connections < 1) {
            throw new IllegalArgumentException("a limit is below 1; allowed: 1 or more");
        }
        if (requestTime.toSeconds() < 1 || answerTime.toSeconds() < 1) {
            throw new IllegalArgumentException("a time limit is below a second; allowed: a second or more");
        }
    }

    /** 8 MiB per body, 4,096 tokens per answer, 1,000 connections, 30 seconds to send a request, 10 minutes to answer it. */
    public static HttpLimits usual() {
        return new HttpLimits(8 << 20, 4096, 1000, Duration.ofSeconds(30), Duration.ofMinutes(10));
    }
}
