package org.cancelsafe.testkit;

import java.util.Comparator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.FileObjectCallbacks;
import org.cancelsafe.csq.PriorityCallbacks;

/** The ready-made callbacks under the hammer. */
class ReadyMadeQueuesProperties {
  private static final int TRIES = 300;

  @Provide
  Arbitrary<ClientProgram> programs() {
    return ClientPrograms.any();
  }

  @Property(tries = TRIES)
  void fifo(@ForAll("programs") ClientProgram program, @ForAll long seed) {
    QueueHammer.ofCallbacks(() -> new FifoCallbacks("queue"), Order.FIFO).run(program, seed);
  }

  @Property(tries = TRIES)
  void fileObject(@ForAll("programs") ClientProgram program, @ForAll long seed) {
    QueueHammer.ofCallbacks(() -> new FileObjectCallbacks("queue"), Order.FIFO).run(program, seed);
  }

  @Property(tries = TRIES)
  void priority(@ForAll("programs") ClientProgram program, @ForAll long seed) {
    QueueHammer.ofCallbacks(
            () ->
                new PriorityCallbacks("queue", Comparator.comparingLong(irp -> irp.currentStackLocation().length())),
            Order.PRIORITY)
        .run(program, seed);
  }

  @Property(tries = TRIES)
  void handMade(@ForAll("programs") ClientProgram program, @ForAll long seed) {
    QueueHammer.ofQueues(HandMadeQueue::new, Order.FIFO).run(program, seed);
  }
}
