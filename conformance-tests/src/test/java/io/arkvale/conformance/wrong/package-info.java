/**
 * Backends that are wrong on purpose, so that the kit can show that it sees what it should. A {@code WrongBackend} is the example
 * over the core with one piece of source text replaced: in the device ({@code WrongDevices}), the provider
 * ({@code WrongProviders}) or the core ({@code WrongTables}, {@code WrongCalls}). {@code PatchedClasses} compiles it.
 */
package io.arkvale.conformance.wrong;
