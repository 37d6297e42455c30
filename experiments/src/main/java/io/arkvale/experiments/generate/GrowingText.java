package io.arkvale.experiments.generate;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Usage;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.Session;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text that grows under one policy. Its beginning is prefilled with full attention, all but the last token, which is the
 * first one that is decoded under the policy. One thread uses it at a time.
 */
public final class GrowingText implements AutoCloseable {
    private final Lab lab;
    private final RunSpec run;
    private int[] tokens = new int[0];
    private int length;
    private float[] logits = {};
    private @Nullable Session session;

    /** An empty text; model and backend stay their owner's. */
    public GrowingText(Lab lab, RunSpec run) {
        this.lab = lab;
        this.run = run;
    }

    /** How a text was read. */
    public enum Reading {
        /** All of it anew. */
        ANEW,
        /** What was added, token by token: the policy kept what it had. */
        ADDED
    }

    /**
     * Makes the text be these tokens: where they go on after what was read and there is room, the rest is decoded,
     * otherwise all is read anew.
     *
     * @param text at least two tokens
     * @param room tokens that the text may grow to, at least as many as it has
     * @throws UserException if there are fewer than two tokens, or the model has not so many positions
     */
    public Reading read(int[] text, int room) {
        if (text.length < 2) {
            throw new UserException("the prompt has " + text.length + " tokens; at least 2 are needed");
        }
        lab.requireRoom("the text", room);
        boolean added = session != null
                && text.length > length
                && room <= tokens.length
                && Arrays.equals(text, 0, length, tokens, 0, length);
        if (!added) {
            close();
            var beginning = Arrays.copyOf(text, text.length - 1);
            tokens = Arrays.copyOf(beginning, room);
            length = beginning.length;
            session = Session.uncompared(lab, lab.prefill(beginning, run.readsAllRows()), List.of(run), room - length);
        }
        for (int i = length; i < text.length; i++) {
            add(text[i]);
        }
        return added ? Reading.ADDED : Reading.ANEW;
    }

    /** Reads one more token under the policy and returns the logits after it; there must be room. */
    public float[] add(int token) {
        if (session == null) {
            throw new IllegalStateException("nothing has been read yet");
        }
        logits = session.decode(new int[] {token})[0];
        tokens[length++] = token;
        return logits;
    }

    /** The logits after the last token. */
    public float[] logits() {
        return logits;
    }

    /** Tokens read. */
    public int length() {
        return length;
    }

    /** Tokens that the text may grow to without being read anew. */
    public int room() {
        return tokens.length;
    }

    /** What the run has used since the text was read anew. */
    public Usage usage() {
        if (session == null) {
            throw new IllegalStateException("nothing has been read yet");
        }
        return session.usage().getFirst();
    }

    /** Bytes that backups hold. */
    public long backupBytes() {
        return session == null ? 0 : session.backupBytes();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
            session = null;
        }
        length = 0;
    }
}
