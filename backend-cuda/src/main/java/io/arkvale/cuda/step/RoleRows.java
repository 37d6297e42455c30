package io.arkvale.cuda.step;

import io.arkvale.api.Batch.Role;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Which rows of a call each member of a step of several roles has, as kernels read it: structs {@code Chunk}, one per
 * member, of what is stored, of what attends as a prompt and of queries that are read; then a struct {@code Row} for each
 * token that decodes. The same for all layers. Empty in a step without roles.
 */
record RoleRows(List<Member> members) {
    /** Size of struct {@code Chunk} of {@code cache.cuh}. */
    static final long CHUNK_BYTES = 4 * Integer.BYTES;

    /** Size of struct {@code Row} of {@code attended.cuh}. */
    private static final long ROW_BYTES = 3 * Integer.BYTES;

    /** Which tokens of a member some chunks cover: the first of them, counted within the step, and how many. */
    private record Range(int first, int tokens) {
        static final Range NONE = new Range(0, 0);
    }

    private boolean hasRoles() {
        return !members.isEmpty() && members.getFirst().role() != Role.BY_CALL;
    }

    /** The members that decode. */
    List<Member> decoding() {
        return members.stream().filter(member -> member.role() == Role.DECODE).toList();
    }

    /** Most tokens of a member that attends as a prompt; 0 if none does. */
    int mostPromptTokens() {
        return members.stream()
                .filter(RoleRows::isPrompt)
                .mapToInt(Member::tokens)
                .max()
                .orElse(0);
    }

    private static boolean isPrompt(Member member) {
        return member.role().attends() && member.role() != Role.DECODE;
    }

    long storedAt() {
        return 0;
    }

    long promptsAt() {
        return CHUNK_BYTES * members.size();
    }

    long queriesAt() {
        return 2 * CHUNK_BYTES * members.size();
    }

    long decodingAt() {
        return 3 * CHUNK_BYTES * members.size();
    }

    long bytes() {
        long rows = decoding().stream().mapToLong(Member::tokens).sum();
        return hasRoles() ? decodingAt() + ROW_BYTES * rows : 0;
    }

    void write(ByteBuffer buffer) {
        if (!hasRoles()) {
            return;
        }
        for (var member : members) {
            write(buffer, member, new Range(0, member.tokens()));
        }
        for (var member : members) {
            write(buffer, member, isPrompt(member) ? new Range(0, member.tokens()) : Range.NONE);
        }
        for (var member : members) {
            write(buffer, member, queries(member));
        }
        for (var member : decoding()) {
            for (int token = 0; token < member.tokens(); token++) {
                buffer.putInt(member.index())
                        .putInt(member.firstRow() + token)
                        .putInt(member.lengthBefore() + token + 1);
            }
        }
    }

    private static Range queries(Member member) {
        return switch (member.role()) {
            case INGEST -> Range.NONE;
            case LAST_INGEST -> new Range(member.tokens() - 1, 1);
            case BY_CALL, DECODE, PROMPT, LAST_PROMPT -> new Range(0, member.tokens());
        };
    }

    private static void write(ByteBuffer buffer, Member member, Range range) {
        buffer.putInt(member.lengthBefore() + range.first())
                .putInt(range.tokens())
                .putInt(member.firstRow() + range.first())
                .putInt(0);
    }
}
