package org.cancelsafe.testkit;

/**
 * A file that is yet to be opened.
 *
 * @param number which one, from 0: the same number is the same file
 */
public record FileSpec(int number) {}
