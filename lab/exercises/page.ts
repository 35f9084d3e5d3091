import { exercises } from './all.ts'
import type { Exercise, Lines } from './exercise.ts'

export const levels = { 1: 'first steps', 2: 'read the log', 3: 'know the parts' } as const

/** What a lab must have for an exercise, in words; empty where any will do. */
export function needsOf({ needs = {} }: Exercise): readonly string[] {
  const { controlPlanes, ...parts } = needs
  return [
    ...(controlPlanes === undefined ? [] : [`${controlPlanes} control planes`]),
    ...Object.values(parts),
  ]
}

/** Text of docs/exercises.md. */
export const exercisePage = () =>
  `<!-- Written by "node build.mjs --schema" from lab/exercises/. -->\n${head}\n${table()}\n\n${exercises.map(section).join('\n')}`

const head = `# Exercises

Break a healthy cluster in a way that people meet, find out why, repair it. The [lab](../lab/README.md) does the breaking, tells only the symptom, and looks at the living cluster for the repair: any way that works counts.

\`\`\`sh
npm start                                       # a healthy cluster, once
npm run lab -- exercise                         # the list, and what is solved
npm run lab -- exercise kubelet-stopped         # break it; on a terminal it waits for the repair
npm run lab -- exercise kubelet-stopped --hint  # one more hint each time
npm run lab -- exercise kubelet-stopped --check # look once; exit code 18 while it is not repaired
npm run lab -- exercise kubelet-stopped --solve # the documented solution, done and told
npm run lab -- exercise kubelet-stopped --undo  # everything as it was
\`\`\`

Log in with \`npm run lab -- ssh k-worker-1\`, then \`sudo -i\`; on a control plane \`export KUBECONFIG=/etc/kubernetes/admin.conf\`. Or from your own computer: \`npm run lab -- kubectl get nodes\`.
A cluster called NotReady is so after about 50 seconds: that is Kubernetes, not the exercise. One exercise is open at a time, and there is a lab for each group: \`--name NAME\` before the verb.

**For teachers:** this page holds the solutions, in folds. Each one is done in the tests on a real cluster, which also see that the check says no before it. \`--solve\` does not count as solved. What was solved is in \`.lab/NAME/exercises.json\`.
`

function table(): string {
  const rows = exercises.map((exercise) => {
    const { name, title, level, minutes } = exercise
    return `| [${name}](#${name}) | ${title} | ${level}: ${levels[level]} | ${minutes} | ${needsOf(exercise).join(', ')} |`
  })
  return ['| name | title | level | minutes | needs |', '|---|---|---|---|---|', ...rows].join('\n')
}

function section(exercise: Exercise): string {
  const { name, title, symptom, hints, checks, solution, explanation, links } = exercise
  return `## ${name}

**${title}.** ${symptom}

Repaired when:

${checks.map(({ says }) => `- ${says}`).join('\n')}

<details><summary>Hints</summary>

${hints.map((hint, index) => `${index + 1}. ${hint}`).join('\n')}

</details>

<details><summary>What was done, and the solution</summary>

Broken by:

${blocks(exercise.break)}

Solution:

${blocks(solution)}

${explanation}

${links.map((link) => `- <${link}>`).join('\n')}

</details>
`
}

const blocks = (parts: readonly Lines[]) =>
  parts.map(({ on, run }) => `\`\`\`sh\n# ${on}\n${run}\n\`\`\``).join('\n\n')
