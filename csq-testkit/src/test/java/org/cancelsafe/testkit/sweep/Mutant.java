package org.cancelsafe.testkit.sweep;

import com.google.common.base.Splitter;
import java.util.List;

/**
 * A mistake in the queue, as a change to its source.
 *
 * @param name what is wrong
 * @param edits pieces of the source, each of which occurs once, and what stands there instead
 */
record Mutant(String name, List<Edit> edits) {
  /** Replaces a piece of the source by another. */
  record Edit(String piece, String instead) {}

  private static final String ARM = "        irp.setCancelRoutine(CANCEL_ROUTINE);\n        queued = true;\n";
  private static final String RECHECK = "if (irp.cancel() && irp.setCancelRoutine(null) != null) {";
  private static final String TAKE_OUT = "          remove(driver, irp);\n          cancelled = true;\n";
  private static final String UNLOCKED = "    if (cancelled) {\n";
  private static final String LEAD = "    irp.setDriverContext(CSQ_CONTEXT, context != null ? context : this);\n";
  private static final String ASSOCIATE = "    if (context != null) {\n      context.associate(this, irp);\n    }\n";
  private static final String BY_CONTEXT = "if (irp == null || irp.setCancelRoutine(null) == null) {";
  private static final String TAKEN_BY_CONTEXT = "      remove(driver, irp);\n      return irp;\n";
  private static final String NEXT = "while (irp != null && irp.setCancelRoutine(null) == null) {";
  private static final String TAKEN_NEXT = "      if (irp != null) {\n        remove(driver, irp);\n      }\n";
  private static final String RELEASE_CANCEL = "    irp.io().releaseCancelSpinLock(irp.cancelIrql());\n";
  private static final String CANCELLING =
      "    Irql irql;\n    try {\n      irql = driver.acquireLock(csq);\n    } catch (RuntimeException e) {\n"
          + "      irp.setCancelRoutine(CANCEL_ROUTINE);\n      throw e;\n    }\n    try {\n"
          + "      csq.remove(driver, irp);\n    } finally {\n      driver.releaseLock(csq, irql);\n    }\n"
          + "    csq.completeCancelled(driver, irp);\n";

  @Override
  public String toString() {
    return name;
  }

  /** The source with the mistake. */
  String applyTo(String source) {
    String mutated = source;
    for (Edit edit : edits) {
      int occurrences = Splitter.on(edit.piece()).splitToList(mutated).size() - 1;
      if (occurrences != 1) {
        throw new IllegalStateException(
            "mutant '" + name + "': this occurs " + occurrences + " times in IoCsq.java, not once: " + edit.piece());
      }
      mutated = mutated.replace(edit.piece(), edit.instead());
    }
    return mutated;
  }

  private static Mutant of(String name, String... edits) {
    Edit[] all = new Edit[edits.length / 2];
    for (int i = 0; i < all.length; i++) {
      all[i] = new Edit(edits[2 * i], edits[2 * i + 1]);
    }
    return new Mutant(name, List.of(all));
  }

