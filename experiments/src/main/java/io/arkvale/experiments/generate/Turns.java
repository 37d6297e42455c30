package io.arkvale.experiments.generate;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.run.Lab;
import java.util.function.Consumer;

/** Turns of a conversation under one policy: what is said is read, then the model speaks. */
public final class Turns implements AutoCloseable {
    private final Lab lab;
    private final RunSpec run;
    private final Conversation conversation;
    private final Speaker speaker;
    private final GrowingText text;
    /** Tokens that a text read anew has room for, beside those that it needs. */
    private final int spare;

    private TurnStats stats = new TurnStats(0, 0, 0, 0, 0);
    private GrowingText.Reading reading = GrowingText.Reading.ANEW;

    /**
     * Begins a conversation; the model stays its owner's.
     *
     * @param spare tokens of later turns to keep room for
     */
    public Turns(Lab lab, RunSpec run, Conversation conversation, Speaker speaker, int spare) {
        this.lab = lab;
        this.run = run;
        this.conversation = conversation;
        this.speaker = speaker;
        this.spare = spare;
        text = new GrowingText(lab, run);
    }

    /**
     * One turn.
     *
     * @param words what a person says
     * @param read told how many tokens the text has with the model's answer, before anything is computed
     * @param sink takes the answer as it comes
     * @throws UserException if the words are no text, or the model has no room for the turn
     */
    public Speaker.Spoken take(byte[] words, Consumer<Integer> read, Consumer<byte[]> sink) {
        int[] tokens;
        try {
            tokens = conversation.say(words);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
        int needed = Math.addExact(tokens.length, speaker.maxTokens());
        lab.requireRoom("the text with --max-tokens " + speaker.maxTokens(), needed);
        read.accept(needed);
        int room = needed <= text.room()
                ? needed
                : Math.min(needed + spare, lab.model().config().maxPositions());
        int before = text.length();
        long start = System.nanoTime();
        reading = text.read(tokens, room);
        long middle = System.nanoTime();
        var spoken = speaker.speak(text, sink);
        long end = System.nanoTime();
        stats = new TurnStats(
                tokens.length + spoken.tokens().size(),
                reading == GrowingText.Reading.ADDED ? tokens.length - before : tokens.length,
                middle - start,
                spoken.tokens().size(),
                end - middle);
        conversation.answered(spoken);
        return spoken;
    }

    /** How the last turn's text was read. */
    public GrowingText.Reading reading() {
        return reading;
    }

    /** The last turn's figures, for people; there must have been one. */
    public String stats() {
        return stats.lines(run, lab.model().config().layers(), text.usage(), text.backupBytes());
    }

    /** Forgets all that was said. */
    public void forget() {
        conversation.forget();
        text.close();
        stats = new TurnStats(0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        text.close();
    }
}
