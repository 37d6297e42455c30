package org.example.kvcache;

import static org.example.kvcache.WrongBackend.cache;

import io.arkvale.api.Batch;
import io.arkvale.api.CapacityException;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.Sequence;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Mistakes in what belongs to a whole cache: slots, backups, forks, ownership. */
final class WrongCaches {
    private WrongCaches() {}

    static List<WrongBackend> all() {
        return List.of(
                cache(
                        506,
                        "recall from the wrong page",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            float @Nullable [] recalled(Page page, int group) {
                                var own = super.recalled(page, group);
                                if (own != null) {
                                    own = own.clone();
                                    own[0] += 1;
                                }
                                return own;
                            }
                        }),
                cache(
                        702,
                        "one slot too many asked for",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            void admit(List<ExampleSequence> members, int[] tokens) {
                                super.admit(members, tokens);
                                var used = 1L;
                                for (var sequence : sequences) {
                                    var member = members.indexOf(sequence);
                                    used += need(sequence.spec, sequence.length + (member < 0 ? 0 : tokens[member]))
                                            .device();
                                }
                                if (used > spec().deviceSlots()) {
                                    throw new CapacityException("device slots", used, spec().deviceSlots());
                                }
                            }
                        }),
                cache(
                        706,
                        "lost fork: the last page is not copied",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            boolean shared(Page page, Table table) {
                                return false;
                            }
                        }),
                cache(
                        804,
                        "leaked slots of a closed sequence",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            void forget(ExampleSequence sequence) {
                                sequences.remove(sequence);
                            }
                        }),
                cache(
                        806,
                        "digests counted a page instead of a KV head",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            public MemoryUse memory() {
                                var memory = super.memory();
                                return new MemoryUse(
                                        memory.usedDeviceSlots(),
                                        memory.reservedDeviceSlots(),
                                        memory.usedHostSlots(),
                                        memory.usedDiskSlots(),
                                        memory.digests() / spec().kvHeads(),
                                        memory.deviceBytes(),
                                        memory.hostBytes(),
                                        memory.diskBytes());
                            }
                        }),
                cache(
                        806,
                        "reserved with the slots in use counted in",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            public MemoryUse memory() {
                                var held = step == null ? 0 : pools.used();
                                return super.memory().plus(new MemoryUse(0, held, 0, 0, 0, 0, 0, 0));
                            }
                        }),
                cache(
                        806,
                        "slots still reserved after commit",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            public MemoryUse memory() {
                                return super.memory().plus(new MemoryUse(0, pools.used() % 2, 0, 0, 0, 0, 0, 0));
                            }
                        }),
                cache(
                        901,
                        "lengths advanced before they are checked",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            public Step step(Batch batch) {
                                var entry = batch.entries().getFirst();
                                if (entry.tokens() == Integer.MAX_VALUE) {
                                    own(entry.sequence()).length--;
                                }
                                return super.step(batch);
                            }
                        }),
                cache(
                        904,
                        "poisoned sequences go on",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            ExampleSequence own(Sequence sequence) {
                                if (sequence instanceof ExampleSequence mine && mine.poisoned) {
                                    return mine;
                                }
                                return super.own(sequence);
                            }
                        }),
                cache(
                        905,
                        "closed sequences can be forked",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            ExampleSequence own(Sequence sequence) {
                                if (sequence instanceof ExampleSequence mine && mine.closed) {
                                    return mine;
                                }
                                return super.own(sequence);
                            }
                        }),
                cache(
                        906,
                        "slots not reserved when the step opens",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            void admit(List<ExampleSequence> members, int[] tokens) {}
                        }),
                cache(
                        907,
                        "foreign tensors taken",
                        (backend, spec) -> new ExampleCache(backend, spec, new Algorithm(), false) {
                            @Override
                            ExampleTensor own(Tensor tensor) {
                                return (ExampleTensor) Objects.requireNonNull(tensor);
                            }
                        }));
    }
}
