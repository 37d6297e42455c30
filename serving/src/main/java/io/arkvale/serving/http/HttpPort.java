package io.arkvale.serving.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * An address that is taken before there is anything to serve, such as a model that takes long to load. Who connects waits for
 * {@link HttpService#start}.
 *
 * <p>The JDK's server reads its limits of connections and times from system properties when it is first used, so they hold
 * for all servers of a process. Properties that are set already are left as they are.
 */
public final class HttpPort implements AutoCloseable {
    private final HttpServer server;
    private final HttpLimits limits;

    private HttpPort(HttpServer server, HttpLimits limits) {
        this.server = server;
        this.limits = limits;
    }

    /**
     * Takes an address.
     *
     * @param address with port 0 for any that is free
     * @throws IOException if it cannot be taken
     */
    public static HttpPort bind(InetSocketAddress address, HttpLimits limits) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("there is no host of this name");
        }
        limit("jdk.httpserver.maxConnections", limits.connections());
        limit("sun.net.httpserver.maxReqTime", limits.requestTime().toSeconds());
        limit(
                "sun.net.httpserver.maxRspTime",
                limits.answerTime().plus(limits.requestTime()).toSeconds());
        return new HttpPort(HttpServer.create(address, 0), limits);
    }

    private static void limit(String property, long value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Long.toString(value));
        }
    }

    /** Where it is. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    HttpServer server() {
        return server;
    }

    HttpLimits limits() {
        return limits;
    }

    /** Gives the address up. */
    @Override
    public void close() {
        server.stop(0);
    }
}
