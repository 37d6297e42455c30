package io.arkvale.serving.http;

import io.arkvale.serving.Answer;
import io.arkvale.serving.Listener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An answer on its way from the engine's thread to its client's. It holds an answer's tokens at most, however slow the client. */
final class Coming implements Listener {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /** More text, or the end. */
    sealed interface Event {}

    @SuppressWarnings("ArrayRecordComponent") // Handed over; never compared.
    record More(byte[] text) implements Event {}

    record End(Answer answer) implements Event {}

    @Override
    public void text(byte[] more) {
        events.add(new More(more));
    }

    @Override
    public void done(Answer answer) {
        events.add(new End(answer));
    }

    Event next() throws InterruptedException {
        return events.take();
    }

    /** The next event, or null if there is none for so long. */
    @Nullable
    Event next(long seconds) throws InterruptedException {
        return events.poll(seconds, TimeUnit.SECONDS);
    }
}
