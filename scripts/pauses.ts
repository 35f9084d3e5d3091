/** `up --pause`: before what it waits for the person. */
export const pauses = ['step', 'phase'] as const
export type PauseAt = (typeof pauses)[number]
