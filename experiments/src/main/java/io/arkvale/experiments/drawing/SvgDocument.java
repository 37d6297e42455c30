package io.arkvale.experiments.drawing;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.HeatMap;
import io.arkvale.experiments.chart.Ink;
import io.arkvale.experiments.chart.Palette;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * An SVG document of what was drawn. Batik records every attribute that Java knows; what says nothing is taken out, so
 * that a chart is a few kilobytes and can be read. Colours stay attributes, for programs that know no style sheets; a
 * style sheet in the document puts those of dark ground in their place.
 */
final class SvgDocument {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";
    private static final String FONTS = "Verdana,\"DejaVu Sans\",sans-serif";
    private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{2,}");
    private static final Pattern RGB = Pattern.compile("rgb\\((\\d+),(\\d+),(\\d+)\\)");
    private static final Map<String, String> NAMED_COLORS = Map.of("black", "#000000", "white", "#ffffff");

    /** Attributes that are kept; drawing order, clipping and hints of rendering are not needed. */
    private static final Set<String> KEPT = Set.of(
            "cx",
            "cy",
            "d",
            "fill",
            "font-size",
            "font-weight",
            "height",
            "points",
            "r",
            "rx",
            "ry",
            "stroke",
            "stroke-width",
            "transform",
            "width",
            "x",
            "x1",
            "x2",
            "y",
            "y1",
            "y2");

    private SvgDocument() {}

