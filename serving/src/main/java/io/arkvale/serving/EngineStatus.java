package io.arkvale.serving;

import io.arkvale.api.CacheStats;
import io.arkvale.api.MemoryUse;
import java.util.Map;

/**
 * What an engine is doing and has done, as of its last step.
 *
 * @param running requests that are served
 * @param waiting requests that wait
 * @param kept sequences kept after their requests
 * @param ended requests that have ended, by how
 * @param readTokens tokens of prompts that were read
 * @param sharedTokens tokens of prompts that were not, since another sequence had read them
 * @param generatedTokens tokens of answers
 * @param lowered sequences that went down to their budgets for want of room
 * @param memory of the cache
 * @param cache what the cache has done
 */
public record EngineStatus(
        int running,
        int waiting,
        int kept,
        Map<Finish, Long> ended,
        long readTokens,
        long sharedTokens,
        long generatedTokens,
        long lowered,
        MemoryUse memory,
        CacheStats cache) {}
