package io.arkvale.experiments.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.HeatMap;
import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.LineChart.PaperLine;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.ScatterChart;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.chart.StackChart;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Every kind of chart as the SVG that a reader gets. */
class ChartDrawingTest {
    private static final Labels LABELS = new Labels("name", "A title", "This is < that.", "x, tokens", "y, %");

    private static List<Chart> charts() {
        return List.of(lines(), stacks(), map(), scatter());
    }

    private static LineChart lines() {
        var marks = Palette.of(List.of("arkvale", "h2o"));
        return new LineChart(
                LABELS,
                List.of("512", "1024"),
                100,
                List.of(
                        new Series(
                                "arkvale",
                                marks.getFirst(),
                                List.of(new Point(0, 90, 70, 97), Point.of(1, 100)),
                                List.of(PaperPoint.of(0, 95))),
                        Series.of("h2o", marks.getLast(), List.of(Point.of(0, 0), Point.of(1, 10)))),
                List.of(new PaperLine(60, "the paper: 60")));
    }

    private static StackChart stacks() {
        return new StackChart(
                LABELS,
                List.of(
                        new StackChart.Part("attention", Palette.part("attention")),
                        new StackChart.Part("recall", Palette.part("recall"))),
                List.of(
                        new StackChart.Bar("budget 512", List.of(10.0, 2.5), 13.0),
                        new StackChart.Bar("full", List.of(40.0, 0.0), null)));
    }

    private static HeatMap map() {
        return new HeatMap(
                LABELS,
                List.of("5", "10"),
                List.of("20", "40"),
                List.of(new HeatMap.Cell(0, 0, 1.5, true), new HeatMap.Cell(1, 1, 30, false)),
                "outlined");
    }

    private static ScatterChart scatter() {
        var names = List.of("full", "oracle", "arkvale", "h2o", "tova");
        var marks = Palette.of(names);
        var items = IntStream.range(0, names.size())
                .mapToObj(i -> Series.of(
                        names.get(i),
                        marks.get(i),
                        List.of(new Point(60 - 10.0 * i, 90 - 20.0 * i, 85 - 20.0 * i, 95 - 20.0 * i))))
                .toList();
        return new ScatterChart(LABELS, 100, items, Set.of("full"), Set.of("oracle"));
    }

    @Test
    void textIsTextAndTheDocumentIsSmall() throws Exception {
        for (var chart : charts()) {
            var svg = ChartDrawing.svg(chart, Theme.AUTO);
            var texts = texts(svg);
            assertThat(texts).contains("A title", "This is < that.", "x, tokens", "y, %");
            assertThat(svg.length()).isLessThan(20_000);
            assertThat(svg)
                    .doesNotContain("NaN", "clip", "http://www.w3.org/1999/xlink")
                    .doesNotContainPattern("\\.\\d{3}");
        }
        assertThat(texts(ChartDrawing.svg(lines(), Theme.AUTO)))
                .contains("arkvale", "h2o", "512", "1024", "95 % interval", "the paper's value", "the paper: 60");
        assertThat(texts(ChartDrawing.svg(stacks(), Theme.AUTO)))
                .contains("12.5 (paper 13.0)", "40.0", "attention", "recall");
        assertThat(texts(ChartDrawing.svg(map(), Theme.AUTO))).contains("1.5", "30", "outlined");
        assertThat(texts(ChartDrawing.svg(scatter(), Theme.AUTO))).contains("full", "oracle", "arkvale");
    }

    @Test
    void intervalsAreDrawnFromEndToEnd() throws Exception {
        // The lines at 0 and 100 tell where 70 and 97 must be.
        var svg = ChartDrawing.svg(lines(), Theme.LIGHT);
        var ink = Palette.of(List.of("arkvale")).getFirst().ink().light();
        var grid = grid(parse(svg));
        var height = grid.getMax() - grid.getMin();
        var bars = elements(parse(svg), "line").stream()
                .filter(line -> line.getAttribute("stroke").equals(ink)
                        && line.getAttribute("x1").equals(line.getAttribute("x2"))
                        && !line.getAttribute("y1").equals(line.getAttribute("y2")))
                .flatMapToDouble(line -> DoubleStream.of(
                        Double.parseDouble(line.getAttribute("y1")), Double.parseDouble(line.getAttribute("y2"))))
                .sorted()
                .toArray();
        assertThat(bars).hasSizeGreaterThanOrEqualTo(2);
        assertThat(bars[0]).isCloseTo(grid.getMin() + 0.03 * height, Offset.offset(0.2));
        assertThat(bars[bars.length - 1]).isCloseTo(grid.getMin() + 0.30 * height, Offset.offset(0.2));
    }

