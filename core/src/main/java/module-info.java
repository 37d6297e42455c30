/** The paged cache itself, for every backend. */
module io.arkvale.core {
    requires transitive io.arkvale.api;
    requires java.management;
    requires jdk.management;
    requires static org.jspecify;

    exports io.arkvale.core;
    exports io.arkvale.core.backup;
    exports io.arkvale.core.page;
    exports io.arkvale.core.shard;
    exports io.arkvale.core.step;
    exports io.arkvale.core.table;
    exports io.arkvale.core.tensor;

    uses io.arkvale.api.BackendProvider;

    provides io.arkvale.api.BackendProvider with
            io.arkvale.core.shard.ShardsProvider;
}
