package io.arkvale.experiments.cli.serve;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.SeedOption;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.serving.load.LoadPlan;
import io.arkvale.serving.load.LoadResult;
import io.arkvale.serving.load.LoadResult.Timed;
import io.arkvale.serving.load.LoadRun;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Loads a server with requests and says how long their answers took. */
@Command(
        name = "load",
        description = {
            "Send requests to a server of OpenAI's completions, such as 'arkvale serve', and time their answers.",
            "Requests arrive at random times at a rate, whether or not earlier ones have ended. Times are in seconds."
        })
public final class LoadCommand implements Runnable {
    private static final List<Metric<LoadResult>> COLUMNS = List.of(
            Metric.of("requests", result -> result.requests().size()),
            Metric.of("answered", result -> result.answered().size()),
            Metric.of("seconds", LoadResult::seconds),
            Metric.of("requests_per_second", LoadResult::requestsPerSecond),
            Metric.of("tokens_per_second", LoadResult::tokensPerSecond),
            quantile("first_token_p50", 0.5, Timed::toFirst),
            quantile("first_token_p90", 0.9, Timed::toFirst),
            quantile("first_token_p99", 0.99, Timed::toFirst),
            quantile("per_token_p50", 0.5, Timed::perToken),
            quantile("per_token_p90", 0.9, Timed::perToken),
            quantile("per_token_p99", 0.99, Timed::perToken),
            quantile("answer_p50", 0.5, Timed::toEnd),
            quantile("answer_p99", 0.99, Timed::toEnd),
            Metric.of(
                    "shared_prompt_tokens",
                    result -> result.answered().stream()
                            .mapToLong(Timed::sharedTokens)
                            .sum()));

    private final Terminal terminal;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "The server (default ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "32",
            description = "Requests to send (default ${DEFAULT-VALUE}).")
    private int requests;

    @Option(names = "--rate", paramLabel = "R", description = "Requests that arrive per second (default: all at once).")
    private @Nullable Double rate;

    @Option(
            names = "--lengths",
            paramLabel = "CHARS",
            split = ",",
            defaultValue = "2000",
            description = "Lengths of prompts in characters, each as often as the others (default ${DEFAULT-VALUE}).")
    private List<Integer> lengths = List.of();

    @Option(
            names = "--shared",
            paramLabel = "CHARS",
            defaultValue = "0",
            description = "Characters that all prompts begin with (default ${DEFAULT-VALUE}).")
    private int shared;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most tokens per answer (default ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--budget",
            paramLabel = "TOKENS",
            description = "Budget that the requests ask for (default: the server's).")
    private @Nullable Integer budget;

    @Mixin
    private SeedOption seed = new SeedOption();

    @Mixin
    private OutputOptions output = new OutputOptions();

    /** Loads for a terminal. */
    public LoadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private static Metric<LoadResult> quantile(String name, double share, LoadResult.Reading reading) {
        return Metric.of(name, result -> finite(result.quantile(share, reading)));
    }

    private static @Nullable Double finite(double number) {
        return Double.isNaN(number) ? null : number;
    }

    @Override
    public void run() {
        Inputs.count("--requests", requests);
        Inputs.count("--max-tokens", maxTokens);
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new UserException("--url is " + url + "; allowed: http://HOST:PORT");
        }
        output.open();
        try {
            var plan = new LoadPlan(
                    requests,
                    rate == null ? Double.POSITIVE_INFINITY : rate,
                    lengths,
                    shared,
                    maxTokens,
                    budget,
                    seed.value());
            var result = LoadRun.run(url, plan);
            var error = result.firstError();
            if (error != null) {
                terminal.err()
                        .println("arkvale: warning: "
                                + (requests - result.answered().size()) + " of " + requests
                                + " requests have no answer; the first: " + error);
            }
            output.print(terminal, "load", Report.of(COLUMNS, List.of(result)));
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UserException("no answer from " + url + ": " + e.getMessage() + "; see --url", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
