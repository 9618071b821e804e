package org.cancelsafe.examples.catalogue;

/**
 * A piece of this project's code, to be shown.
 *
 * @param type the class it is in
 * @param method one method of that class; empty for the whole class
 */
public record Excerpt(Class<?> type, String method) {}
