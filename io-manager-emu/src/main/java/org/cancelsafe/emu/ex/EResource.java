package org.cancelsafe.emu.ex;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.ke.KStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.List;
import org.cancelsafe.emu.ex.ResourceOwners.Access;
import org.cancelsafe.emu.ex.ResourceOwners.Waiter;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code ERESOURCE}: held by many threads shared or by one exclusively, and by each as often as it has acquired it. Who
 * waits does so at up to APC_LEVEL, with normal kernel APCs disabled: in a critical region, as a rule.
 *
 * <p>Whoever gives it up hands it over, so that it is never free while somebody waits. The documents do not say to
 * whom. Here an exclusive owner lets all in who wait for shared access, and only then the first one who waits for
 * exclusive access; the last of those who share it lets that one in first. So neither kind keeps the other out for
 * ever, save by {@link #acquireSharedStarveExclusive}.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-eresource-routines">
 *     Introduction to ERESOURCE routines</a>
 */
public final class EResource extends MachineObject {
  private final ResourceOwners owners = new ResourceOwners(this);
  private volatile boolean deleted;
  private @Nullable Activity watched;

  /** {@code ExInitializeResourceLite}: a resource that nobody holds. */
  public EResource(@Nullable String name) {
    super(name);
  }

  /**
   * {@code ExAcquireResourceExclusiveLite}: acquires the resource for the calling thread alone; once more if it is that
   * already. Whoever shares it has to release it first, or waits for itself.
   *
   * <p>IRQL: at most APC_LEVEL, normal kernel APCs disabled. Bug checks: {@code 0xC4/0x20007} above; {@code 0xC4/0x37}
   * where APCs are enabled; {@code 0xC4} when the thread ends and has it alone.
   *
   * @param wait whether to wait until it can be had
   * @return whether the caller has it now
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquireresourceexclusivelite">
   *     ExAcquireResourceExclusiveLite</a>
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/devtest/wdm-exclusiveresourceaccess">
   *     ExclusiveResourceAccess rule</a>
   */
  public boolean acquireExclusive(boolean wait) {
    return acquire(Access.EXCLUSIVE, wait);
  }

  /**
   * {@code ExAcquireResourceSharedLite}: acquires the resource together with others. Who has it already, shared or
   * exclusively, has it once more in the same way; everybody else waits behind who waits for exclusive access.
   *
   * <p>IRQL and bug checks: as {@link #acquireExclusive}.
   *
   * @param wait whether to wait until it can be had
   * @return whether the caller has it now
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquireresourcesharedlite">
   *     ExAcquireResourceSharedLite</a>
   */
  public boolean acquireShared(boolean wait) {
    return acquire(Access.SHARED, wait);
  }

  /**
   * {@code ExAcquireSharedStarveExclusive}: as {@link #acquireShared}, but does not wait behind who waits for exclusive
   * access.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquiresharedstarveexclusive">
   *     ExAcquireSharedStarveExclusive</a>
   */
  public boolean acquireSharedStarveExclusive(boolean wait) {
    return acquire(Access.STARVING_EXCLUSIVE, wait);
  }

  /**
   * {@code ExAcquireSharedWaitForExclusive}: as {@link #acquireShared}, but waits behind who waits for exclusive access
   * even when the caller shares the resource already. Then somebody else has to {@linkplain #releaseForThread release}
   * that for it.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquiresharedwaitforexclusive">
   *     ExAcquireSharedWaitForExclusive</a>
   */
  public boolean acquireSharedWaitForExclusive(boolean wait) {
    return acquire(Access.WAITING_FOR_EXCLUSIVE, wait);
  }

  private boolean acquire(Access access, boolean wait) {
    Activity self = checkApcLevel(access.routine());
    Machine machine = self.machine();
    Apcs.checkDisabled(self, access.routine(), this, Rule.ACQUIRE_RESOURCE_WITH_APCS);
    if (Seam.isOpen() && access == Access.EXCLUSIVE) {
      watchEndOf(self);
    }
    if (!wait) {
      machine.preemptionPoint(self);
    }
    machine.step(StepKind.CHANGE_RESOURCE, this, access.routine());
    checkNotDeleted(access.routine());
    if (wait) {
      Waiter waiter = owners.takeOrWait(self, access);
      if (waiter != null) {
        machine.block(self, StepKind.RESUME_RESOURCE, waiter, -1);
      }
      return true;
    }
    boolean taken = owners.tryToTake(self, access);
    machine.outcome(taken);
    return taken;
  }

  private void watchEndOf(Activity self) {
    if (watched != self && self.machine().checks(Rule.EXCLUSIVE_RESOURCE_ACCESS)) {
      watched = self;
      self.atEnd(() -> checkGivenBack(self));
    }
  }

  private void checkGivenBack(Activity self) {
    if (isHeldAloneBy(self)) {
      throw Rule.EXCLUSIVE_RESOURCE_ACCESS.violated(
          self.machine(), self + " ended with exclusive access to " + this, this);
    }
  }

  private boolean isHeldAloneBy(Activity thread) {
    return owners.isExclusive() && owners.times(thread) > 0;
  }

  /**
   * {@code ExReleaseResourceLite}: gives the resource back, once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL, normal kernel APCs disabled. Bug checks: {@code 0xE3} when the caller does not
   * have it; {@code 0xC4/0x38} where APCs are enabled; {@code 0xC4/0x20011} above DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaseresourcelite">
   *     ExReleaseResourceLite</a>
   */
  public void release() {
    release("ExReleaseResourceLite", Activity.current());
  }

  /**
   * {@code ExReleaseResourceForThreadLite}: gives the resource back, once, for a thread that has it. IRQL and bug
   * checks: as {@link #release}.
   *
   * @param thread what {@link Activity#current} was to who acquired it: {@code ExGetCurrentResourceThread}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaseresourceforthreadlite">
   *     ExReleaseResourceForThreadLite</a>
   */
  public void releaseForThread(Activity thread) {
    release("ExReleaseResourceForThreadLite", requireNonNull(thread, "thread"));
  }

  private void release(String routine, Activity thread) {
    Activity self = checkDispatchLevel(routine);
    Apcs.checkDisabled(self, routine, this, Rule.RELEASE_RESOURCE_WITH_APCS);
    self.machine().step(StepKind.CHANGE_RESOURCE, this, routine);
    handedOver(self.machine(), owners.giveBack(thread), routine, thread);
  }

  private void handedOver(Machine machine, @Nullable List<Waiter> next, String routine, Activity thread) {
    if (next == null) {
      Activity owner = owners.anyOwner();
      throw Rule.RESOURCE_NOT_OWNED.violated(
          machine,
          routine + "(" + this + ") for " + thread + ", but " + (owner == null ? "nobody" : owner) + " has it"
              + (owners.isExclusive() ? " exclusively" : ""),
          this,
          thread);
    }
    next.forEach(machine::opened);
  }

  /**
   * {@code ExConvertExclusiveToSharedLite}: shares what the caller has for itself with everybody who waits for that. It
   * has it as often as before.
   *
   * <p>IRQL: at most APC_LEVEL. Bug checks: {@code 0xE3} when the caller does not have it exclusively; {@code
   * 0xC4/0x20007} above APC_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exconvertexclusivetosharedlite">
   *     ExConvertExclusiveToSharedLite</a>
   */
  public void convertExclusiveToShared() {
    Activity self = checkApcLevel("ExConvertExclusiveToSharedLite");
    self.machine().step(StepKind.CHANGE_RESOURCE, this, "ExConvertExclusiveToSharedLite");
    handedOver(self.machine(), owners.share(self), "ExConvertExclusiveToSharedLite", self);
  }

  /**
   * {@code ExEnterCriticalRegionAndAcquireResourceExclusive}: {@link Ke#enterCriticalRegion}, and then {@link
   * #acquireExclusive}, waiting. IRQL: at most APC_LEVEL.
   */
  public void enterCriticalRegionAndAcquireExclusive() {
    Ke.enterCriticalRegion();
    acquireExclusive(true);
  }

  /**
   * {@code ExReleaseResourceAndLeaveCriticalRegion}: {@link #release}, and then {@link Ke#leaveCriticalRegion}. IRQL:
   * at most APC_LEVEL.
   */
  public void releaseAndLeaveCriticalRegion() {
    release();
    Ke.leaveCriticalRegion();
  }

  /** {@code ExIsResourceAcquiredExclusiveLite}: whether only the caller has it. IRQL: at most DISPATCH_LEVEL. */
  public boolean isAcquiredExclusive() {
    Activity self = reads();
    return told(self, isHeldAloneBy(self));
  }

  /**
   * {@code ExIsResourceAcquiredSharedLite}: how often the calling thread has it, shared or exclusively; 0 for not at
   * all. IRQL: at most DISPATCH_LEVEL.
   */
  public int isAcquiredShared() {
    Activity self = reads();
    return told(self, owners.times(self));
  }

  /** {@code ExGetExclusiveWaiterCount}: how many wait for exclusive access. IRQL: at most DISPATCH_LEVEL. */
  public int getExclusiveWaiterCount() {
    Activity self = reads();
    return told(self, owners.waitingExclusive());
  }

  /** {@code ExGetSharedWaiterCount}: how many wait for shared access. IRQL: at most DISPATCH_LEVEL. */
  public int getSharedWaiterCount() {
    Activity self = reads();
    return told(self, owners.waitingShared());
  }

  private Activity reads() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    return self;
  }

  private static <T> T told(Activity self, T answer) {
    self.machine().outcome(answer);
    return answer;
  }

  /**
   * {@code ExReinitializeResourceLite}: makes a resource that nobody has as good as new. IRQL: at most DISPATCH_LEVEL.
   * Bug check: {@code 0xC4} while somebody has it or waits for it.
   *
   * @return STATUS_SUCCESS
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreinitializeresourcelite">
   *     ExReinitializeResourceLite</a>
   */
  public KStatus reinitialize() {
    return end("ExReinitializeResourceLite", false);
  }

  /**
   * {@code ExDeleteResourceLite}: ends the use of a resource that nobody has, before its memory is freed. IRQL: at most
   * DISPATCH_LEVEL. Bug check: {@code 0xC4} while somebody has it or waits for it.
   *
   * @return STATUS_SUCCESS
   * @throws IllegalStateException when it was deleted before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exdeleteresourcelite">
   *     ExDeleteResourceLite</a>
   */
  public KStatus delete() {
    return end("ExDeleteResourceLite", true);
  }

  private KStatus end(String routine, boolean ends) {
    Activity self = checkDispatchLevel(routine);
    self.machine().step(StepKind.CHANGE_RESOURCE, this, routine);
    checkNotDeleted(routine);
    Activity owner = owners.anyOwner();
    if (owner != null) {
      throw Rule.RESOURCE_IN_USE.violated(
          self.machine(), routine + "(" + this + ") by " + self + ", while " + owner + " has it", this);
    }
    deleted = ends;
    return STATUS_SUCCESS;
  }

  private void checkNotDeleted(String routine) {
    if (deleted) {
      throw new IllegalStateException(
          routine + "(" + this + ") by " + Activity.current() + ": ExDeleteResourceLite was called for it");
    }
  }

  private Activity checkApcLevel(String routine) {
    Activity self = Activity.current();
    self.checkAtMost(APC_LEVEL, Rule.RESOURCE_ABOVE_APC, routine + "(" + this + ")", this);
    return self;
  }

  private Activity checkDispatchLevel(String routine) {
    Activity self = Activity.current();
    if (self.machine().verifies()) {
      self.checkAtMost(DISPATCH_LEVEL, Rule.IRQL_DISPATCH_LTE, routine + "(" + this + ")", this);
    }
    return self;
  }

  @Override
  public String kindName() {
    return "ERESOURCE";
  }

  @Override
  public String snapshot() {
    return owners.snapshot();
  }
}
