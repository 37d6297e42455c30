package io.arkvale.serving;

import io.arkvale.api.Backend;
import io.arkvale.api.BackupException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.KvCache;
import io.arkvale.llama.Llama;
import io.arkvale.llama.text.EndTokens;
import io.arkvale.llama.text.Tokenizer;
import io.arkvale.serving.RefusedException.Cure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Serves many requests over one cache. One thread of its own takes step after step; every other thread only hands requests
 * in and hears of them through their {@link Listener}.
 *
 * <p>Before a step, requests are admitted in order of priority and arrival, as long as the pools have room for all that the
 * served ones may come to need within their budgets. The rest wait, so no served request is ever given up for want of room. A
 * request whose text begins like that of another sequence forks it; while that sequence is still reading what both have in
 * common, the request waits for it. A step has every request that decodes, and chunks of prompts up to a limit of tokens.
 *
 * <p>An error that a backend lays to a sequence ends its request alone. If a backup is lost, no text begins like those that
 * may share it any more, and a request that shared it is read again. If a step is refused as a whole, its members take it
 * in smaller groups, so that the one at fault shows.
 */
public final class Engine implements AutoCloseable {

    /** Steps in a row for which a request waits when the backend has no room for it alone. */
    private static final int MOST_REFUSALS = 100;

    private final Llama model;
    private final Tokenizer tokenizer;
    private final KvCache cache;
    private final EngineOptions options;
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger unserved = new AtomicInteger();
    private final Thread thread;

    // What follows belongs to the engine's thread.
    private final TreeSet<Active> waiting = new TreeSet<>(Active.ORDER);
    private final List<Active> running = new ArrayList<>();
    private final Holders holders;
    private final Stepper stepper;
    private final Map<Finish, Long> ended = new EnumMap<>(Finish.class);
    private long readTokens;
    private long sharedTokens;
    private long generatedTokens;

    private volatile EngineStatus status;
    private volatile boolean closing;
    /** Why it ended by itself. */
    private volatile @Nullable Throwable failure;

    /** What a client holds of its request. */
    @FunctionalInterface
    public interface Ticket {
        /** Gives the request up; after its end this does nothing. Any thread may call it. */
        void cancel();
    }

    /**
     * Opens a cache and an engine over it.
     *
     * @param backend must declare mixed steps and forks with settings; stays its owner's
     * @param spec of the model's shape, with the pools
     */
    public static Engine open(
            Llama model, Tokenizer tokenizer, EndTokens ends, Backend backend, CacheSpec spec, EngineOptions options) {
        backend.capabilities().require(Feature.MIXED_STEPS);
        backend.capabilities().require(Feature.FORK_SETTINGS);
        return new Engine(model, tokenizer, ends, backend.open(spec), options);
    }

