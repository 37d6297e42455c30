package io.arkvale.llama.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.llama.text.jinja.value.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Templates beside what Jinja makes of them ({@code src/test/python/chat_templates.py}). */
class TemplateTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:00Z"), ZoneOffset.UTC);

    /** The same text or a refusal; no third outcome, and no refusal of what real templates do. */
    @Test
    void everyTemplateIsRenderedAsByJinjaOrRefused() throws IOException {
        var file = Path.of(System.getProperty("arkvale.templates", "src/test/resources/templates.json"));
        var root = new JsonMapper().readTree(Files.readAllBytes(file));
        var messages = value(root.path("messages"));
        int rendered = 0;
        int refused = 0;
        for (var example : root.path("cases")) {
            var template = example.path("template").asString();
            String text;
            try {
                text = render(template, messages);
                rendered++;
            } catch (TemplateException e) {
                boolean byJinja = !example.path("expected").isNull();
                assertThat(byJinja && example.path("required").asBoolean(false))
                        .as("%s%n%s", template, e.getMessage())
                        .isFalse();
                refused += byJinja ? 1 : 0;
                continue;
            }
            assertThat(text).as(template).isEqualTo(value(example.path("expected")));
        }
        assertThat(rendered).isGreaterThan(2 * refused);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '`', textBlock = """
            {% macro f() %}{% endmacro %}   ! line 1: the tag 'macro' is not supported
            {{ 1 | abs }}                    ! line 1: the filter 'abs' is not supported
            {{ x is upper }}                ! line 1: the test 'upper' is not supported
            {{ x.title() }}                 ! line 1: the method 'title' is not supported
            {{ lipsum() }}                  ! line 1: 'lipsum' is not supported
            {{ f() }}                       ! line 1: the function 'f' is not supported
            {{ messages }}                  ! line 1: printing a list is not supported
            {{ 7 / 2 }}                     ! line 1: printing a fraction is not supported
            {{ '%s' % 1 }}                  ! line 1: '%' between a string and a number is not supported
            {{ 'a' + nothing }}             ! line 1: '+' between a string and 'nothing', which is not defined, is not supported
            {{ nothing.more }}              ! line 1: 'nothing' is not defined
            {% if true %}                   ! line 1: the end stands where the tag [elif, else, endif] should
            {% endif %}                     ! line 1: the tag 'endif' is not supported
            {{ 'a                           ! line 1: the character ''' means nothing here
            {{ a                            ! line 1: a tag has no end
            {% for a in b recursive %}      ! line 1: 'recursive' stands where '%}' should
            {{ strftime_now('%j') }}        ! line 1: the date's format '%j' is not supported
            """)
    void whatIsNotRenderedAsByJinjaIsNamed(String template, String sentence) {
        assertThatThrownBy(() -> render(template, value(new JsonMapper().readTree("[{\"role\": \"user\"}]"))))
                .isInstanceOf(TemplateException.class)
                .hasMessage(sentence);
    }

    @Test
    void theLineIsThatOfTheFault() {
        assertThatThrownBy(() -> render("a\n\n{% set x = 1 %}\n{{ x.y.z }}", new ArrayList<>()))
                .hasMessage("line 4: 'y' is not defined");
    }

    @Test
    void datesAreWrittenAsByPython() {
        assertThat(render("{{ strftime_now('%d %b %Y, %A %H:%M') }}", new ArrayList<>()))
                .isEqualTo("07 Mar 2026, Saturday 09:05");
    }

    private static String render(String template, @Nullable Object messages) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("messages", messages);
        values.put("tools", null);
        values.put("documents", null);
        values.put("add_generation_prompt", true);
        values.put("bos_token", "<s>");
        values.put("eos_token", "</s>");
        return Template.parse(template).render(values, CLOCK);
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isArray()) {
            var list = new ArrayList<@Nullable Object>();
            node.forEach(element -> list.add(value(element)));
            return list;
        }
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
            return map;
        }
        return node.isNull() ? null : node.asString();
    }
}
