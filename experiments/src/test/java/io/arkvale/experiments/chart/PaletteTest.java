package io.arkvale.experiments.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.policy.Policies;
import java.awt.Color;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Colours can be told apart with all cones and without one kind of them, on light and on dark ground. */
class PaletteTest {
    /** What full lack of one kind of cone makes of linear RGB (Machado, Oliveira and Fernandes, 2009, severity 1). */
    private static final Map<String, double[][]> EYES = Map.of(
            "all cones", new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
            "protanopia",
                    new double[][] {
                        {0.152286, 1.052583, -0.204868},
                        {0.114503, 0.786281, 0.099216},
                        {-0.003882, -0.048116, 1.051998}
                    },
            "deuteranopia",
                    new double[][] {
                        {0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}
                    },
            "tritanopia",
                    new double[][] {
                        {1.255528, -0.076749, -0.178779},
                        {-0.078411, 0.930809, 0.147602},
                        {0.004733, 0.691367, 0.303900}
                    });

    /** Distance in Oklab (Ottosson, 2020), where what eyes just notice is about 0.02. */
    private static final double APART = 0.065;

    @Test
    void anyTwoColoursOfPoliciesAreApart() {
        assertApart(Palette.COLORS, 0.09);
    }

    @Test
    void anyTwoColoursOfStepsAndPartsAreApart() {
        assertApart(Palette.STEPS, APART);
        assertApart(Palette.parts(), APART);
    }

    @Test
    void theCheckFindsColoursThatOnlySomeEyesTellApart() {
        var red = new Ink("#a06000", "#a06000");
        var green = new Ink("#5a7a00", "#5a7a00");
        assertThat(distance(red.light(), green.light(), eyes("all cones"))).isGreaterThan(0.1);
        assertThat(distance(red.light(), green.light(), eyes("deuteranopia"))).isLessThan(APART);
    }

    private static double[][] eyes(String name) {
        return Objects.requireNonNull(EYES.get(name), name);
    }

    private static void assertApart(List<Ink> inks, double least) {
        for (Function<Ink, String> ground : List.<Function<Ink, String>>of(Ink::light, Ink::dark)) {
            EYES.forEach((name, eyes) -> {
                for (var one : inks) {
                    for (var other : inks) {
                        if (!one.equals(other)) {
                            assertThat(distance(ground.apply(one), ground.apply(other), eyes))
                                    .as(ground.apply(one) + " and " + ground.apply(other) + " with " + name)
                                    .isGreaterThan(least);
                        }
                    }
                }
            });
        }
    }

    @Test
    void lettersLinesAndMarksStandOutFromTheGround() {
        // WCAG 2.2: 3 for graphics, 4.5 for letters.
        for (var inks : List.of(Palette.COLORS, Palette.STEPS)) {
            for (var ink : inks) {
                assertThat(contrast(ink.light(), Ink.GROUND.light()))
                        .as(ink.light())
                        .isGreaterThan(3);
                assertThat(contrast(ink.dark(), Ink.GROUND.dark()))
                        .as(ink.dark())
                        .isGreaterThan(3);
            }
        }
        for (var ink : List.of(Ink.TEXT, Ink.MUTED)) {
            assertThat(contrast(ink.light(), Ink.GROUND.light()))
                    .as(ink.light())
                    .isGreaterThan(4.5);
            assertThat(contrast(ink.dark(), Ink.GROUND.dark())).as(ink.dark()).isGreaterThan(4.5);
        }
        for (var ground : Palette.HEAT) {
            assertThat(contrast(Ink.TEXT.light(), ground.light()))
                    .as(ground.light())
                    .isGreaterThan(4.5);
            assertThat(contrast(Ink.TEXT.dark(), ground.dark()))
                    .as(ground.dark())
                    .isGreaterThan(4.5);
        }
    }

    @Test
    void everyPolicyHasALookOfItsOwn() {
        var names =
                Policies.all().stream().map(policy -> policy.info().shortName()).toList();
        assertThat(new HashSet<>(Palette.of(names))).hasSameSizeAs(names);
    }

    @Test
    void aPolicyLooksTheSameWhateverStandsBesideIt() {
        var alone = Palette.of(List.of("arkvale")).getFirst();
        var last = Palette.of(
                List.of("arkvale:digest=centroid", "full", "arkvale:attended=3", "recall.arkvale", "arkvale"));
        assertThat(last.getLast()).isEqualTo(alone);
        assertThat(last.get(3)).isEqualTo(alone);
        assertThat(last.getFirst().ink()).isEqualTo(alone.ink());
        assertThat(last.getFirst()).isNotEqualTo(alone).isNotEqualTo(last.get(2));
        var unknown = Palette.of(List.of("somebodys-own")).getFirst();
        assertThat(Palette.of(List.of("full", "somebodys-own")).getLast()).isEqualTo(unknown);
    }

    private static double distance(String one, String other, double[][] eyes) {
        var a = oklab(times(eyes, linear(one)));
        var b = oklab(times(eyes, linear(other)));
        return Math.sqrt(Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2) + Math.pow(a[2] - b[2], 2));
    }

    private static double contrast(String one, String other) {
        var a = light(one);
        var b = light(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double light(String color) {
        var rgb = linear(color);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    }

    private static double[] linear(String color) {
        var rgb = Color.decode(color).getRGBColorComponents(null);
        var linear = new double[3];
        for (int i = 0; i < 3; i++) {
            linear[i] = rgb[i] <= 0.04045 ? rgb[i] / 12.92 : Math.pow((rgb[i] + 0.055) / 1.055, 2.4);
        }
        return linear;
    }

    private static double[] oklab(double[] rgb) {
        var cones = times(
                new double[][] {
                    {0.4122214708, 0.5363325363, 0.0514459929},
                    {0.2119034982, 0.6806995451, 0.1073969566},
                    {0.0883024619, 0.2817188376, 0.6299787005}
                },
                Arrays.stream(rgb).map(part -> Math.clamp(part, 0, 1)).toArray());
        return times(
                new double[][] {
                    {0.2104542553, 0.7936177850, -0.0040720468},
                    {1.9779984951, -2.4285922050, 0.4505937099},
                    {0.0259040371, 0.7827717662, -0.8086757660}
                },
                Arrays.stream(cones).map(Math::cbrt).toArray());
    }

    private static double[] times(double[][] matrix, double[] vector) {
        return Arrays.stream(matrix)
                .mapToDouble(row -> row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2])
                .toArray();
    }
}
