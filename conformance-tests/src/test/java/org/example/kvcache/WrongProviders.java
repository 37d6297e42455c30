package org.example.kvcache;

import static org.example.kvcache.OtherDeclarations.eightBits;
import static org.example.kvcache.WrongBackend.parts;
import static org.example.kvcache.WrongBackend.provider;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.UnsupportedSpecException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.example.kvcache.WrongBackend.Parts;

/** Mistakes in providers, backends and tensors. */
final class WrongProviders {
    private WrongProviders() {}

    /** A provider whose backend is wrong. */
    private abstract static class BackendMistake extends ExampleProvider {
        @Override
        abstract ExampleBackend newBackend(boolean immediateChecks);
    }

    static List<WrongBackend> all() {
        return List.of(
                provider(101, "an id that is no plain word", new ExampleProvider() {
                    @Override
                    public String id() {
                        return "Example Backend";
                    }
                }),
                provider(102, "a probe that changes its mind", new ExampleProvider() {
                    private int probes;

                    @Override
                    public Availability probe() {
                        return probes++ < 2 ? super.probe() : new Availability.Unavailable("tired", "wait");
                    }
                }),
                provider(109, "a provider that names no edition", new ExampleProvider() {
                    @Override
                    public int edition() {
                        return 1;
                    }
                }),
                provider(104, "unknown options ignored", new ExampleProvider() {
                    @Override
                    public Backend create(Map<String, String> options) {
                        var known = new HashMap<>(options);
                        known.keySet().retainAll(Set.of("checks"));
                        return super.create(known);
                    }
                }),
                provider(105, "created although unavailable", new ExampleProvider() {
                    @Override
                    public Availability probe() {
                        return new Availability.Unavailable("no such device", "buy one");
                    }
                }),
                provider(106, "undeclared specifications open", new BackendMistake() {
                    @Override
                    ExampleBackend newBackend(boolean immediateChecks) {
                        return new ExampleBackend(new Algorithm(), immediateChecks) {
                            @Override
                            public Capabilities capabilities() {
                                return narrower(super.capabilities());
                            }

                            @Override
                            public KvCache open(CacheSpec spec) {
                                return newCache(spec, new Algorithm(), immediateChecks);
                            }
                        };
                    }
                }),
                provider(106, "undeclared settings and calls are taken", new BackendMistake() {
                    @Override
                    ExampleBackend newBackend(boolean immediateChecks) {
                        return new ExampleBackend(new Algorithm(), immediateChecks) {
                            @Override
                            public Capabilities capabilities() {
                                return super.capabilities().toBuilder()
                                        .features(Feature.HEAD_GROUPS, Feature.DISK_TIER)
                                        .build();
                            }
                        };
                    }
                }),
                provider(301, "rows stored in eight bits, which is not declared", eightBits(RowBound.EXACT)),
                provider(
                        301,
                        "rows stored further off than declared",
                        eightBits(new RowBound(0.25 / OtherDeclarations.STEPS, 0))),
                provider(106, "an undeclared limit", new BackendMistake() {
                    @Override
                    ExampleBackend newBackend(boolean immediateChecks) {
                        return new ExampleBackend(new Algorithm(), immediateChecks) {
                            @Override
                            public KvCache open(CacheSpec spec) {
                                if (spec.elementType() != ElementType.F32) {
                                    throw new UnsupportedSpecException("elementType must be F32");
                                }
                                return super.open(spec);
                            }
                        };
                    }
                }),
                provider(108, "caches outlive their backend", new BackendMistake() {
                    @Override
                    ExampleBackend newBackend(boolean immediateChecks) {
                        return new ExampleBackend(new Algorithm(), immediateChecks) {
                            @Override
                            public void close() {}
                        };
                    }
                }),
                provider(805, "a little memory stays with every cache opened", new BackendMistake() {
                    @Override
                    ExampleBackend newBackend(boolean immediateChecks) {
                        return new ExampleBackend(new Algorithm(), immediateChecks) {
                            private long opened;

                            @Override
                            public KvCache open(CacheSpec spec) {
                                opened++;
                                return super.open(spec);
                            }

                            @Override
                            public MemoryUse memory() {
                                return super.memory().plus(new MemoryUse(0, 0, 0, 0, 0, opened, 0, 0));
                            }
                        };
                    }
                }),
                tensor(201, "new tensors are not cleared", new TensorMistake() {
                    @Override
                    ExampleTensor make(ExampleCache cache, ElementType type, int rows, int heads, int width) {
                        var tensor = new ExampleTensor(cache, type, rows, heads, width);
                        Arrays.fill(tensor.data, 1);
                        return tensor;
                    }
                }),
                tensor(202, "rows from the start whatever is asked for", new TensorMistake() {
                    @Override
                    ExampleTensor make(ExampleCache cache, ElementType type, int rows, int heads, int width) {
                        return new ExampleTensor(cache, type, rows, heads, width) {
                            @Override
                            public void copyTo(int firstRow, int count, MemorySegment target) {
                                check(firstRow, count, target);
                                super.copyTo(0, count, target);
                            }
                        };
                    }
                }),
                tensor(202, "bounds are not checked", new TensorMistake() {
                    @Override
                    ExampleTensor make(ExampleCache cache, ElementType type, int rows, int heads, int width) {
                        return new ExampleTensor(cache, type, rows, heads, width) {
                            @Override
                            void check(int firstRow, int count, MemorySegment segment) {}
                        };
                    }
                }),
                tensor(204, "the first read comes too early", new TensorMistake() {
                    @Override
                    ExampleTensor make(ExampleCache cache, ElementType type, int rows, int heads, int width) {
                        return new ExampleTensor(cache, type, rows, heads, width) {
                            private boolean written;

                            @Override
                            void setRow(int row, float[] numbers) {
                                super.setRow(row, numbers);
                                written = true;
                            }

                            @Override
                            public void copyTo(int firstRow, int count, MemorySegment target) {
                                super.copyTo(firstRow, count, target);
                                // Two early reads: the check's own, and its first look back.
                                if (written && reads++ < 2) {
                                    target.asSlice(0, count * rowBytes()).fill((byte) 0);
                                }
                            }

                            private int reads;
                        };
                    }
                }),
                tensor(905, "closed tensors still copy", new TensorMistake() {
                    @Override
                    ExampleTensor make(ExampleCache cache, ElementType type, int rows, int heads, int width) {
                        return new ExampleTensor(cache, type, rows, heads, width) {
                            @Override
                            void checkOpen() {}
                        };
                    }
                }));
    }

    private abstract static class TensorMistake {
        abstract ExampleTensor make(ExampleCache cache, ElementType type, int rows, int heads, int width);
    }

    private static WrongBackend tensor(int rule, String mistake, TensorMistake maker) {
        return parts(rule, mistake, new Parts() {
            @Override
            ExampleTensor tensor(ExampleCache cache, ElementType type, int rows, int heads, int width) {
                return maker.make(cache, type, rows, heads, width);
            }
        });
    }

    private static Capabilities narrower(Capabilities declared) {
        return declared.toBuilder().headDims(SizeRange.of(1, 64)).build();
    }
}
