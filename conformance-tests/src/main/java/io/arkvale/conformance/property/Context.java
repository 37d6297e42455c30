package io.arkvale.conformance.property;

import io.arkvale.api.Backend;
import io.arkvale.api.BackendProvider;
import io.arkvale.conformance.lockstep.Findings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a verification works with.
 *
 * @param provider provider of the backend under test
 * @param options options it was created with
 * @param backend the backend, shared by all verifications of a run; null if it is unavailable
 * @param findings what this test measures
 * @param tries cases a property tries
 * @param actions actions of the stateful verification
 * @param shrinks most smaller cases tried once one has failed
 * @param seed seed of this test
 * @param rule the rule that the test is named after
 * @param test name of the test
 * @param given the one case to check instead of generated ones; null if they are generated
 */
public record Context(
        BackendProvider provider,
        Map<String, String> options,
        @Nullable Backend backend,
        Findings findings,
        int tries,
        long actions,
        int shrinks,
        long seed,
        int rule,
        String test,
        @Nullable Object given) {}
