package io.arkvale.serving.load;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a run went.
 *
 * @param requests one each, in the order of arrival
 * @param seconds from the first arrival to the last end
 */
public record LoadResult(List<Timed> requests, double seconds) {
    /**
     * One request.
     *
     * @param toFirst seconds from its arrival to the first of its text; NaN if there was none
     * @param toEnd seconds to its end
     * @param promptTokens of it
     * @param sharedTokens of them that the server had read before
     * @param answerTokens of its answer
     * @param error why there is no whole answer, else null
     */
    public record Timed(
            double toFirst,
            double toEnd,
            int promptTokens,
            int sharedTokens,
            int answerTokens,
            @Nullable String error) {
        /** Seconds per token after the first one; NaN if there is none. */
        public double perToken() {
            return answerTokens < 2 ? Double.NaN : (toEnd - toFirst) / (answerTokens - 1);
        }
    }

    /** A number that each request has. */
    @FunctionalInterface
    public interface Reading {
        /** Reads it off a request; NaN if the request has none. */
        double of(Timed request);
    }

    /** Those with a whole answer. */
    public List<Timed> answered() {
        return requests.stream().filter(request -> request.error == null).toList();
    }

    /** The first error, if any request has one. */
    public @Nullable String firstError() {
        return requests.stream()
                .map(Timed::error)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * The least number that a share of the answered requests does not exceed.
     *
     * @param share above 0, at most 1
     * @return NaN if no request has the number
     */
    public double quantile(double share, Reading reading) {
        var numbers = answered().stream()
                .mapToDouble(reading::of)
                .filter(number -> !Double.isNaN(number))
                .sorted()
                .toArray();
        return numbers.length == 0 ? Double.NaN : numbers[(int) Math.ceil(share * numbers.length) - 1];
    }

    /** Answered requests per second. */
    public double requestsPerSecond() {
        return answered().size() / seconds;
    }

    /** Tokens of whole answers per second. */
    public double tokensPerSecond() {
        return answered().stream().mapToLong(Timed::answerTokens).sum() / seconds;
    }
}
