package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.PriorityCallbacks;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** The hammer catches each of these, with the programs that {@link ReadyMadeQueuesProperties} runs. */
class BrokenQueuesProperties {
  private static final int MOST_TRIES = 10_000;
  private static final String NO_ORDER = "no order of these operations has these outcomes";

  private static void assertCaught(Supplier<? extends CsqCallbacks> callbacks, String... reasons) {
    assertCaught(QueueHammer.ofCallbacks(callbacks, Order.FIFO), reasons);
  }

  private static void assertQueueCaught(Supplier<? extends QueueUnderTest> queues, String... reasons) {
    assertCaught(QueueHammer.ofQueues(queues, Order.FIFO), reasons);
  }

  private static void assertCaught(QueueHammer hammer, String... reasons) {
    RandomGenerator<ClientProgram> programs = ClientPrograms.any().generator(1_000, true);
    Random random = new Random(42);
    for (int seed = 1; seed <= MOST_TRIES; seed++) {
      ClientProgram program = programs.next(random).value();
      try {
        hammer.run(program, seed);
      } catch (AssertionError caught) {
        String message = String.valueOf(caught.getMessage());
        assertTrue(message.contains("run with seed " + seed + ":\n" + program), message);
        assertTrue(reasons.length == 0 || Stream.of(reasons).anyMatch(message::contains), message);
        return;
      }
    }
    fail("not caught in " + MOST_TRIES + " programs");
  }

  @Example
  void noLock() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public Irql acquireLock(IoCsq csq) {
                return Ke.raiseIrqlToDpcLevel();
              }

              @Override
              public void releaseLock(IoCsq csq, Irql irql) {
                Ke.lowerIrql(irql);
              }

