package io.arkvale.serving;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.KvCache;
import io.arkvale.llama.Llama;
import io.arkvale.llama.MixedPass;
import io.arkvale.llama.text.EndTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes the steps: chooses their members, runs the model, and chooses the next tokens. */
final class Stepper implements AutoCloseable {
    private final MixedPass pass;
    private final EngineOptions options;
    private final EndTokens ends;
    private final Events events;

    /** Hears what became of a step's members. */
    interface Events {
        /** So many tokens of prompts were read. */
        void read(int tokens);

        /** A request has one more token, and so much more text that is certain. */
        void generated(Active active, byte[] text);

        /** A request has its answer. */
        void ended(Active active, Finish finish);

        /** A request cannot go on. */
        void failed(Active active, Throwable error);

        /** The pools have no room for a request's step, though it is alone in it; whether it may try again later. */
        boolean refused(Active active);
    }

    Stepper(Llama model, KvCache cache, EngineOptions options, EndTokens ends, Events events) {
        this.options = options;
        this.ends = ends;
        this.events = events;
        pass = new MixedPass(model, cache, options.stepTokens(), options.mostRunning());
    }

    /** One member of a step: what it reads. */
    private record Reading(Active active, Holder holder, int tokens, Role role) {
        boolean reachesEnd() {
            return holder.read() + tokens == active.length;
        }

        MixedPass.Member member() {
            int from = holder.read();
            var tokensRead = Arrays.stream(active.keys, from, from + tokens)
                    .map(Text::token)
                    .toArray();
            return new MixedPass.Member(holder.sequence, tokensRead, role, reachesEnd());
        }
    }

    /** One step of the served requests, if there are any. */
    void step(List<Active> running) {
        var readings = choose(running);
        if (!readings.isEmpty()) {
            take(readings);
        }
    }

    /** All that decode, then chunks of prompts in the order of the requests. */
    private List<Reading> choose(List<Active> running) {
        var readings = new ArrayList<Reading>();
        var reading = new ArrayList<Active>();
        for (var active : running) {
            var holder = Objects.requireNonNull(active.holder);
            if (Text.isGenerated(active.keys[holder.read()])) {
                readings.add(new Reading(active, holder, 1, Role.DECODE));
            } else {
                reading.add(active);
            }
        }
        reading.sort(Active.ORDER);
        int room = options.stepTokens() - readings.size();
        for (var active : reading) {
            var holder = Objects.requireNonNull(active.holder);
            int tokens = Math.min(room, active.promptEnd(holder.read()) - holder.read());
            if (tokens > 0) {
                // Every chunk ends a prompt, so that no text ever holds more than its budget and a chunk.
                readings.add(new Reading(active, holder, tokens, Role.LAST_PROMPT));
                room -= tokens;
            }
        }
        return readings;
    }

    private void take(List<Reading> readings) {
        MixedPass.Outcome outcome;
        try {
            outcome = pass.run(readings.stream().map(Reading::member).toList());
        } catch (BackendLostException | ClosedException e) {
            throw e; // nobody can be served any more
        } catch (RuntimeException e) {
            if (readings.size() > 1) {
                int half = readings.size() / 2;
                take(readings.subList(0, half));
                take(readings.subList(half, readings.size()));
            } else {
                refuse(readings.getFirst().active, e);
            }
            return;
        }
        var error = outcome.error();
        for (int i = 0; i < readings.size(); i++) {
            var reading = readings.get(i);
            var active = reading.active;
            active.refusals = 0;
            reading.holder.lowering = false;
            if (error != null && error.poisoned().contains(reading.holder.sequence)) {
                events.failed(active, error);
                continue;
            }
            if (reading.role != Role.DECODE) {
                events.read(reading.tokens);
            }
            var logits = outcome.logits().get(i);
            if (logits != null) {
                next(active, logits);
            }
        }
    }

    private void refuse(Active active, RuntimeException error) {
        if (!(error instanceof CapacityException) || !events.refused(active)) {
            events.failed(active, error);
        }
    }

    /** Chooses a request's next token. */
    private void next(Active active, float[] logits) {
        var wrong = notFinite(logits);
        if (wrong != null) {
            events.failed(active, wrong);
            return;
        }
        int token = active.sampler.next(logits);
        active.keys[active.length++] = Text.generated(token);
        boolean last = ends.contains(token);
        events.generated(active, last ? new byte[0] : active.stops.add(active.stream.add(token)));
        if (last || active.stops.stopped()) {
            events.ended(active, Finish.STOP);
        } else if (active.generated() == active.request.maxTokens()) {
            events.ended(active, Finish.LENGTH);
        }
    }

    private static @Nullable ArithmeticException notFinite(float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                return new ArithmeticException("the model's numbers are no longer finite after this text");
            }
        }
        return null;
    }

    @Override
    public void close() {
        pass.close();
    }
}
