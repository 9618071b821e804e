package org.cancelsafe.testkit;

/** One thing that a client of a queue does. Inserts are numbered through the program, the others refer to them so. */
public sealed interface Operation {
  /** Has a client do it. */
  void performedBy(Client client);

  /** Does the operations. */
  interface Client {
    /** Sends the next request of this client. */
    void insert(Insert insert);

    /** Removes the next IRP and completes it. */
    void removeNext();

    /** Removes the next IRP of a file and completes it. */
    void removeNextOfFile(int file);

    /** Removes the IRP of this insert by its context, and completes it. */
    void removeByContext(int insert);

    /** Cancels the IRP of this insert; it may not be sent yet, or be completed already. */
    void cancel(int insert);

    /** Cancels what is queued for a file. */
    void cleanup(int file);
  }

  /**
   * Sends a request that the driver queues.
   *
   * @param file for which file, from 0
   * @param priority how urgent it is: 0 comes first
   * @param withContext whether it is inserted with a context to remove it by
   */
  record Insert(int file, int priority, boolean withContext) implements Operation {
    @Override
    public void performedBy(Client client) {
      client.insert(this);
    }

    @Override
    public String toString() {
      return "insert(file " + file + ", priority " + priority + (withContext ? ", with context)" : ")");
    }
  }

  /** Removes the next IRP and completes it with STATUS_SUCCESS. */
  record RemoveNext() implements Operation {
    @Override
    public void performedBy(Client client) {
      client.removeNext();
    }

    @Override
    public String toString() {
      return "removeNext()";
    }
  }

  /**
   * Removes the next IRP of a file and completes it with STATUS_SUCCESS.
   *
   * @param file which file
   */
  record RemoveNextOfFile(int file) implements Operation {
    @Override
    public void performedBy(Client client) {
      client.removeNextOfFile(file);
    }

    @Override
    public String toString() {
      return "removeNext(file " + file + ")";
    }
  }

  /**
   * Removes an IRP by its context and completes it with STATUS_SUCCESS.
   *
   * @param insert the number of the insert
   */
  record RemoveByContext(int insert) implements Operation {
    @Override
    public void performedBy(Client client) {
      client.removeByContext(insert);
    }

    @Override
    public String toString() {
      return "remove(#" + insert + ")";
    }
  }

  /**
   * Cancels an IRP.
   *
   * @param insert the number of the insert
   */
  record Cancel(int insert) implements Operation {
    @Override
    public void performedBy(Client client) {
      client.cancel(insert);
    }

    @Override
    public String toString() {
      return "cancel(#" + insert + ")";
    }
  }

  /**
   * Cancels what is queued for a file, as when its last handle is closed.
   *
   * @param file which file
   */
  record Cleanup(int file) implements Operation {
    @Override
    public void performedBy(Client client) {
      client.cleanup(file);
    }

    @Override
    public String toString() {
      return "cleanup(file " + file + ")";
    }
  }
}
