/**
 * The backend for NVIDIA GPUs, {@code cuda}, on the driver interface of JCuda and kernels compiled ahead of time.
 *
 * <p>What is where, and who owns what:
 *
 * <ul>
 *   <li>This package: the backend, its caches, sequences and views on {@link io.arkvale.core}, which checks every call and lets
 *       in one thread at a time. {@link io.arkvale.cuda.CudaProvider} makes a {@code CudaBackend}, which owns the
 *       {@code Device} (one context) and the {@code Kernels} (loaded images). It makes {@code CudaCache}s, and each owns
 *       everything else: its {@code Memory}, its {@code Streams}, its {@code LaunchQueue}, its {@code Pools}.
 *   <li>{@code Pools}: device slots with their books, host slots for backups. {@code Backups}: which sequence has which.
 *       {@code DigestPools}: digests of each kind. {@code Tables} of a sequence: where each page is ({@code TableLayout} says
 *       where they lie, {@code SequenceTables} makes them, {@code SettingsFork} fills them from another sequence's,
 *       {@code Truncation} cuts them). Books and tables lie on the device and kernels change them; the host knows only what follows from lengths,
 *       and reads the rest when somebody asks ({@code CudaView}, {@code Mirror}).
 *   <li>{@link io.arkvale.cuda.step}: the work of one open step. {@code CudaStep} queues launches through {@code PageWork},
 *       {@code ScoreWork} and {@code AttentionWork}. {@code StepMemory} has the members' records, counters and scratch. What a
 *       step changes it marks in the tables, so that it can be taken back without a copy of them.
 *   <li>{@link io.arkvale.cuda.kernel}: every kernel by name, with its arguments as a record: the structure of the same
 *       name in {@code src/main/cuda}, where the kernels are, one file per stage.
 *   <li>{@link io.arkvale.cuda.driver}: the driver's calls and what is made by them.
 * </ul>
 *
 * <p>Nothing waits for the device but views, tensors read by the host, {@code memory()}, {@code truncate}, {@code commit}
 * and immediate checks; {@code commitAsync} does not. Launches are in the order of the cache's calls, but for the lanes of
 * {@code LaunchQueue}.
 */
@NullMarked
package io.arkvale.cuda;

import org.jspecify.annotations.NullMarked;
