package io.arkvale.cuda.kernel;

import io.arkvale.api.ElementType;
import io.arkvale.cuda.kernel.KernelArguments.AcquireSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.AppendArguments;
import io.arkvale.cuda.kernel.KernelArguments.AttendArguments;
import io.arkvale.cuda.kernel.KernelArguments.BackUpArguments;
import io.arkvale.cuda.kernel.KernelArguments.BringBackArguments;
import io.arkvale.cuda.kernel.KernelArguments.CopyAllArguments;
import io.arkvale.cuda.kernel.KernelArguments.CountForkArguments;
import io.arkvale.cuda.kernel.KernelArguments.CountReturnsArguments;
import io.arkvale.cuda.kernel.KernelArguments.DigestArguments;
import io.arkvale.cuda.kernel.KernelArguments.DigestCodedArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateCodedArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateGroupsArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateHeadsArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateMeanArguments;
import io.arkvale.cuda.kernel.KernelArguments.EvictVictimsArguments;
import io.arkvale.cuda.kernel.KernelArguments.FillForkArguments;
import io.arkvale.cuda.kernel.KernelArguments.FiniteArguments;
import io.arkvale.cuda.kernel.KernelArguments.FreeAllSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.GatherArguments;
import io.arkvale.cuda.kernel.KernelArguments.GiveUpArguments;
import io.arkvale.cuda.kernel.KernelArguments.GrowTablesArguments;
import io.arkvale.cuda.kernel.KernelArguments.InstallBackupsArguments;
import io.arkvale.cuda.kernel.KernelArguments.LeaveWindowsArguments;
import io.arkvale.cuda.kernel.KernelArguments.ListResidentsArguments;
import io.arkvale.cuda.kernel.KernelArguments.OpenPagesArguments;
import io.arkvale.cuda.kernel.KernelArguments.PrefillArguments;
import io.arkvale.cuda.kernel.KernelArguments.ReleaseSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.RetainSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.ReturnPagesArguments;
import io.arkvale.cuda.kernel.KernelArguments.SelectPagesArguments;
import io.arkvale.cuda.kernel.KernelArguments.ShortenArguments;
import io.arkvale.cuda.kernel.KernelArguments.StoreArguments;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Every kernel: the source file that it is in, its name there, its arguments, the element types it is compiled for. */
public enum KernelName {
    INSTALL_BACKUPS("sequence", "installBackups", InstallBackupsArguments.class, Types.NONE),
    RETAIN_SLOTS("sequence", "retainSlots", RetainSlotsArguments.class, Types.NONE),
    RELEASE_SLOTS("sequence", "releaseSlots", ReleaseSlotsArguments.class, Types.NONE),
    GROW_TABLES("sequence", "growTables", GrowTablesArguments.class, Types.NONE),
    LEAVE_WINDOWS("sequence", "leaveWindows", LeaveWindowsArguments.class, Types.NONE),
    FREE_ALL_SLOTS("sequence", "freeAllSlots", FreeAllSlotsArguments.class, Types.NONE),
    COPY_ALL("sequence", "copyAll", CopyAllArguments.class, Types.NONE),
    APPEND("append", "append", AppendArguments.class, Types.STORED),
    OPEN_PAGES("append", "openPages", OpenPagesArguments.class, Types.NONE),
    STORE("append", "store", StoreArguments.class, Types.STORED),
    FINITE("append", "finite", FiniteArguments.class, Types.ALL),
    DIGEST("digest", "digest", DigestArguments.class, Types.STORED),
    ESTIMATE_MEAN("estimate", "estimateMean", EstimateMeanArguments.class, Types.ALL),
    ESTIMATE_HEADS("estimate", "estimateHeads", EstimateHeadsArguments.class, Types.ALL),
    ESTIMATE_GROUPS("estimate", "estimateGroups", EstimateGroupsArguments.class, Types.NONE),
    DIGEST_CODED("coded", "digestCoded", DigestCodedArguments.class, Types.STORED),
    ESTIMATE_CODED("estimatecoded", "estimateCoded", EstimateCodedArguments.class, Types.ALL),
    ESTIMATE_CODED_ANY("estimatecoded", "estimateCodedAny", EstimateCodedArguments.class, Types.ALL),
    SELECT_PAGES("select", "selectPages", SelectPagesArguments.class, Types.NONE),
    EVICT_VICTIMS("recall", "evictVictims", EvictVictimsArguments.class, Types.NONE),
    ACQUIRE_SLOTS("recall", "acquireSlots", AcquireSlotsArguments.class, Types.NONE),
    LIST_RESIDENTS("recall", "listResidents", ListResidentsArguments.class, Types.NONE),
    GATHER("recall", "gather", GatherArguments.class, Types.NONE),
    BACK_UP("recall", "backUp", BackUpArguments.class, Types.NONE),
    GIVE_UP("takeback", "giveUp", GiveUpArguments.class, Types.NONE),
    SHORTEN("takeback", "shorten", ShortenArguments.class, Types.NONE),
    COUNT_RETURNS("takeback", "countReturns", CountReturnsArguments.class, Types.NONE),
    RETURN_PAGES("takeback", "returnPages", ReturnPagesArguments.class, Types.NONE),
    BRING_BACK("takeback", "bringBack", BringBackArguments.class, Types.NONE),
    COUNT_FORK("fork", "countFork", CountForkArguments.class, Types.NONE),
    FILL_FORK("fork", "fillFork", FillForkArguments.class, Types.NONE),
    ATTEND_64("attend", "attend64", AttendArguments.class, Types.STORED_HALF),
    ATTEND_128("attend", "attend128", AttendArguments.class, Types.STORED_HALF),
    ATTEND_ANY("attendany", "attendAny", AttendArguments.class, Types.STORED),
    PREFILL_64("prefill", "prefill64", PrefillArguments.class, Types.STORED_HALF),
    PREFILL_128("prefill", "prefill128", PrefillArguments.class, Types.STORED_HALF),
    PREFILL_WIDE_64("prefillwide", "prefillWide64", PrefillArguments.class, Types.HALF),
    PREFILL_WIDE_128("prefillwide", "prefillWide128", PrefillArguments.class, Types.HALF),
    PREFILL_ANY("attendany", "prefillAny", PrefillArguments.class, Types.STORED);

