package org.cancelsafe.benchmarks;
final class Ratios { public static void main(String[] a) throws Exception { org.openjdk.jmh.Main.main(a);} }
