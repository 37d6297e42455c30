/**
 * The service-provider interface of ArkVale: a key-value cache that evicts pages and recalls them.
 *
 * <p>The rules behind these types are numbered in {@code SPEC.md}; the conformance kit checks each by its number.
 */
@NullMarked
package io.arkvale.api;

import org.jspecify.annotations.NullMarked;
