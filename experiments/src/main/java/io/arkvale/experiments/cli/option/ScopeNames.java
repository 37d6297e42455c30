package io.arkvale.experiments.cli.option;

import io.arkvale.api.Scope;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;

/** The pages that may take part in attention, as policies spell them. */
public final class ScopeNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(Scope.values())
                .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                .iterator();
    }
}
