package io.arkvale.experiments.figure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.internal.chartpart.Chart;

/** Charts as SVG that may stand in a file of its own or beside others in one page. Letters are outlines. */
final class Svg {
    /** Numbers with more decimal places than anyone sees; letters have thousands of them. */
    private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{2,}");

    private static final Pattern ROOT = Pattern.compile("^.*?<svg[^>]*?viewBox=\"([^\"]*)\"[^>]*>", Pattern.DOTALL);

    private Svg() {}

    static String of(Chart<?, ?> chart, Charts.Labels labels) {
        var bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var svg = LONG_NUMBER
                .matcher(bytes.toString(StandardCharsets.UTF_8))
                .replaceAll(number -> rounded(number.group()))
                // Names must differ from those of the other charts of a page.
                .replace("id=\"clip", "id=\"" + labels.name() + "-clip")
                .replace("url(#clip", "url(#" + labels.name() + "-clip");
        var root =
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"560\" height=\"380\" viewBox=\"$1\" role=\"img\" aria-label=\""
                        + Matcher.quoteReplacement(Html.escape(labels.title())) + "\">";
        return ROOT.matcher(svg).replaceFirst(root);
    }

    private static String rounded(String number) {
        return new BigDecimal(number)
                .setScale(1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
