package io.arkvale.cuda.kernel;

import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Pages;
import io.arkvale.cuda.kernel.CacheStructs.Residence;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.cuda.kernel.CacheStructs.Shape;
import io.arkvale.cuda.kernel.CacheStructs.Tables;
import io.arkvale.cuda.kernel.CacheStructs.Tokens;

/** What one kernel is given, by value, with each launch: the structure of the same name in its source file. */
public sealed interface KernelArguments extends Struct {
    // sequence.cu

    record InstallBackupsArguments(Shape shape, long sequences, long chunks, long slots) implements KernelArguments {}

    record RetainSlotsArguments(Shape shape, Books books, Tables tables) implements KernelArguments {}

    record ReleaseSlotsArguments(Shape shape, Books books, Tables tables) implements KernelArguments {}

    record GrowTablesArguments(Shape shape, Tables from, Tables to) implements KernelArguments {}

    record LeaveWindowsArguments(Shape shape, Books books, Tables tables, int reach, int length)
            implements KernelArguments {}

    record FreeAllSlotsArguments(Books books) implements KernelArguments {}

    record CopyAllArguments(long copies) implements KernelArguments {}

    // append.cu

    record AppendArguments(Layer layer, Pages pages, Books books, Tokens tokens, Rows queries, long flags)
            implements KernelArguments {}

    record OpenPagesArguments(Layer layer, Pages pages, Books books, long chunks) implements KernelArguments {}

    record StoreArguments(Layer layer, Pages pages, Tokens tokens, long chunks, long flags)
            implements KernelArguments {}

    record FiniteArguments(long sequences, long chunks, Rows values, long flags, int heads, int headDim)
            implements KernelArguments {}

    // digest.cu

    record DigestArguments(Layer layer, Pages pages, long holders, long chunks) implements KernelArguments {}

    // estimate.cu

    record EstimateMeanArguments(Layer layer, Rows queries, long scores, long offsets, int mode)
            implements KernelArguments {}

    record EstimateHeadsArguments(Layer layer, Rows queries, long headScores, long offsets, int mode)
            implements KernelArguments {}

    record EstimateGroupsArguments(Layer layer, long headScores, long scores, long offsets, int mode)
            implements KernelArguments {}

    // coded.cu

    record DigestCodedArguments(Layer layer, Pages pages, long chunks) implements KernelArguments {}

    // estimatecoded.cu

    record EstimateCodedArguments(Layer layer, Rows queries, long headScores, long offsets, int mode, int stageWords)
            implements KernelArguments {}

    // select.cu

    record SelectPagesArguments(
            Layer layer,
            Books books,
            Rows scores,
            long offsets,
            long keys,
            long evicted,
            long recalled,
            long copies,
            int mode,
            int forked)
            implements KernelArguments {}

    // recall.cu

    record EvictVictimsArguments(Layer layer, Books books) implements KernelArguments {}

    record AcquireSlotsArguments(Layer layer, Books books, long copies) implements KernelArguments {}

    record ListResidentsArguments(Layer layer, long attended) implements KernelArguments {}

    record GatherArguments(Layer layer, Pages pages) implements KernelArguments {}

    record BackUpArguments(Layer layer, Pages pages, long chunks, int extent) implements KernelArguments {}

    // takeback.cu

    record GiveUpArguments(Shape shape, Books books, long sequences) implements KernelArguments {}

    record BringBackArguments(Shape shape, Pages pages, Books books, long sequences) implements KernelArguments {}

    record ShortenArguments(Shape shape, Books books, Tables tables, int length) implements KernelArguments {}

    record CountReturnsArguments(Shape shape, Books books, Tables tables, Residence residence, long needed)
            implements KernelArguments {}

    record ReturnPagesArguments(Shape shape, Pages pages, Books books, Tables tables, Residence residence)
            implements KernelArguments {}

    // fork.cu

    record CountForkArguments(Shape shape, Books books, Tables tables, Residence residence, long needed)
            implements KernelArguments {}

    record FillForkArguments(Shape shape, Pages pages, Books books, Tables source, Tables fork, Residence residence)
            implements KernelArguments {}

    // attended.cuh and prefill.cuh

    record AttendArguments(
            Layer layer,
            Pages pages,
            long rows,
            Rows queries,
            Rows output,
            long partials,
            long tickets,
            int arrival,
            int splits,
            int splitTarget)
            implements KernelArguments {}

    record PrefillArguments(Layer layer, Pages pages, long chunks, Rows queries, Rows output)
            implements KernelArguments {}
}