  /** Steps left out, swapped, taken too early or too late. */
  static List<Mutant> all() {
    return List.of(
        of(
            "insert does not look at Cancel",
            RECHECK,
            "if (!irp.isMarkedPending() && irp.setCancelRoutine(null) != null) {"),
        of(
            "insert looks at Cancel before it arms",
            ARM,
            "        boolean early = irp.cancel();\n" + ARM,
            RECHECK,
            "if (early && irp.setCancelRoutine(null) != null) {"),
        of(
            "insert ignores what the exchange returns",
            RECHECK,
            "if (irp.cancel() && (irp.setCancelRoutine(null) != null || irp.isMarkedPending())) {"),
        of("insert leaves a cancelled IRP linked", TAKE_OUT, "          cancelled = true;\n"),
        of("insert does not complete what it found cancelled", UNLOCKED, "    if (cancelled && status == null) {\n"),
        of("insert does not mark pending", "        irp.markPending();\n", ""),
        of(
            "insert marks pending after it gave the lock back",
            "        irp.markPending();\n",
            "",
            UNLOCKED,
            "    if (queued && !cancelled) {\n      irp.markPending();\n    }\n" + UNLOCKED),
        of(
            "insert looks at Cancel after it gave the lock back",
            "        if (irp.cancel() && irp.setCancelRoutine(null) != null) {\n" + TAKE_OUT + "        }\n",
            "",
            UNLOCKED,
            "    if (queued && irp.cancel() && irp.setCancelRoutine(null) != null) {\n      remove(driver, irp);\n"
                + "      cancelled = true;\n    }\n" + UNLOCKED),
        of(
            "insert arms after it gave the lock back",
            ARM,
            "        queued = true;\n",
            RECHECK,
            "if (irp.cancel() && status == null) {",
            UNLOCKED,
            "    if (queued) {\n      irp.setCancelRoutine(CANCEL_ROUTINE);\n    }\n" + UNLOCKED),
        of(
            "insert arms before it takes the lock",
            "      irql = driver.acquireLock(this);\n    } catch (RuntimeException e) {\n      breakAssociation(irp);",
            "      irp.setCancelRoutine(CANCEL_ROUTINE);\n      irql = driver.acquireLock(this);\n"
                + "    } catch (RuntimeException e) {\n      breakAssociation(irp);",
            ARM,
            "        queued = true;\n"),
        of("insert says which queue only when it is armed", LEAD, "", ARM, ARM + "    " + LEAD),
        of("insert associates the context only when it is armed", ASSOCIATE, "", ARM, ARM + ASSOCIATE),
        of("remove by context does not disarm", BY_CONTEXT, "if (irp == null) {"),
        of("remove by context goes by the Cancel flag", BY_CONTEXT, "if (irp == null || irp.cancel()) {"),
        of(
            "remove by context ignores what the exchange returns",
            BY_CONTEXT,
            "if (irp == null || irp.setCancelRoutine(null) == null && !irp.cancel()) {"),
        of(
            "remove by context leaves the IRP linked",
            TAKEN_BY_CONTEXT,
            "      breakAssociation(irp);\n      return irp;\n"),
        of(
            "remove next ignores what the exchange returns",
            NEXT,
            "while (irp != null && irp.setCancelRoutine(null) == null && !irp.cancel()) {"),
        of("remove next goes by the Cancel flag", NEXT, "while (irp != null && irp.cancel()) {"),
        of("remove next does not disarm", NEXT, "while (irp != null && irp.cancelRoutine() == null) {"),
        of(
            "remove next leaves the IRP linked",
            TAKEN_NEXT,
            "      if (irp != null) {\n        breakAssociation(irp);\n      }\n"),
        of(
            "who removes does not break the association",
            "      throw e;\n    }\n    breakAssociation(irp);\n",
            "      throw e;\n    }\n"),
        of("the cancel routine keeps the cancel spin lock", RELEASE_CANCEL, ""),
        of(
            "the cancel routine takes no lock",
            CANCELLING,
            "    csq.remove(driver, irp);\n    csq.completeCancelled(driver, irp);\n"),
        of(
            "the cancel routine leaves the IRP linked",
            "      csq.remove(driver, irp);\n",
            "      csq.breakAssociation(irp);\n"),
        of("the cancel routine does not complete", "    csq.completeCancelled(driver, irp);\n", ""),
        of(
            "the cancel routine completes first",
            "    csq.completeCancelled(driver, irp);\n",
            "",
            "    CsqCallbacks driver = csq.driver();\n    Irql irql;\n",
            "    CsqCallbacks driver = csq.driver();\n    csq.completeCancelled(driver, irp);\n    Irql irql;\n"),
        of(
            "the cancel routine arms again",
            "      csq.remove(driver, irp);\n",
            "      csq.remove(driver, irp);\n      irp.setCancelRoutine(CANCEL_ROUTINE);\n"));
  }
}
