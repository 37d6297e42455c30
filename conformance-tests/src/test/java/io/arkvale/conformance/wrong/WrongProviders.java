package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;
import static io.arkvale.conformance.wrong.WrongBackend.provider;

import java.util.List;

/** Mistakes in providers and backends. */
final class WrongProviders {
    private WrongProviders() {}

    static List<WrongBackend> all() {
        return List.of(
                provider(101, "an id that is no plain word", "super(\"example\"", "super(\"Example Backend\""),
                provider(
                        102, "a probe that changes its mind", "return new Availability.Available(DEVICE);\n    }", """
                        return probes++ < 2
                                ? new Availability.Available(DEVICE)
                                : new Availability.Unavailable("tired", "wait");
                        }
                        private int probes;"""),
                provider(
                        104,
                        "unknown options ignored",
                        "new OptionValues(options(), given)",
                        "new OptionValues(options(), given.containsKey(\"checks\") ? Map.of(\"checks\", given.get(\"checks\")) : Map.of())"),
                provider(
                        105,
                        "created although unavailable",
                        "new Availability.Available(DEVICE)",
                        "new Availability.Unavailable(\"no such device\", \"buy one\")"),
                core(
                        106,
                        "undeclared specifications open",
                        "CacheBackend.java",
                        "        capabilities.require(spec);\n",
                        ""),
                core(106, "an undeclared limit", "CacheBackend.java", "        capabilities.require(spec);\n", """
                        capabilities.require(spec);
                        if (spec.elementType() != io.arkvale.api.ElementType.F32) {
                            throw new io.arkvale.api.UnsupportedSpecException("elementType must be F32");
                        }
                        """),
                new WrongBackend(
                        106,
                        "undeclared forks are taken",
                        List.of(
                                WrongBackend.core("PagedBackend.java", "Feature.FORKS, ", ""),
                                WrongBackend.core(
                                        "CheckedCache.java",
                                        "            backend.capabilities().require(Feature.FORKS);\n",
                                        ""))),
                new WrongBackend(
                        301, "rows stored in eight bits, which is not declared", OtherDeclarations.eightBits("0, 0")),
                new WrongBackend(
                        301, "rows stored further off than declared", OtherDeclarations.eightBits("0.25 / 127, 0")),
                core(
                        108,
                        "caches outlive their backend",
                        "CacheBackend.java",
                        "        if (closed) {\n            return;",
                        "        if (!closed) {\n            return;"),
                core(
                        805,
                        "a little memory stays with every cache that closes",
                        "CheckedCache.java",
                        "                backend.forget(this);",
                        "",
                        "return closed ? MemoryUse.NONE : memory();",
                        "return closed ? new MemoryUse(0, 0, 0, 0, 0, 1, 0, 0) : memory();"),
                core(109, "a provider that names the first edition", "CoreProvider.java", "return 2;", "return 1;"));
    }
}
