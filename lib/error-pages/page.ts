/** What is told about an error beyond its own text: the page of one stable id, in Markdown. */
export interface ErrorPage {
  /** The text as it is printed, `<NAME>` where it differs; it must be found in the code. */
  readonly says: string
  /** What has happened, and why it is refused. */
  readonly means: string
  /** What to look at and what to type; the error's own `next:` line stays the short form. */
  readonly todo: string
  /** What was not changed, where the error itself does not always say it. */
  readonly unchanged?: string
}

/** What another program prints and a student meets: the exact text, and what it means here. */
export interface ForeignMessage {
  readonly from: string
  readonly says: string
  readonly means: string
  readonly todo: string
}

/** Errors that look alike to whoever meets them. */
export interface Symptom {
  readonly title: string
  /** Where to begin, before any single error. */
  readonly about: string
  /** By stable id, `KS-...`. */
  readonly errors: Readonly<Record<string, ErrorPage>>
  readonly messages: readonly ForeignMessage[]
}