    /** Which element types a kernel is compiled for. */
    private enum Types {
        /** It does not look at elements. */
        NONE,
        /** All of them. */
        ALL,
        /** Those of 16 bits, which tensor cores multiply; it reads slots of the element type alone. */
        HALF,
        /** All of them, in an image per store: it reads or writes slots. */
        STORED,
        /** Those of 16 bits, in an image per store. */
        STORED_HALF
    }

    /** Sources that are compiled once per store: those with a kernel that reads or writes slots. */
    private static final Set<String> STORED_SOURCES = Arrays.stream(values())
            .filter(name -> name.types == Types.STORED || name.types == Types.STORED_HALF)
            .map(KernelName::source)
            .collect(Collectors.toUnmodifiableSet());

    private final String source;
    private final String function;
    private final Class<? extends KernelArguments> arguments;
    private final Types types;

    KernelName(String source, String function, Class<? extends KernelArguments> arguments, Types types) {
        this.source = source;
        this.function = function;
        this.arguments = arguments;
        this.types = types;
    }

    /** The source file, without its ending. */
    public String source() {
        return source;
    }

    /** The image that it is in, without its ending, for how slots hold rows. */
    public String image(Store store) {
        return STORED_SOURCES.contains(source) ? source + "_" + store.option() : source;
    }

    /** The type of its arguments. */
    public Class<? extends KernelArguments> arguments() {
        return arguments;
    }

    /** Whether caches of an element type use it. */
    public boolean isFor(ElementType type) {
        boolean half = types == Types.HALF || types == Types.STORED_HALF;
        return !half || type != ElementType.F32;
    }

    /** Its name in the image, for an element type. */
    public String function(ElementType type) {
        return types == Types.NONE ? function : function + "_" + type.name().toLowerCase(Locale.ROOT);
    }
}
