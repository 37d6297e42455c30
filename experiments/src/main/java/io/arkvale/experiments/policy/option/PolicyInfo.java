package io.arkvale.experiments.policy.option;

import io.arkvale.experiments.policy.Ability;
import java.util.List;

/**
 * What a policy declares about itself.
 *
 * @param name full name, family and short name with a dot between, e.g. {@code evict.h2o}
 * @param description what it keeps, in one clause
 * @param paper where it comes from
 * @param abilities what it does and what it needs to see
 * @param options its options with defaults and ranges
 */
public record PolicyInfo(
        String name, String description, String paper, List<Ability> abilities, List<PolicyOption> options) {
    /** Copies the lists. */
    public PolicyInfo {
        abilities = List.copyOf(abilities);
        options = List.copyOf(options);
    }

    /** The name without its family. */
    public String shortName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Whether an ability is declared. */
    public boolean has(Ability ability) {
        return abilities.contains(ability);
    }
}
