package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.plan.Protocol;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** When a question comes. */
public final class ProtocolOption {
    @Option(
            names = "--protocol",
            paramLabel = "KIND",
            converter = Converter.class,
            completionCandidates = Labels.class,
            defaultValue = "question-after",
            description =
                    "When a question comes: question-after the context, so that no policy knows it when it evicts, or"
                            + " question-inside it (default ${DEFAULT-VALUE}).")
    private Protocol protocol = Protocol.QUESTION_AFTER;

    public Protocol value() {
        return protocol;
    }

    static final class Labels implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Protocol.values()).map(Protocol::label).iterator();
        }
    }

    static final class Converter implements ITypeConverter<Protocol> {
        @Override
        public Protocol convert(@Nullable String word) {
            return Arrays.stream(Protocol.values())
                    .filter(protocol -> protocol.label().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + word + "' is no protocol"));
        }
    }
}
