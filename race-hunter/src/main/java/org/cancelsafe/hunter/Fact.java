package org.cancelsafe.hunter;

/**
 * One thing that a report says besides its trace.
 *
 * @param label what it is about: {@code found}, {@code site}
 * @param value what there is to say
 */
public record Fact(String label, String value) {}
