package org.example.kvcache;

import static org.example.kvcache.WrongBackend.parts;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.CapacityException;
import io.arkvale.api.DeferredException;
import io.arkvale.api.ElementType;
import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.api.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.example.kvcache.WrongBackend.Parts;
import org.jspecify.annotations.Nullable;

/** Mistakes in the protocol of a step. */
final class WrongSteps {
    private WrongSteps() {}

    /** A step with one of its methods replaced. */
    private abstract static class StepParts extends Parts {
        @Override
        abstract ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members);
    }

    static List<WrongBackend> all() {
        return List.of(
                parts(203, "the row after the last is written too", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void write(Tensor output, int row, float[] numbers) {
                                super.write(output, row, numbers);
                                if (row + 1 < output.rows()) {
                                    super.write(output, row + 1, numbers);
                                }
                            }
                        };
                    }
                }),
                parts(205, "shapes are not checked", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            float[][] rows(Tensor tensor, ElementType type, int heads, int width, int rows) {
                                return super.rows(tensor, tensor.elementType(), tensor.heads(), tensor.width(), rows);
                            }
                        };
                    }
                }),
                parts(503, "the caller's scores ignored", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public void select(int layer, Tensor own) {
                                select(layer);
                            }
                        };
                    }
                }),
                parts(507, "attended pages counted twice", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public StepReport commit() {
                                var report = super.commit();
                                return changed(report, 2, report.recalledBytes());
                            }
                        };
                    }
                }),
                parts(406, "own scores written over the estimated ones", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            private @Nullable ExampleTensor estimated;

                            @Override
                            public Tensor estimate(int layer, Tensor queries) {
                                estimated = (ExampleTensor) super.estimate(layer, queries);
                                return estimated;
                            }

                            @Override
                            public void select(int layer, Tensor scores) {
                                super.select(layer, scores);
                                if (estimated != null && estimated.data.length > 0) {
                                    estimated.data[0] += 1;
                                }
                            }
                        };
                    }
                }),
                parts(910, "an interrupted thread cannot recall", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public void recall(int layer) {
                                if (Thread.currentThread().isInterrupted()) {
                                    throw new CallOrderException("interrupted");
                                }
                                super.recall(layer);
                            }
                        };
                    }
                }),
                parts(507, "recalls of a page that forks share counted twice", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public StepReport commit() {
                                var report = super.commit();
                                var pages = report.sequences().stream()
                                        .mapToLong(SequenceCounts::recalledPages)
                                        .sum();
                                return changed(report, 1, pages * cache.slotBytes());
                            }
                        };
                    }
                }),
                parts(508, "prefetch forgotten", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public void decode(int layer, Tensor q, Tensor k, Tensor v, Tensor output) {
                                forgetGuess(layer);
                                super.decode(layer, q, k, v, output);
                            }
                        };
                    }
                }),
                parts(605, "prefill recalls what it attends to", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public void prefill(int layer, int[] chunk, Tensor q, Tensor k, Tensor v, Tensor output) {
                                super.prefill(layer, chunk, q, k, v, output);
                                for (var member : members) {
                                    var table = member.tables.get(layer);
                                    table.resident[0].set(0, table.pages.size());
                                }
                                cache.settle();
                            }
                        };
                    }
                }),
                parts(608, "no second prefill after decode", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public void ingest(int layer, int[] chunk, Tensor k, Tensor v) {
                                if (!members.getFirst()
                                        .tables
                                        .get(layer)
                                        .attended[0]
                                        .isEmpty()) {
                                    throw new CallOrderException("the sequence has decoded");
                                }
                                super.ingest(layer, chunk, k, v);
                            }
                        };
                    }
                }),
                parts(703, "fused decode sums in another order", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            private boolean fused;

                            @Override
                            public void decode(int layer, Tensor q, Tensor k, Tensor v, Tensor output) {
                                fused = true;
                                super.decode(layer, q, k, v, output);
                                fused = false;
                            }

                            @Override
                            void write(Tensor output, int row, float[] numbers) {
                                super.write(output, row, WrongAlgorithms.nudged(numbers, fused ? 1 : 0));
                            }
                        };
                    }
                }),
                parts(704, "calls in any order", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void begin(int layer, Phase needed) {
                                if (needed != Phase.RECALLED) {
                                    super.begin(layer, needed);
                                }
                            }
                        };
                    }
                }),
                parts(705, "rollback forgets the lengths' pages", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void restore() {
                                var tables = members.stream()
                                        .map(member -> member.tables)
                                        .toList();
                                super.restore();
                                members.getFirst().tables = tables.getFirst();
                                cache.settle();
                            }
                        };
                    }
                }),
                parts(705, "rollback leaves the attended pages as the step had them", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void restore() {
                                var after = members.getFirst().tables;
                                super.restore();
                                var restored = members.getFirst().tables;
                                for (var layer = 0; layer < restored.size(); layer++) {
                                    restored.get(layer).attended[0].or(after.get(layer).attended[0]);
                                }
                            }
                        };
                    }
                }),
                parts(708, "commit before every layer is done", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            boolean done() {
                                return true;
                            }
                        };
                    }
                }),
                parts(802, "work split by the size of the batch", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void write(Tensor output, int row, float[] numbers) {
                                super.write(output, row, WrongAlgorithms.nudged(numbers, members.size() - 1));
                            }
                        };
                    }
                }),
                parts(803, "work split by the sequences of the cache", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void write(Tensor output, int row, float[] numbers) {
                                var others = cache.sequences.size() - members.size();
                                super.write(output, row, WrongAlgorithms.nudged(numbers, others));
                            }
                        };
                    }
                }),
                parts(902, "numbers that are not finite go unseen", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void screen(int[] rowsOfMember, Tensor... tensors) {}
                        };
                    }
                }),
                parts(902, "every member named", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void report(int member, float number) {
                                for (var i = 0; i < members.size(); i++) {
                                    super.report(i, number);
                                }
                            }
                        };
                    }
                }),
                parts(903, "one poisoned member undoes the others", new StepParts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public StepReport commit() {
                                try {
                                    return super.commit();
                                } catch (DeferredException e) {
                                    restore();
                                    throw e;
                                }
                            }
                        };
                    }
                }),
                parts(701, "slots run out in the middle of a step", new Parts() {
                    @Override
                    Pools pools(CacheSpec spec) {
                        return new Pools(spec) {
                            @Override
                            Page.Slot allocate(float @Nullable [] data) {
                                if (used() + 1 >= spec.deviceSlots()) {
                                    throw new CapacityException("device slots", 1, 0);
                                }
                                return super.allocate(data);
                            }
                        };
                    }
                }));
    }

    /** The report with the attended pages times a factor, and other recalled bytes. */
    private static StepReport changed(StepReport report, int factor, long recalledBytes) {
        return new StepReport() {
            @Override
            public List<SequenceCounts> sequences() {
                var counts = new ArrayList<SequenceCounts>();
                for (var one : report.sequences()) {
                    counts.add(new SequenceCounts(
                            one.recalledPages(), one.evictedPages(), factor * one.attendedPages(), one.scoredPages()));
                }
                return counts;
            }

            @Override
            public long recalledBytes() {
                return recalledBytes;
            }

            @Override
            public long backedUpBytes() {
                return report.backedUpBytes();
            }

            @Override
            public OptionalLong nanos(Part part) {
                return report.nanos(part);
            }
        };
    }
}
