package io.arkvale.experiments.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.llama.files.Json;
import io.arkvale.serving.load.LoadPlan;
import io.arkvale.serving.load.LoadRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process of its own: killed again and again, and with more slow clients than one process could have. */
@Tag("thorough")
class ServeProcessTest {
    /** Kills; {@code -Darkvale.kills=20} for a long run. */
    private static final int KILLS = Integer.getInteger("arkvale.kills", 2);

    /** Slow clients; {@code -Darkvale.connections=10000} for as many as a machine of 20,000 open files per process takes. */
    private static final int CONNECTIONS = Integer.getInteger("arkvale.connections", 500);

    private static final Pattern USED = Pattern.compile("arkvale_disk_slots_used (\\d+)");
    private static final double NANOS_PER_SECOND = 1e9;

    /** How slow clients begin: with nothing, with half a head, with half a body. */
    private static final List<String> BEGINNINGS = List.of(
            "",
            "POST /v1/comp",
            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{\"model\": \"nee");

    @TempDir
    private Path directory = Path.of("");

    /** A server that listens. */
    private record Server(Process process, int port) implements AutoCloseable {
        private URI at(String path) {
            return URI.create("http://127.0.0.1:" + port + path);
        }

        String get(String path) throws IOException {
            return read((HttpURLConnection) at(path).toURL().openConnection());
        }

        /** What the model says after a text, at temperature 0. */
        String complete(String prompt) throws IOException {
            var connection = (HttpURLConnection) at("/v1/completions").toURL().openConnection();
            connection.setDoOutput(true);
            var body = Json.MAPPER
                    .createObjectNode()
                    .put("model", "needle-5m")
                    .put("prompt", prompt)
                    .put("max_tokens", 12)
                    .put("temperature", 0);
            connection.getOutputStream().write(body.toString().getBytes(UTF_8));
            return Json.MAPPER.readTree(read(connection)).at("/choices/0/text").asString();
        }

        private static String read(HttpURLConnection connection) throws IOException {
            assertThat(connection.getResponseCode()).isEqualTo(200);
            try (var in = connection.getInputStream()) {
                return new String(in.readAllBytes(), UTF_8);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private Server start(int port, String... more) throws IOException {
        var words = new ArrayList<>(List.of(
                "serve",
                "--model",
                "needle-5m",
                "--backend",
                "cpu",
                "--threads",
                "1",
                "--budget",
                "256",
                "--texts",
                "4",
                "--longest",
                "2048",
                "--port",
                String.valueOf(port)));
        words.addAll(List.of(more));
        var process = ChildProcess.of(List.of(), words.toArray(String[]::new))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
        var read = new ArrayList<String>();
        for (var line = errors.readLine(); line != null; line = errors.readLine()) {
            read.add(line);
            var serving = Pattern.compile("serving needle-5m .*:(\\d+);.*").matcher(line);
            if (serving.matches()) {
                Thread.ofVirtual().start(() -> errors.lines().forEach(rest -> {}));
                return new Server(process, Integer.parseInt(serving.group(1)));
            }
        }
        throw new AssertionError("the server has ended: " + read);
    }

    private static String prompt(Random random) {
        return random.ints(1500, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void aServerThatIsKilledLeavesNothingAndStartsAgain() throws IOException, InterruptedException {
        var random = new Random(43);
        var prompt = prompt(random);
        var disk = Files.createDirectory(directory.resolve("disk"));
        var options = new String[] {"--host-slots", "100", "--disk-slots", "20000", "--disk", disk.toString()};
        String expected = null;
        int port = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            try (var server = start(port, options)) {
                port = server.port();
                var said = server.complete(prompt);
                expected = expected == null ? said : expected;
                assertThat(said).isEqualTo(expected);
                var used = USED.matcher(server.get("/metrics"));
                assertThat(used.find()).isTrue();
                assertThat(Integer.parseInt(used.group(1))).isPositive();
                var plan = new LoadPlan(20, 50, List.of(300, 1500), 0, 30, null, kill);
                var load = Thread.ofVirtual().start(() -> load(server, plan));
                Thread.sleep(random.nextInt(1000));
                server.process().destroyForcibly();
                assertThat(server.process().waitFor()).isEqualTo(128 + 9);
                load.join();
            }
            try (var files = Files.list(disk)) {
                assertThat(files).isEmpty();
            }
        }
        System.out.println("printed: " + KILLS + " kills at port " + port);
    }

    /** Answers are not asked for: the server is killed among them. */
    private static void load(Server server, LoadPlan plan) {
        try {
            LoadRun.run(server.at("/"), plan);
        } catch (IOException e) {
            // Killed before it named its model.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void slowClientsHoldNobodyUp() throws IOException {
        var prompt = prompt(new Random(47));
        var clients = new ArrayList<Socket>();
        try (var server = start(0, "--most-connections", String.valueOf(CONNECTIONS + 100))) {
            var expected = server.complete(prompt);
            long opening = System.nanoTime();
            for (int i = 0; i < CONNECTIONS; i++) {
                var client = new Socket(InetAddress.getLoopbackAddress(), server.port());
                clients.add(client);
                client.getOutputStream()
                        .write(BEGINNINGS.get(i % BEGINNINGS.size()).getBytes(UTF_8));
            }
            double opened = seconds(opening);
            double worst = 0;
            int dropped = 0;
            for (int round = 0; round < 5; round++) {
                dropped = sendOneMore(clients);
                long began = System.nanoTime();
                assertThat(server.complete(prompt)).isEqualTo(expected);
                assertThat(server.get("/health")).contains("ok");
                worst = Math.max(worst, seconds(began));
            }
            System.out.println("printed: " + CONNECTIONS + " slow clients, opened in " + opened + " s; " + dropped
                    + " of them were dropped for being late; an answer beside them took " + worst + " s at most");
            close(clients);
            assertThat(server.complete(prompt)).isEqualTo(expected);
        } finally {
            close(clients);
        }
    }

    /** One byte more of each request that has begun; how many the server has dropped by now. */
    private static int sendOneMore(List<Socket> clients) {
        int dropped = 0;
        for (int i = 0; i < clients.size(); i++) {
            try {
                if (i % BEGINNINGS.size() > 0) {
                    clients.get(i).getOutputStream().write('x');
                }
            } catch (IOException e) {
                dropped++;
            }
        }
        return dropped;
    }

    private static void close(List<Socket> clients) throws IOException {
        for (var client : clients) {
            client.close();
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / NANOS_PER_SECOND;
    }
}
