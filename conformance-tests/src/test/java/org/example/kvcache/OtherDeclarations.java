package org.example.kvcache;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
import java.util.List;

/** Right backends that declare less than the example, and keep to it. */
public final class OtherDeclarations {
    /** Steps to either side of zero of a row stored in eight bits. */
    static final int STEPS = 127;

    private OtherDeclarations() {}

    /** A backend with one digest, one group score, one scope and no feature at all. */
    public static ExampleProvider plain() {
        return provider(declared -> declared.toBuilder()
                .queryHeadsPerKvHead(SizeRange.of(2, 4))
                .digests(Digest.CUBOID_MEAN)
                .groupScores(GroupScore.MEAN)
                .scopes(Scope.ATTENDED)
                .features()
                .build());
    }

    /** A backend without budgets: a paged cache that attends to everything. */
    public static ExampleProvider withoutBudgets() {
        return provider(declared -> declared.toBuilder().digests().build());
    }

    /** A backend that stores rows in eight bits, with a scale for each. */
    public static ExampleProvider eightBits() {
        return eightBits(eightBitBound());
    }

    /** Rounding to the nearest step loses half of one; a row of the smallest numbers may lose all. */
    static RowBound eightBitBound() {
        return new RowBound(0.5 / STEPS + 0x1p-8, 0x1p-24);
    }

    static ExampleProvider eightBits(RowBound declaredBound) {
        return new ExampleProvider() {
            @Override
            ExampleBackend newBackend(boolean immediateChecks) {
                return new DeclaringBackend(
                        immediateChecks,
                        declared -> declared.toBuilder()
                                .storedRows(declaredBound, declaredBound)
                                .build()) {
                    @Override
                    ExampleCache newCache(CacheSpec spec, Algorithm algorithm, boolean immediate) {
                        return new EightBitCache(this, spec, immediate);
                    }
                };
            }
        };
    }

    private static ExampleProvider provider(Declaration change) {
        return new ExampleProvider() {
            @Override
            ExampleBackend newBackend(boolean immediateChecks) {
                return new DeclaringBackend(immediateChecks, change);
            }
        };
    }

    /** What is declared instead. */
    interface Declaration {
        Capabilities instead(Capabilities declared);
    }

    /** Refuses what it does not declare. */
    private static class DeclaringBackend extends ExampleBackend {
        private final Declaration change;

        DeclaringBackend(boolean immediateChecks, Declaration change) {
            super(new Algorithm(), immediateChecks);
            this.change = change;
        }

        @Override
        public Capabilities capabilities() {
            return change.instead(super.capabilities());
        }

        @Override
        ExampleCache newCache(CacheSpec spec, Algorithm algorithm, boolean immediateChecks) {
            return new ExampleCache(this, spec, algorithm, immediateChecks) {
                @Override
                public Sequence begin(SequenceSpec settings) {
                    capabilities().require(settings);
                    return super.begin(settings);
                }

                @Override
                public Sequence fork(Sequence original) {
                    capabilities().require(Feature.FORKS);
                    return super.fork(original);
                }

                @Override
                ExampleStep newStep(Batch batch, List<ExampleSequence> members) {
                    return new ExampleStep(this, batch, members) {
                        @Override
                        public void select(int layer, Tensor own) {
                            capabilities().require(Feature.OWN_SCORES);
                            super.select(layer, own);
                        }

                        @Override
                        public void prefetch(int layer, Tensor guessedQueries) {
                            capabilities().require(Feature.PREFETCH);
                            super.prefetch(layer, guessedQueries);
                        }
                    };
                }
            };
        }
    }

    /** Rounds every row to eight bits before it stores it. */
    private static final class EightBitCache extends ExampleCache {
        EightBitCache(ExampleBackend backend, CacheSpec spec, boolean immediateChecks) {
            super(backend, spec, new Algorithm(), immediateChecks);
        }

        @Override
        public long slotBytes() {
            var rows = 2L * spec.kvHeadsPerGroup() * spec.pageSize();
            return rows * (spec.headDim() + Float.BYTES);
        }

        @Override
        ExampleStep newStep(Batch batch, List<ExampleSequence> members) {
            return new ExampleStep(this, batch, members) {
                @Override
                LayerWork work(int member, int layer) {
                    return new LayerWork(cache, members.get(member), layer) {
                        @Override
                        void append(float[] key, float[] value) {
                            super.append(rounded(key), rounded(value));
                        }
                    };
                }
            };
        }

        private float[] rounded(float[] row) {
            var result = row.clone();
            for (var from = 0; from < row.length; from += spec.headDim()) {
                var largest = 0f;
                for (var i = from; i < from + spec.headDim(); i++) {
                    largest = Math.max(largest, Math.abs(row[i]));
                }
                var scale = largest / STEPS;
                for (var i = from; i < from + spec.headDim(); i++) {
                    var steps = scale == 0 ? 0 : Math.clamp(Math.round(row[i] / scale), -STEPS, STEPS);
                    // A number that is not finite stays so, for the checks to find.
                    result[i] = Float.isFinite(row[i]) ? Numbers.round(spec.elementType(), steps * scale) : row[i];
                }
            }
            return result;
        }
    }
}
