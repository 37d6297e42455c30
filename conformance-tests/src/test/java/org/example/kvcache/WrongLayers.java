package org.example.kvcache;

import static org.example.kvcache.WrongBackend.parts;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.example.kvcache.WrongBackend.Parts;

/** Mistakes in what a call does to one sequence in one layer. */
final class WrongLayers {
    private WrongLayers() {}

    static List<WrongBackend> all() {
        return List.of(
                parts(301, "keys and values swapped", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            void append(float[] key, float[] value) {
                                super.append(value, key);
                            }
                        };
                    }
                }),
                parts(302, "backed up before the last token is in", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            void backUp(Page page) {
                                super.backUp(page);
                                var backup =
                                        Objects.requireNonNull(page.backups[0]).data();
                                if (backup != null) {
                                    backup[backup.length - 1] = 0;
                                }
                            }
                        };
                    }
                }),
                parts(304, "digests of dense layers", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            void append(float[] key, float[] value) {
                                super.append(key, value);
                                var page = table().pages.getLast();
                                if (page.tokens == cache.spec.pageSize() && page.digests == null) {
                                    summarise(page);
                                }
                            }
                        };
                    }
                }),
                parts(305, "append evicts to make room", new Parts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            public void append(int layer, Tensor keys, Tensor values) {
                                super.append(layer, keys, values);
                                var table = members.getFirst().tables.get(layer);
                                var resident = table.resident[0];
                                if (work(0, layer).overBudget()
                                        && resident.cardinality()
                                                > members.getFirst().spec.budgetPages()) {
                                    resident.clear(resident.nextSetBit(0));
                                    cache.settle();
                                }
                            }
                        };
                    }
                }),
                parts(307, "pages on disk come back as zeros", new Parts() {
                    @Override
                    Pools pools(CacheSpec spec) {
                        return new Pools(spec) {
                            @Override
                            float[] load(Page.Backup backup) {
                                var data = super.load(backup);
                                return backup.file() == null ? data : new float[data.length];
                            }
                        };
                    }
                }),
                parts(401, "the page just filled is not scored", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int filled() {
                                return (table().tokens - 1) / cache.spec.pageSize();
                            }
                        };
                    }
                }),
                parts(405, "scored from the budget on instead of beyond it", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            boolean overBudget() {
                                return sequence.spec.isLimited(layer)
                                        && table().pages.size() >= sequence.spec.budgetPages();
                            }
                        };
                    }
                }),
                parts(504, "one victim too many", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int victims(int resident, int recalled) {
                                var count = super.victims(resident, recalled);
                                return recalled > 0 && count < resident - sequence.spec.attendedPages() - 1
                                        ? count + 1
                                        : count;
                            }
                        };
                    }
                }),
                parts(504, "the best instead of the worst evicted", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int[] recall(int group, BitSet selected, float[] scores) {
                                var reversed = scores.clone();
                                for (var page = 0; page < reversed.length; page++) {
                                    reversed[page] = -reversed[page];
                                }
                                var decoding = selected.equals(table().attended[group]);
                                return super.recall(group, selected, decoding ? reversed : scores);
                            }
                        };
                    }
                }),
                parts(505, "a victim among the selected", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int[] recall(int group, BitSet selected, float[] scores) {
                                var resident = table().resident[group];
                                var before = (BitSet) resident.clone();
                                var moved = super.recall(group, selected, scores);
                                var victims = (BitSet) before.clone();
                                victims.andNot(resident);
                                var kept = (BitSet) before.clone();
                                kept.and(selected);
                                if (selected.equals(table().attended[group]) && !victims.isEmpty() && !kept.isEmpty()) {
                                    resident.set(victims.nextSetBit(0));
                                    resident.clear(kept.nextSetBit(0));
                                }
                                return moved;
                            }
                        };
                    }
                }),
                parts(505, "one selected page is not recalled", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int[] recall(int group, BitSet selected, float[] scores) {
                                var before = (BitSet) table().resident[group].clone();
                                var moved = super.recall(group, selected, scores);
                                before.flip(0, table().pages.size());
                                before.and(table().resident[group]);
                                if (!before.isEmpty()) {
                                    table().resident[group].clear(before.nextSetBit(0));
                                }
                                return moved;
                            }
                        };
                    }
                }),
                parts(602, "the first token left out while within the budget", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            float[] attend(float[] query, BitSet[] pages, int tokens) {
                                return super.attend(query, pages, overBudget() ? tokens : Math.max(1, tokens - 1));
                            }
                        };
                    }
                }),
                parts(604, "prefill sees the whole chunk", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int visible(int page, int tokens) {
                                return table().pages.get(page).tokens;
                            }
                        };
                    }
                }),
                parts(606, "the oldest evicted instead of the lowest", new Parts() {
                    @Override
                    LayerWork work(ExampleCache cache, ExampleSequence sequence, int layer) {
                        return new LayerWork(cache, sequence, layer) {
                            @Override
                            int finishPrefill(int group, float[] scores) {
                                var byAge = new float[scores.length];
                                for (var page = 0; page < byAge.length; page++) {
                                    byAge[page] = page;
                                }
                                return super.finishPrefill(group, byAge);
                            }
                        };
                    }
                }),
                parts(707, "settings of the batch's first member used for all", new Parts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            @Override
                            void write(Tensor output, int row, float[] numbers) {
                                super.write(output, row, row > 0 ? own(output).row(0) : numbers);
                            }
                        };
                    }
                }),
                parts(607, "ingest sums digests in another order", new Parts() {
                    @Override
                    ExampleStep step(ExampleCache cache, Batch batch, List<ExampleSequence> members) {
                        return new ExampleStep(cache, batch, members) {
                            private boolean ingesting;

                            @Override
                            public void ingest(int layer, int[] chunk, Tensor keys, Tensor values) {
                                ingesting = true;
                                super.ingest(layer, chunk, keys, values);
                                ingesting = false;
                            }

                            @Override
                            LayerWork work(int member, int layer) {
                                return new LayerWork(cache, members.get(member), layer) {
                                    @Override
                                    void summarise(Page page) {
                                        super.summarise(page);
                                        var digests = Objects.requireNonNull(page.digests);
                                        if (ingesting
                                                && members.get(member)
                                                                .spec
                                                                .digest()
                                                                .shape()
                                                        == Digest.Shape.SPHERE) {
                                            var digest = Objects.requireNonNull(digests[0]);
                                            digest[digest.length - 1] += Math.ulp(digest[digest.length - 1]);
                                        }
                                    }
                                };
                            }
                        };
                    }
                }));
    }
}