              @Override
              public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
                return irp == null ? right.peekNextIrp(csq, null, peekContext) : null;
              }
            });
  }

  @Example
  void irqlKeptInTheQueue() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              private final KSpinLock lock = new KSpinLock("lock");
              private volatile Irql kept = Irql.PASSIVE_LEVEL;

              @Override
              public Irql acquireLock(IoCsq csq) {
                kept = Ke.getCurrentIrql();
                return lock.acquire();
              }

              @Override
              public void releaseLock(IoCsq csq, Irql irql) {
                lock.release(kept);
              }
            });
  }

  @Example
  void peekThatReturnsTheSameIrpAgain() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
                return irp != null ? irp : right.peekNextIrp(csq, null, peekContext);
              }
            },
        "does not get past");
  }

  @Example
  void peekThatStartsAgainAtTheHead() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
                return right.peekNextIrp(csq, null, peekContext);
              }
            },
        "does not get past");
  }

  @Example
  void peekThatIgnoresThePeekContext() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
                return right.peekNextIrp(csq, irp, null);
              }
            });
  }

  @Example
  void peekThatRemoves() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
                Irp next = right.peekNextIrp(csq, irp, peekContext);
                if (next != null) {
                  right.removeIrp(csq, next);
                }
                return next;
              }
            });
  }

  @Example
  void removeThatDoesNothing() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public void removeIrp(IoCsq csq, Irp irp) {}
            });
  }

  @Example
  void insertAtTheHead() {
    assertCaught(
        () ->
            new FifoCallbacks("queue") {
              @Override
              public void insertIrp(IoCsq csq, Irp irp) {
                queue().insertHead(irp.listEntry());
              }
            },
        "against the order FIFO", NO_ORDER);
  }

  @Example
  void priorityWithoutRegardForEquals() {
    assertCaught(
        QueueHammer.ofCallbacks(
            () ->
                new FifoCallbacks("queue") {
                  @Override
                  public void insertIrp(IoCsq csq, Irp irp) {
                    ListEntry at = queue().flink();
                    while (at != null && at != queue() && priority(Irp.fromListEntry(at)) < priority(irp)) {
                      at = at.flink();
                    }
                    irp.listEntry().insertBefore(at == null ? queue() : at);
                  }
                },
            Order.PRIORITY),
        "against the order PRIORITY", NO_ORDER);
  }

  @Example
  void priorityTheWrongWayRound() {
    assertCaught(
        QueueHammer.ofCallbacks(
            () -> new PriorityCallbacks("queue", (one, other) -> Long.compare(priority(other), priority(one))),
            Order.PRIORITY),
        "against the order PRIORITY", NO_ORDER);
  }

  private static long priority(Irp irp) {
    return irp.currentStackLocation().length();
  }

  @Example
  void insertThatDropsEveryThird() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              private int inserted;

              @Override
              public void insertIrp(IoCsq csq, Irp irp) {
                if (++inserted % 3 != 0) {
                  right.insertIrp(csq, irp);
                }
              }
            });
  }

  @Example
  void completesTwice() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public void completeCanceledIrp(IoCsq csq, Irp irp) {
                right.completeCanceledIrp(csq, irp);
                irp.io().completeRequest(irp);
              }
            },
        "MULTIPLE_IRP_COMPLETE_REQUESTS");
  }

  @Example
  void completesNever() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public void completeCanceledIrp(IoCsq csq, Irp irp) {}
            },
        "was lost");
  }

  @Example
  void completesWithTheLockHeld() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public void completeCanceledIrp(IoCsq csq, Irp irp) {
                Irql irql = right.acquireLock(csq);
                right.completeCanceledIrp(csq, irp);
                right.releaseLock(csq, irql);
              }
            },
        "with a spin lock held",
        "which holds queue.lock");
  }

  @Example
  void completesCancelledIrpsWithSuccess() {
    assertCaught(
        () ->
            new ForwardingCallbacks() {
              @Override
              public void completeCanceledIrp(IoCsq csq, Irp irp) {
                irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
                irp.io().completeRequest(irp);
              }
            },
        "ended with STATUS_SUCCESS");
  }

  @Example
  void handMadeThatNeverTestsCancel() {
    assertQueueCaught(
        () ->
            new HandMadeQueue() {
              @Override
              boolean armAndTest(Irp irp) {
                irp.setCancelRoutine(this::cancel);
                return false;
              }
            },
        "was cancelled and is still queued", NO_ORDER);
  }

  @Example
  void handMadeThatTestsCancelBeforeItArms() {
    assertQueueCaught(
        () ->
            new HandMadeQueue() {
              @Override
              boolean armAndTest(Irp irp) {
                if (irp.cancel()) {
                  return true;
                }
                irp.setCancelRoutine(this::cancel);
                return false;
              }
            },
        "was cancelled and is still queued", NO_ORDER);
  }

  @Example
  void handMadeThatIgnoresTheExchangeInInsert() {
    assertQueueCaught(
        () ->
            new HandMadeQueue() {
              @Override
              boolean armAndTest(Irp irp) {
                irp.setCancelRoutine(this::cancel);
                boolean cancelled = irp.cancel();
                if (cancelled) {
                  irp.setCancelRoutine(null);
                }
                return cancelled;
              }
            });
  }

  @Example
  void handMadeThatIgnoresTheExchangeInRemove() {
    assertQueueCaught(
        () ->
            new HandMadeQueue() {
              @Override
              boolean take(Irp irp) {
                irp.setCancelRoutine(null);
                return true;
              }
            });
  }

  @Example
  void handMadeThatRemovesByTheFlag() {
    assertQueueCaught(
        () ->
            new HandMadeQueue() {
              @Override
              boolean take(Irp irp) {
                if (irp.cancel()) {
                  return false;
                }
                irp.setCancelRoutine(null);
                return true;
              }
            });
  }

  @Example
  void handMadeThatRemovesArmed() {
    assertQueueCaught(
        () ->
            new HandMadeQueue() {
              @Override
              boolean take(Irp irp) {
                return irp.cancelRoutine() != null;
              }
            });
  }
}