    private static DoubleSummaryStatistics grid(Document svg) {
        return elements(svg, "line").stream()
                .filter(line -> line.getAttribute("stroke").equals(Ink.GRID.light()))
                .mapToDouble(line -> Double.parseDouble(line.getAttribute("y1")))
                .summaryStatistics();
    }

    @Test
    void whatThePaperSaysOfTheWholeChartStandsAboveTheValues() throws Exception {
        var svg = parse(ChartDrawing.svg(lines(), Theme.LIGHT));
        assertThat(elements(svg, "text"))
                .filteredOn(text -> text.getTextContent().equals("the paper: 60"))
                .singleElement()
                .satisfies(text -> assertThat(Double.parseDouble(text.getAttribute("y")))
                        .isLessThan(grid(svg).getMin()));
    }

    @Test
    void everyColourHasOneOnDarkGround() throws Exception {
        for (var chart : charts()) {
            var light = colors(ChartDrawing.svg(chart, Theme.LIGHT));
            var dark = colors(ChartDrawing.svg(chart, Theme.DARK));
            assertThat(dark).hasSameSizeAs(light);
            assertThat(dark.getFirst()).isEqualTo(Ink.GROUND.dark());
            var automatic = ChartDrawing.svg(chart, Theme.AUTO);
            for (int i = 0; i < light.size(); i++) {
                assertThat(automatic)
                        .contains("[fill=\"" + light.get(i) + "\"]{fill:" + dark.get(i) + "}")
                        .contains("[stroke=\"" + light.get(i) + "\"]{stroke:" + dark.get(i) + "}");
            }
            assertThat(automatic).contains("@media screen and (prefers-color-scheme:dark)");
        }
    }

    private static List<String> colors(String svg) throws Exception {
        var colors = new ArrayList<String>();
        for (var element : elements(parse(svg), "*")) {
            for (var name : List.of("fill", "stroke")) {
                var color = element.getAttribute(name);
                if (color.startsWith("#")) {
                    colors.add(color);
                }
            }
        }
        return colors;
    }

    @Test
    void theValuesStandInWordsToo() {
        assertThat(ChartDrawing.svg(lines(), Theme.AUTO))
                .contains(
                        "<desc>This is &lt; that. arkvale: 90 (70 to 97) at 512, 100 at 1024; the paper's value 95 at 512.");
    }

    @Test
    void aChartWithoutAFindingIsRefused() {
        assertThatThrownBy(() -> new Labels("name", "A title", "", "x", "y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("finding");
        assertThatThrownBy(() -> new Point(0, 3, 4, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Point.of(0, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesInAColumnKeepTheirOrderAndDistance() {
        assertThat(LabelColumn.spread(List.of(10.0, 12.0, 90.0), 16, 0, 100)).containsExactly(3.0, 19.0, 90.0);
        assertThat(LabelColumn.spread(List.of(100.0, 100.0, 99.0), 10, 0, 100)).containsExactly(90.0, 100.0, 80.0);
        assertThat(LabelColumn.spread(List.of(0.0, 0.0), 10, 0, 100)).containsExactly(0.0, 10.0);
        var places = LabelColumn.spread(List.of(40.0, 44.0, 60.0, 61.0, 62.0), 10, 0, 100);
        for (int i = 1; i < places.size(); i++) {
            assertThat(places.get(i) - places.get(i - 1)).isGreaterThanOrEqualTo(10 - 1e-9);
        }
    }

    private static List<String> texts(String svg) throws Exception {
        var texts = elements(parse(svg), "text").stream()
                .map(Element::getTextContent)
                .toList();
        assertThat(elements(parse(svg), "text"))
                .allSatisfy(text -> assertThat(Double.parseDouble(text.getAttribute("textLength")))
                        .isPositive());
        return texts;
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document document, String name) {
        var nodes = document.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }
}
