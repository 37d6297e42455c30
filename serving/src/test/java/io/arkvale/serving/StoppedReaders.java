package io.arkvale.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.arkvale.serving.http.HttpLimits;
import io.arkvale.serving.http.HttpService;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Clients that ask for long streams and read nothing of them. The model's name is long and stands in every event, so that a
 * stream is more than a socket takes.
 */
final class StoppedReaders implements AutoCloseable {
    private static final String MODEL = "m".repeat(16_000);
    private static final int TOKENS = 600;
    private static final int AT_A_TIME = 3;

    private final HttpService service;
    private final Queue<Socket> sockets = new ArrayDeque<>();
    private int opened;

    /** Clients of an engine, which stays its owner's. */
    StoppedReaders(Serving serving, Engine engine) throws IOException {
        service = serving.http(engine, MODEL, HttpLimits.usual());
    }

    /** One more; the oldest leaves if there are too many. */
    void next() throws IOException {
        if (sockets.size() == AT_A_TIME) {
            sockets.remove().close();
        }
        var socket = new Socket();
        socket.setReceiveBufferSize(1024);
        socket.connect(service.address());
        sockets.add(socket);
        opened++;
        var body = "{\"model\": \"" + MODEL + "\", \"prompt\": \"abc\", \"max_tokens\": " + TOKENS
                + ", \"temperature\": 0, \"stream\": true}";
        var head = "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + body).getBytes(UTF_8));
    }

    int opened() {
        return opened;
    }

    @Override
    public void close() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        service.close();
    }
}
