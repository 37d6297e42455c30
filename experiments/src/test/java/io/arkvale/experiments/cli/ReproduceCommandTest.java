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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** All figures from tiny experiments, and the report about them, alone and in a browser. */
@Tag("thorough")
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
                assertThat(pictures).as(name).isNotEmpty().allSatisfy(picture -> {
                    assertThat(Files.size(directory.resolve(picture)))
                            .as(picture)
                            .isLessThan(40_000);
                    assertThat(Files.readString(directory.resolve(picture))).contains("<desc>", "</text>");
                });
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
    void anotherFigureJoinsTheReportThatIsThere(@TempDir Path folder) throws IOException {
        assertThat(Run.of("reproduce", "fig9", "--out", folder.toString()).exit())
                .isZero();
        var second = Run.of(
                "reproduce",
                "fig3",
                "--set",
                "context=128",
                "--set",
                "tokens=2",
                "--out",
                folder.toString(),
                "--model",
                Path.of("..", "models", "needle-5m").toString());
        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("<section id=\"fig9\">", "<section id=\"fig3\">", "./arkvale simulate")
                .doesNotContain("<section id=\"fig7\">");
        Files.writeString(folder.resolve("fig3.json"), "[{");
        var third = Run.of("reproduce", "fig9", "--out", folder.toString());
        assertThat(third.exit()).isEqualTo(2);
        assertThat(third.err()).contains("fig3.json is not what 'reproduce' wrote");
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
        assertThat(references).allMatch(ids::contains);
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
        for (int width : new int[] {390, 1280}) {
            var measured = measure(browser(), width, Scheme.LIGHT);
            assertThat(measured).as("page at " + width).contains("page " + width + " ");
            for (var figure : elements(page(), "figure")) {
                var id = figure.getAttribute("id");
                var found = Pattern.compile("figure " + id + " (\\d+) (\\d+) (\\d+) ([\\d.]+) \\[(.*?)\\];")
                        .matcher(measured);
                assertThat(found.find()).as(id + " in " + measured).isTrue();
                assertThat(Integer.parseInt(found.group(1))).as(id + " is wide").isGreaterThan(300);
                assertThat(Integer.parseInt(found.group(2))).as(id + " is high").isGreaterThan(180);
                assertThat(Integer.parseInt(found.group(3)))
                        .as(id + " ends within the page")
                        .isLessThanOrEqualTo(width);
                assertThat(Double.parseDouble(found.group(4)))
                        .as("smallest letters of " + id)
                        .isGreaterThan(10.5);
                assertThat(found.group(5))
                        .as("texts of " + id + " that meet or leave it")
                        .isEmpty();
            }
        }
    }

    @Test
    void aBrowserShowsTheReportInTheColoursThatAreAskedFor() throws Exception {
        assertThat(measure(browser(), 1280, Scheme.LIGHT)).contains("grounds rgb(255, 255, 255) only;");
        assertThat(measure(browser(), 1280, Scheme.DARK)).contains("grounds rgb(13, 17, 23) only;");
    }

    @Test
    void aBrowserPrintsTheReport() throws Exception {
        var pdf = directory.resolve("report.pdf");
        browse(
                browser(),
                Scheme.DARK,
                List.of("--no-pdf-header-footer", "--print-to-pdf=" + pdf),
                directory.resolve("report.html"));
        assertThat(Files.readString(pdf, StandardCharsets.ISO_8859_1)).startsWith("%PDF");
        assertThat(Files.size(pdf)).isGreaterThan(50_000);
    }

    private enum Scheme {
        DARK("0"),
        LIGHT("1");

        private final String setting;

        Scheme(String setting) {
            this.setting = setting;
        }
    }

    /** Starting a browser takes seconds: each way of looking at the report is one start. */
    private static final Map<String, String> MEASURED = new HashMap<>();

    /** What a page around the report, in a frame of that width, measures in it. */
    private static String measure(Path browser, int width, Scheme scheme) throws IOException, InterruptedException {
        var way = width + " " + scheme;
        var known = MEASURED.get(way);
        if (known == null) {
            known = measureAnew(browser, width, scheme);
            MEASURED.put(way, known);
        }
        return known;
    }

    private static String measureAnew(Path browser, int width, Scheme scheme) throws IOException, InterruptedException {
        var frame = Files.writeString(directory.resolve("frame.html"), """
                <!DOCTYPE html><meta charset="utf-8"><body><pre id="out"></pre>
                <iframe id="frame" src="report.html" style="width:WIDTHpx;height:900px;border:0"></iframe>
                <script>
                document.getElementById('frame').onload = function () {
                  var page = this.contentDocument, view = this.contentWindow;
                  var text = 'page ' + page.documentElement.scrollWidth + ' ';
                  var grounds = new Set([view.getComputedStyle(page.body).backgroundColor]);
                  page.querySelectorAll('figure').forEach(function (figure) {
                    var svg = figure.querySelector('svg'), box = svg.getBoundingClientRect();
                    grounds.add(view.getComputedStyle(svg.querySelector('rect')).fill);
                    var texts = Array.from(svg.querySelectorAll('text')), wrong = [];
                    var boxes = texts.map(one => one.getBoundingClientRect());
                    var scale = box.width / svg.viewBox.baseVal.width;
                    var least = Math.min(...texts.map(one => scale * parseFloat(one.getAttribute('font-size'))));
                    for (var i = 0; i < texts.length; i++) {
                      if (boxes[i].left < box.left || boxes[i].right > box.right + 1 || boxes[i].bottom > box.bottom) {
                        wrong.push(texts[i].textContent + ' leaves');
                      }
                      for (var j = 0; j < i; j++) {
                        var across = Math.min(boxes[i].right, boxes[j].right) - Math.max(boxes[i].left, boxes[j].left);
                        var down = Math.min(boxes[i].bottom, boxes[j].bottom) - Math.max(boxes[i].top, boxes[j].top);
                        if (across > 1 && down > 4) { // boxes of letters have room above and below
                          wrong.push(texts[i].textContent + ' on ' + texts[j].textContent);
                        }
                      }
                    }
                    text += 'figure ' + figure.id + ' ' + Math.floor(box.width) + ' ' + Math.floor(box.height) + ' '
                        + Math.floor(box.right) + ' ' + least.toFixed(1) + ' [' + wrong.join(', ') + '];';
                  });
                  text += 'grounds ' + Array.from(grounds).join(' ') + ' only;';
                  document.getElementById('out').textContent = text;
                };
                </script></body>
                """.replace("WIDTH", Integer.toString(width)));
        return browse(browser, scheme, List.of("--virtual-time-budget=10000", "--dump-dom"), frame);
    }

    private static String browse(Path browser, Scheme scheme, List<String> options, Path page)
            throws IOException, InterruptedException {
        var profile = Files.createTempDirectory("profile");
        var log = Files.createTempFile("browser", ".log").toFile();
        var command = new ArrayList<>(List.of(
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
                "--blink-settings=preferredColorScheme=" + scheme.setting,
                "--user-data-dir=" + profile));
        command.addAll(options);
        command.add(page.toUri().toString());
        var process = new ProcessBuilder(command).redirectError(log).start();
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

    /** The browser, without which the test is left out. */
    private static Path browser() {
        var named = Optional.ofNullable(System.getenv("CHROMIUM")).map(Path::of);
        var found = named.or(() -> Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                        .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                                .map(name -> Path.of(folder, name)))
                        .filter(Files::isExecutable)
                        .findFirst())
                .filter(Files::isExecutable);
        assumeTrue(found.isPresent(), "no Chromium: none on the PATH, and CHROMIUM names none");
        return found.orElseThrow();
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
