package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.experiments.figure.Figures;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** All figures from tiny experiments, and the report about them, alone and in a browser. */
class ReproduceCommandTest {
    private static final String[] TINY = {
        "reproduce",
        "all",
        "--quick",
        "--backend",
        "cpu",
        "--model",
        Path.of("..", "models", "needle-5m").toString(),
        "--set",
        "context=256",
        "--set",
        "tokens=8",
        "--set",
        "lengths=300",
        "--set",
        "samples=1",
        "--set",
        "turns=1"
    };

    @TempDir
    private static Path directory = Path.of("");

    private static Run first = new Run(-1, "", "");

    @BeforeAll
    static void reproduce() {
        first = run();
    }

    private static Run run(String... more) {
        var arguments = new ArrayList<>(List.of(TINY));
        arguments.addAll(List.of("--out", directory.toString()));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Test
    void everyFigureGivesNumbersAndPictures() throws IOException {
        assertThat(first.exit()).as(first.err()).isZero();
        for (var name : Figures.names()) {
            assertThat(first.out()).contains("\n" + name + " ");
            assertThat(Files.readString(directory.resolve(name + ".csv"))
                            .lines()
                            .count())
                    .as(name)
                    .isGreaterThan(1);
            try (var files = Files.list(directory)) {
                var pictures = files.map(file -> file.getFileName().toString())
                        .filter(file -> file.matches(name + "(-.*)?\\.svg"));
                assertThat(pictures).as(name).isNotEmpty();
            }
        }
    }

    @Test
    void whatWasMeasuredIsNotMeasuredAgain() {
        var again = run();
        assertThat(again.exit()).as(again.err()).isZero();
        assertThat(again.err()).contains("fig3: done before").doesNotContain(" took ");
        assertThat(again.out()).isEqualTo(first.out());
    }

    @Test
    void otherOptionsAreOtherExperiments() {
        var other = Run.of(
                "reproduce",
                "fig3",
                "--quick",
                "--set",
                "context=128",
                "--set",
                "tokens=2",
                "--out",
                directory.toString(),
                "--model",
                Path.of("..", "models", "needle-5m").toString());
        assertThat(other.err())
                .contains("fig3: attention --measure sparsity --context 128 --tokens 2")
                .contains("took");
        assertThat(run().err()).contains("fig3: done before").doesNotContain(" took ");
    }

    @Test
    void aFigureDrawnAloneStaysInTheReportOfAll() throws IOException {
        var run = Run.of("reproduce", "fig9", "--out", directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readString(directory.resolve("report.html")))
                .contains("id=\"table1\"")
                .contains("id=\"fig9\"");
    }

    @Test
    void theReportIsOnePageWhosePartsAreLinked() throws Exception {
        var page = page();
        var ids = new HashSet<String>();
        for (var element : elements(page, "*")) {
            if (element.hasAttribute("id")) {
                assertThat(ids.add(element.getAttribute("id")))
                        .as(element.getAttribute("id"))
                        .isTrue();
            }
        }
        assertThat(ids).containsAll(Figures.names()).contains("run");
        assertThat(elements(page, "svg"))
                .hasSameSizeAs(elements(page, "figure"))
                .hasSizeGreaterThan(Figures.names().size());
        assertThat(elements(page, "script")).isEmpty();
        assertThat(elements(page, "link")).isEmpty();
        assertThat(elements(page, "img")).isEmpty();
        for (var link : elements(page, "a")) {
            var target = link.getAttribute("href");
            if (target.startsWith("#")) {
                assertThat(target.equals("#") || ids.contains(target.substring(1)))
                        .as(target)
                        .isTrue();
            } else {
                assertThat(directory.resolve(target)).exists();
            }
        }
        // What a drawing refers to is its own, though many stand in one page.
        var text = Files.readString(directory.resolve("report.html"));
        var references =
                Pattern.compile("url\\(#([^)]*)\\)").matcher(text).results().map(found -> found.group(1));
        assertThat(references).isNotEmpty().allMatch(ids::contains);
        assertThat(text.replaceAll(" xmlns(:xlink)?=\"[^\"]*\"", "")).doesNotContain("http:", "https:");
    }

    @Test
    void theReportSaysWhatTheRunWas() throws IOException {
        assertThat(Files.readString(directory.resolve("report.html")))
                .contains("<td>JDK</td><td>" + Runtime.version() + "</td>")
                .contains("<td>Backend</td><td>cpu</td>")
                .contains("<td>Seed</td><td>1</td>")
                .contains("<td>Model</td><td>needle-5m</td>")
                .contains("<td>Simulated</td><td>LongChat-7B on A100-80G-PCIe</td>")
                .contains("./arkvale attention --measure sparsity --context 256 --tokens 8");
    }

    @Test
    void aBrowserShowsEveryFigureAtAPhonesAndADesktopsWidth() throws Exception {
        var browser = browser();
        assumeTrue(browser.isPresent(), "no Chromium: none on the PATH, and CHROMIUM names none");
        for (int width : new int[] {390, 1280}) {
            var measured = measure(browser.get(), width);
            assertThat(measured).as("page at " + width).contains("page " + width + " ");
            for (var figure : elements(page(), "figure")) {
                var id = figure.getAttribute("id");
                var found = Pattern.compile("figure " + id + " (\\d+) (\\d+) (\\d+);")
                        .matcher(measured);
                assertThat(found.find()).as(id + " in " + measured).isTrue();
                assertThat(Integer.parseInt(found.group(1))).as(id + " is wide").isGreaterThan(300);
                assertThat(Integer.parseInt(found.group(2))).as(id + " is high").isGreaterThan(200);
                assertThat(Integer.parseInt(found.group(3)))
                        .as(id + " ends within the page")
                        .isLessThanOrEqualTo(width);
            }
        }
    }

    /** What a page around the report, in a frame of that width, measures in it. */
    private static String measure(Path browser, int width) throws IOException, InterruptedException {
        var frame = Files.writeString(directory.resolve("frame.html"), """
                <!DOCTYPE html><meta charset="utf-8"><body><pre id="out"></pre>
                <iframe id="frame" src="report.html" style="width:WIDTHpx;height:900px;border:0"></iframe>
                <script>
                document.getElementById('frame').onload = function () {
                  var page = this.contentDocument;
                  var text = 'page ' + page.documentElement.scrollWidth + ' ';
                  page.querySelectorAll('figure').forEach(function (figure) {
                    var box = figure.querySelector('svg').getBoundingClientRect();
                    text += 'figure ' + figure.id + ' ' + Math.floor(box.width) + ' ' + Math.floor(box.height) + ' '
                        + Math.floor(box.right) + ';';
                  });
                  document.getElementById('out').textContent = text;
                };
                </script></body>
                """.replace("WIDTH", Integer.toString(width)));
        var profile = Files.createTempDirectory("profile");
        var log = Files.createTempFile("browser", ".log").toFile();
        var process = new ProcessBuilder(
                        browser.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--allow-file-access-from-files",
                        "--virtual-time-budget=10000",
                        "--user-data-dir=" + profile,
                        "--dump-dom",
                        frame.toUri().toString())
                .redirectError(log)
                .start();
        var dumped = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        delete(profile);
        Files.delete(log.toPath());
        return dumped;
    }

    private static void delete(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    private static Optional<Path> browser() {
        var named = Optional.ofNullable(System.getenv("CHROMIUM")).map(Path::of);
        if (named.isPresent()) {
            return named.filter(Files::isExecutable);
        }
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Document page() throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        return factory.newDocumentBuilder()
                .parse(directory.resolve("report.html").toFile());
    }

    private static List<Element> elements(Document page, String name) {
        var nodes = page.getElementsByTagName(name);
        return Stream.iterate(0, i -> i < nodes.getLength(), i -> i + 1)
                .map(i -> (Element) nodes.item(i))
                .toList();
    }
}
