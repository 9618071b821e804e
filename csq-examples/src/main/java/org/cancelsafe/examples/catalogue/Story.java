package org.cancelsafe.examples.catalogue;

import com.google.common.collect.ImmutableList;

/**
 * What the page of lost races tells of an entry, beside what the hunter finds.
 *
 * @param id the entry's name, such as T-3; also the anchor to link to, in lower case
 * @param family where it belongs
 * @param title the mistake in a few words
 * @param text what goes wrong and why, a few lines of Markdown
 * @param shipped where this was shipped; empty when nobody is known to have
 * @param mistake the lines that matter of what is wrong
 * @param correction the lines that matter of how it is right
 */
public record Story(
    String id,
    Family family,
    String title,
    String text,
    String shipped,
    ImmutableList<Excerpt> mistake,
    ImmutableList<Excerpt> correction) {

  /** A story that is still to be told. */
  public static Story of(String id, Family family, String title) {
    return new Story(id, family, title, "", "", ImmutableList.of(), ImmutableList.of());
  }

  /** With this text. */
  public Story text(String text) {
    return new Story(id, family, title, text, shipped, mistake, correction);
  }

  /** Shipped here. */
  public Story shipped(String shipped) {
    return new Story(id, family, title, text, shipped, mistake, correction);
  }

  /** And this class shows what is wrong. */
  public Story mistake(Class<?> type) {
    return mistake(type, "");
  }

  /** And this method shows what is wrong. */
  public Story mistake(Class<?> type, String method) {
    return new Story(id, family, title, text, shipped, with(mistake, type, method), correction);
  }

  /** And this class shows how it is right. */
  public Story correction(Class<?> type) {
    return correction(type, "");
  }

  /** And this method shows how it is right. */
  public Story correction(Class<?> type, String method) {
    return new Story(id, family, title, text, shipped, mistake, with(correction, type, method));
  }

  private static ImmutableList<Excerpt> with(ImmutableList<Excerpt> excerpts, Class<?> type, String method) {
    return ImmutableList.<Excerpt>builder().addAll(excerpts).add(new Excerpt(type, method)).build();
  }
}
