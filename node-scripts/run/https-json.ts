import { request } from 'node:https'

export interface HttpsQuestion {
  /** `https://10.0.0.11:6443` */
  readonly server: string
  readonly path: string
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** PEM; without it the server is not verified: only for questions without secrets. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly body?: unknown
  /** Milliseconds, for the whole request; 5 s unless told. */
  readonly timeout?: number
  /** Which of several equal questions this is: each is asked, where answers are remembered. */
  readonly again?: number
}

/** `status` is 0 when no answer came; `problem` then says why. */
export interface HttpsAnswer {
  readonly status: number
  readonly text: string
  readonly json: unknown
  readonly problem?: string
}

const maxBody = 32 * 1024 * 1024

/** One HTTPS request. Never rejects: no answer is an answer as well (`status: 0`). */
export function httpsJson(question: HttpsQuestion): Promise<HttpsAnswer> {
  return new Promise((resolve) => {
    const silent = (problem: string) => resolve({ status: 0, text: '', json: undefined, problem })
    const body = question.body === undefined ? undefined : JSON.stringify(question.body)
    const limit = AbortSignal.timeout(question.timeout ?? 5_000)
    const asking = request(
      new URL(question.path, question.server),
      {
        method: question.method ?? (body === undefined ? 'GET' : 'POST'),
        ca: question.ca,
        cert: question.cert,
        key: question.key,
        rejectUnauthorized: question.ca !== undefined,
        agent: false, // one connection a question: a balancer may choose anew each time
        signal: limit,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          if (text.length > maxBody) asking.destroy(new Error('the answer is too long'))
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, json: parsed(text) }),
        )
        response.on('error', (error) => silent(error.message))
      },
    )
    asking.on('error', (error) => silent(limit.aborted ? 'no answer in time' : error.message))
    asking.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