    /**
     * Begins to serve.
     *
     * @param model stays its owner's, as the tokenizer does
     * @param ends the tokens that end an answer
     * @param cache of the model's shape; closed with the engine
     */
    public Engine(Llama model, Tokenizer tokenizer, EndTokens ends, KvCache cache, EngineOptions options) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.cache = cache;
        this.options = options;
        holders = new Holders(cache, options);
        stepper = new Stepper(model, cache, options, ends, new StepEvents());
        for (var finish : Finish.values()) {
            ended.put(finish, 0L);
        }
        status = observe();
        thread = Thread.ofPlatform().name("arkvale-engine").start(this::serve);
    }

    /** The most tokens that a text may have, its answer included. */
    public int longest() {
        var config = model.config();
        // Beyond a crossing a model turns all of its heads differently, so no text can grow over it.
        return Math.min(
                Math.min(config.maxPositions(), config.window()), model.ropes().crossing());
    }

    /** The specification of its cache. */
    public CacheSpec spec() {
        return cache.spec();
    }

    /** What it is doing and has done, as of its last step. */
    public EngineStatus status() {
        return status;
    }

    /** What ended it, if it ended by itself. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /**
     * Takes a request. Any thread may call it.
     *
     * @param listener hears how it goes
     * @throws RefusedException if it can never be served, or too many wait already
     * @throws io.arkvale.api.ImmediateException if its settings do not fit the cache
     */
    public Ticket submit(Request request, Listener listener) {
        requireServable(request);
        if (unserved.incrementAndGet() > options.mostWaiting() + options.mostRunning()) {
            unserved.decrementAndGet();
            throw new RefusedException(
                    Cure.RETRY,
                    "there are " + (options.mostWaiting() + options.mostRunning())
                            + " requests already, the most that are taken; try again later");
        }
        var active = new Active(numbers.incrementAndGet(), request, listener, tokenizer.stream());
        synchronized (inbox) { // or it might come after the last look into the inbox
            requireOpen();
            inbox.add(() -> waiting.add(active));
        }
        return () -> {
            active.cancelled = true;
            inbox.add(() -> {}); // wakes it
        };
    }

    private void requireOpen() {
        if (closing) {
            var cause = failure;
            throw new RefusedException(
                    Cure.NONE, "the engine has ended" + (cause == null ? "" : ": " + Sentences.of(cause)));
        }
    }

    private void requireServable(Request request) {
        requireOpen();
        for (int token : request.text().tokens()) {
            if (token >= model.config().vocabulary()) {
                throw new RefusedException(
                        Cure.CHANGE,
                        "token " + token + " is not in the vocabulary of "
                                + model.config().vocabulary());
            }
        }
        long tokens = (long) request.text().length() + request.maxTokens();
        if (tokens > longest()) {
            throw new RefusedException(
                    Cure.CHANGE,
                    "the prompt has " + request.text().length() + " tokens and the answer may have "
                            + request.maxTokens() + ", " + tokens + " in all; allowed: " + longest());
        }
        request.settings().requirePageSize(cache.spec().pageSize());
        if (!holders.canEverHold(request.settings(), (int) tokens)) {
            throw new RefusedException(
                    Cure.CHANGE,
                    "a text of " + tokens + " tokens needs more memory than the cache has; send fewer tokens or a"
                            + " smaller budget");
        }
    }

    /** Gives up the sequences that are kept after their requests; returns when they are gone. */
    public void forget() {
        var done = new CountDownLatch(1);
        inbox.add(() -> {
            holders.forget();
            status = observe();
            done.countDown();
        });
        try {
            boolean gone = false;
            while (!gone && thread.isAlive()) {
                gone = done.await(10, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        try {
            while (!closing) {
                hear();
                endGivenUp();
                admit();
                stepper.step(running);
                status = observe();
            }
        } catch (InterruptedException e) {
            // closed
        } catch (Throwable e) {
            failure = e;
        } finally {
            end();
            endAll();
        }
    }

    /** Takes what came in; waits for it if there is nothing else to do. */
    private void hear() throws InterruptedException {
        if (running.isEmpty() && waiting.isEmpty()) {
            inbox.take().run();
        }
        for (var task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
        }
    }

    private void endGivenUp() {
        for (var active : all()) {
            if (active.cancelled) {
                end(active, Finish.CANCELLED, null);
            } else if (active.isLate()) {
                end(active, Finish.TIME_LIMIT, null);
            }
        }
    }

    private List<Active> all() {
        var all = new ArrayList<>(running);
        all.addAll(waiting);
        return all;
    }

    private void admit() {
        if (holders.isLowering()) {
            return;
        }
        for (var active : List.copyOf(waiting)) {
            if (running.size() >= options.mostRunning()) {
                return;
            }
            Holders.Placement placement;
            try {
                placement = holders.place(active, running);
            } catch (RuntimeException e) {
                waiting.remove(active);
                end(active, Finish.FAILED, Sentences.of(e));
                continue;
            }
            if (placement == Holders.Placement.NO_ROOM) {
                return;
            }
            if (placement == Holders.Placement.PLACED) {
                waiting.remove(active);
                running.add(active);
                sharedTokens += active.holder == null ? 0 : active.holder.read();
            }
        }
    }

    /** What the stepper tells of the members of a step. */
    private final class StepEvents implements Stepper.Events {
        @Override
        public void read(int tokens) {
            readTokens += tokens;
        }

        @Override
        public void generated(Active active, byte[] text) {
            generatedTokens++;
            tell(active, text);
        }

        @Override
        public void ended(Active active, Finish finish) {
            end(active, finish, null);
        }

        @Override
        public void failed(Active active, Throwable error) {
            var holder = active.holder;
            if (error instanceof BackupException && holder != null) {
                holders.distrust(holder);
                if (holder.shared > 0 && !active.isReadAgain) {
                    readAgain(active);
                    return;
                }
            }
            end(active, Finish.FAILED, Sentences.of(error));
        }

        @Override
        public boolean refused(Active active) {
            return holders.dropOldestKept(null) || ++active.refusals < MOST_REFUSALS;
        }
    }

    /** The backup that is lost may be older than the request: it begins anew, with a sequence that shares nothing with that one. */
    private void readAgain(Active active) {
        active.isReadAgain = true;
        running.remove(active);
        holders.release(active);
        waiting.add(active);
    }

    private static void tell(Active active, byte[] text) {
        if (text.length == 0) {
            return;
        }
        try {
            active.listener.text(text);
        } catch (RuntimeException e) {
            active.cancelled = true;
        }
    }

    private void end(Active active, Finish finish, @Nullable String error) {
        if (finish == Finish.STOP || finish == Finish.LENGTH) {
            if (!active.stops.stopped()) {
                tell(active, active.stops.add(active.stream.end()));
                tell(active, active.stops.end());
            }
        }
        waiting.remove(active);
        running.remove(active);
        unserved.decrementAndGet();
        ended.merge(finish, 1L, Long::sum);
        int shared = active.holder == null ? 0 : active.holder.shared;
        holders.release(active);
        try {
            active.listener.done(new Answer(
                    finish,
                    Text.of(active.keys, active.length),
                    active.request.text().length(),
                    shared,
                    active.generated(),
                    error));
        } catch (RuntimeException e) {
            // Its own affair: the answer has ended.
        }
    }

    private EngineStatus observe() {
        return new EngineStatus(
                running.size(),
                waiting.size(),
                holders.kept(),
                Map.copyOf(ended),
                readTokens,
                sharedTokens,
                generatedTokens,
                holders.lowered(),
                cache.memory(),
                cache.stats());
    }

    private void endAll() {
        for (var task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
        }
        var cause = failure;
        for (var active : all()) {
            active.holder = null; // what it holds ends with the cache
            end(active, cause == null ? Finish.CANCELLED : Finish.FAILED, cause == null ? null : Sentences.of(cause));
        }
        stepper.close();
        cache.close();
    }

    private void end() {
        synchronized (inbox) {
            closing = true;
            inbox.add(() -> {}); // wakes it
        }
    }

    /** Ends all requests as cancelled, then frees the cache. */
    @Override
    public void close() {
        end();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