    static String of(Chart chart, Theme theme, int width, int height, Consumer<Graphics2D> painter) {
        try {
            var document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
            var recorder = new SVGGraphics2D(SVGGeneratorContext.createDefault(document), false);
            // JFreeChart puts back what it found, which must not be nothing.
            recorder.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_DEFAULT);
            painter.accept(recorder);
            var root = document.createElementNS(NAMESPACE, "svg");
            root.setAttribute("width", Integer.toString(width));
            root.setAttribute("height", Integer.toString(height));
            root.setAttribute("viewBox", "0 0 " + width + " " + height);
            root.setAttribute("role", "img");
            root.setAttribute("aria-label", chart.labels().title());
            root.appendChild(text(root, "title", chart.labels().title()));
            root.appendChild(text(root, "desc", chart.labels().finding() + " " + chart.description()));
            var style = root.appendChild(text(root, "style", ""));
            var drawn = recorder.getRoot();
            clean(drawn, new State("none", "none", "1", "none", Sheet.SMALL, false), root, !(chart instanceof HeatMap));
            var colors = colors(root);
            style.setTextContent("text{font-family:" + FONTS + "}" + (theme == Theme.AUTO ? dark(colors) : ""));
            if (theme == Theme.DARK) {
                darken(root, colors);
            }
            return written(root);
        } catch (ParserConfigurationException | TransformerException e) {
            throw new IllegalStateException("the XML library of the JDK does not work", e);
        }
    }

    /** What an element inherits, as far as it is kept. */
    private record State(String fill, String stroke, String strokeWidth, String dashes, int fontSize, boolean bold) {}

    /** Copies the shapes and texts under an element, each with all of its own attributes, in their order. */
    private static void clean(Element from, State inherited, Element to, boolean halo) {
        var state = new State(
                color(from, "fill", inherited.fill()),
                color(from, "stroke", inherited.stroke()),
                value(from, "stroke-width", inherited.strokeWidth()),
                value(from, "stroke-dasharray", inherited.dashes()),
                size(from, inherited.fontSize()),
                value(from, "font-weight", inherited.bold() ? "bold" : "normal").equals("bold"));
        switch (from.getLocalName()) {
            case "defs", "title", "desc", "style" -> {}
            case "svg", "g" -> children(from).forEach(child -> clean(child, state, to, halo));
            default -> shape(from, state, to, halo);
        }
    }

    private static void shape(Element from, State state, Element to, boolean halo) {
        var text = from.getLocalName().equals("text");
        var invisible =
                (state.fill().equals("none") || value(from, "fill-opacity", "1").equals("0"))
                        && state.stroke().equals("none");
        if (invisible || (text && from.getTextContent().isBlank())) {
            return;
        }
        var shape = to.getOwnerDocument().createElementNS(NAMESPACE, from.getLocalName());
        var attributes = from.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            var attribute = attributes.item(i);
            if (KEPT.contains(attribute.getNodeName())
                    && !attribute.getNodeValue().equals("none")) {
                shape.setAttribute(attribute.getNodeName(), rounded(attribute.getNodeValue()));
            }
        }
        for (var name : List.of("fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight")) {
            shape.removeAttribute(name);
        }
        shape.setAttribute("fill", state.fill());
        if (!state.stroke().equals("none")) {
            shape.setAttribute("stroke", state.stroke());
            shape.setAttribute("stroke-width", rounded(state.strokeWidth()));
            if (!state.dashes().equals("none")) {
                shape.setAttribute("stroke-dasharray", state.dashes());
            }
        }
        if (text) {
            shape.setAttribute("font-size", Integer.toString(state.fontSize()));
            if (state.bold()) {
                shape.setAttribute("font-weight", "bold");
            }
            shape.setTextContent(from.getTextContent());
            if (halo) {
                // Keeps letters apart from lines that pass behind them.
                shape.setAttribute("stroke", Ink.GROUND.light());
                shape.setAttribute("stroke-width", "3");
                shape.setAttribute("paint-order", "stroke");
            }
            // Keeps the place of the letters with whatever font the reader has.
            var font = Sheet.font(state.bold() ? Font.BOLD : Font.PLAIN, state.fontSize());
            var width = font.getStringBounds(from.getTextContent(), new FontRenderContext(null, true, true))
                    .getWidth();
            shape.setAttribute("textLength", rounded(String.format(Locale.ROOT, "%.2f", width)));
            shape.setAttribute("lengthAdjust", "spacingAndGlyphs");
        }
        to.appendChild(shape);
    }

    private static List<Element> children(Element parent) {
        var children = new ArrayList<Element>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    private static String value(Element element, String name, String otherwise) {
        return element.hasAttribute(name) ? element.getAttribute(name) : otherwise;
    }

    private static int size(Element element, int otherwise) {
        return element.hasAttribute("font-size")
                ? (int) Math.round(
                        Double.parseDouble(element.getAttribute("font-size").replace("px", "")))
                : otherwise;
    }

    private static String color(Element element, String name, String otherwise) {
        var value = value(element, name, otherwise);
        var rgb = RGB.matcher(value);
        if (rgb.matches()) {
            return String.format(
                    "#%02x%02x%02x",
                    Integer.parseInt(rgb.group(1)), Integer.parseInt(rgb.group(2)), Integer.parseInt(rgb.group(3)));
        }
        return NAMED_COLORS.getOrDefault(value, value);
    }

    /** The inks of a drawing, by their colour on light ground. */
    private static Map<String, Ink> colors(Element root) {
        var known = new TreeMap<String, Ink>();
        Palette.all().forEach(ink -> known.put(ink.light(), ink));
        var used = new TreeMap<String, Ink>();
        for (var shape : children(root)) {
            for (var name : List.of("fill", "stroke")) {
                var color = shape.getAttribute(name);
                if (color.isEmpty() || color.equals("none")) {
                    continue;
                }
                var ink = known.get(color);
                if (ink == null) {
                    throw new IllegalStateException("colour " + color + " of a " + shape.getTagName()
                            + " is not of the palette, so it has none on dark ground");
                }
                used.put(color, ink);
            }
        }
        return used;
    }

    private static String dark(Map<String, Ink> colors) {
        var rules = new StringBuilder("@media screen and (prefers-color-scheme:dark){");
        colors.values().forEach(ink -> {
            for (var name : List.of("fill", "stroke")) {
                rules.append('[').append(name).append("=\"").append(ink.light()).append("\"]{");
                rules.append(name).append(':').append(ink.dark()).append('}');
            }
        });
        return rules.append('}').toString();
    }

    private static void darken(Element root, Map<String, Ink> colors) {
        for (var shape : children(root)) {
            for (var name : List.of("fill", "stroke")) {
                var ink = colors.get(shape.getAttribute(name));
                if (ink != null) {
                    shape.setAttribute(name, ink.dark());
                }
            }
        }
    }

    private static String rounded(String numbers) {
        return LONG_NUMBER
                .matcher(numbers)
                .replaceAll(number -> new BigDecimal(number.group())
                        .setScale(1, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString());
    }

    private static Element text(Element root, String name, String text) {
        var element = root.getOwnerDocument().createElementNS(NAMESPACE, name);
        element.setTextContent(text);
        return element;
    }

    private static String written(Element root) throws TransformerException {
        var transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        var writer = new StringWriter();
        transformer.transform(new DOMSource(root), new StreamResult(writer));
        return writer.toString().replace("><", ">\n<") + "\n";
    }
}
