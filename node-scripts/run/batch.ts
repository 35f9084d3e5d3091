/**
 * Collects the keys asked for in one turn of the event loop and answers them with one call: many
 * steps ask for "their" package or unit, the machine is asked once. Answers are kept until `forget`.
 */
export interface Batch<Value> {
  readonly ask: (key: string) => Promise<Value>
  readonly forget: () => void
}

export function batch<Value>(
  askAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  missing: Value,
): Batch<Value> {
  const known = new Map<string, Promise<Value>>()
  let waiting: { keys: string[]; answer: Promise<ReadonlyMap<string, Value>> } | undefined

  const joinBatch = (key: string) => {
    if (!waiting) {
      const keys: string[] = []
      const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        waiting = undefined
        return askAll(keys)
      })
      waiting = { keys, answer }
    }
    waiting.keys.push(key)
    return waiting.answer.then((answers) => answers.get(key) ?? missing)
  }

  return {
    ask(key) {
      const asked = known.get(key) ?? joinBatch(key)
      known.set(key, asked)
      return asked
    },
    forget: () => known.clear(),
  }
}
