package io.arkvale.serving.http;

import io.arkvale.api.CacheSpec;
import io.arkvale.serving.EngineStatus;
import io.arkvale.serving.Finish;
import java.util.Locale;

/** An engine's status in the text format of Prometheus. */
final class PrometheusText {
    private final StringBuilder text = new StringBuilder();

    private PrometheusText() {}

    static String of(EngineStatus status, CacheSpec spec) {
        var page = new PrometheusText();
        page.gauge("requests_running", "Requests that are served.", status.running());
        page.gauge("requests_waiting", "Requests that wait.", status.waiting());
        page.gauge("sequences_kept", "Sequences kept after their requests.", status.kept());
        page.head("requests_ended_total", "counter", "Requests that have ended, by how.");
        for (var finish : Finish.values()) {
            page.text
                    .append("arkvale_requests_ended_total{finish=\"")
                    .append(finish.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(status.ended().getOrDefault(finish, 0L))
                    .append('\n');
        }
        page.counter("prompt_tokens_read_total", "Tokens of prompts that were read.", status.readTokens());
        page.counter(
                "prompt_tokens_shared_total",
                "Tokens of prompts that another sequence had read already.",
                status.sharedTokens());
        page.counter("answer_tokens_total", "Tokens generated.", status.generatedTokens());
        page.counter("sequences_lowered_total", "Sequences brought down to their budgets.", status.lowered());
        page.gauge("device_slots_used", "Device slots in use.", status.memory().usedDeviceSlots());
        page.gauge("device_slots", "Device slots.", spec.deviceSlots());
        page.gauge("host_slots_used", "Host slots in use.", status.memory().usedHostSlots());
        page.gauge("host_slots", "Host slots.", spec.hostSlots());
        page.gauge("disk_slots_used", "Disk slots in use.", status.memory().usedDiskSlots());
        page.gauge("disk_slots", "Disk slots.", spec.diskSlots());
        page.counter("steps_total", "Steps taken.", status.cache().steps());
        page.counter(
                "page_hits_total",
                "Group pages attended to without a recall.",
                status.cache().hits());
        page.counter(
                "page_recalls_total", "Group pages recalled.", status.cache().recalls());
        page.counter(
                "page_evictions_total", "Group pages evicted.", status.cache().evictions());
        page.counter(
                "recalled_bytes_total",
                "Bytes copied from backups.",
                status.cache().recalledBytes());
        page.counter(
                "backed_up_bytes_total",
                "Bytes copied to backups.",
                status.cache().backedUpBytes());
        return page.text.toString();
    }

    private void gauge(String name, String help, long value) {
        one(name, "gauge", help, value);
    }

    private void counter(String name, String help, long value) {
        one(name, "counter", help, value);
    }

    private void one(String name, String type, String help, long value) {
        head(name, type, help);
        text.append("arkvale_").append(name).append(' ').append(value).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP arkvale_").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE arkvale_").append(name).append(' ').append(type).append('\n');
    }
}
