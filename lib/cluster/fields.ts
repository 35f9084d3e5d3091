import * as v from 'valibot'
import { parseAddress, parseNetwork } from '../networks.ts'
import { patterns as form } from './patterns.ts'

/** What is wanted in place of a value, as a person reads it; a function when the value matters. */
export type Wanted = string | ((found: string) => string)

/** A text of one form; the same words for a wrong type and a wrong form. */
export function text(pattern: RegExp, wanted: Wanted, about = '') {
  const message = ({ input }: { input: unknown }) =>
    typeof wanted === 'string' ? wanted : wanted(typeof input === 'string' ? input : '')
  const schema = v.pipe(v.string(message), v.regex(pattern, message))
  return about === '' ? schema : v.pipe(schema, v.description(about))
}

/** A whole number in a range, both ends included. */
export function wholeNumber(least: number, most: number, about: string) {
  const wanted = `a whole number from ${least} to ${most}`
  return v.pipe(
    v.number(wanted),
    v.integer(wanted),
    v.minValue(least, wanted),
    v.maxValue(most, wanted),
    v.description(about),
  )
}

/** An IP address, IPv4 or IPv6. */
export const address = (about: string) =>
  v.pipe(
    text(form.address, 'an IP address such as 192.168.9.121', about),
    v.check((value) => parseAddress(value) !== undefined, 'an IP address such as 192.168.9.121'),
  )

/** A network as ADDRESS/PREFIX. */
export const network = (example: string, about: string) =>
  v.pipe(
    text(form.network, `a network such as ${example}`, about),
    v.check((value) => parseNetwork(value) !== undefined, `a network such as ${example}`),
  )

/** Digits and dots alone are meant as an IPv4 address, right or wrong. */
export const notAddress = (value: string) => !/^[0-9.]+$/.test(value)
export const nameOrAddress = (value: string) =>
  parseAddress(value) !== undefined || (notAddress(value) && !value.includes(':'))

/** A part of the file, with what editors show for it. */
export const part = <S extends v.GenericSchema>(schema: S, title: string, about: string) =>
  v.pipe(schema, v.title(title), v.description(about))

export const dnsName = 'a DNS name in lower case: letters, digits, "-" and "."'
export const filePath = 'a path of letters, digits and ._@+,/- without blanks'
