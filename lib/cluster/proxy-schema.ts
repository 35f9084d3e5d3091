import * as v from 'valibot'
import { parseAddress, parseNetwork } from '../networks.ts'
import { notAddress, text } from './fields.ts'
import { patterns as form } from './patterns.ts'

const url = 'http://HOST:PORT without path, user and password'
const exception = 'a DNS name, ".DOMAIN", an IP address or a network'

const isException = (value: string) =>
  parseAddress(value) !== undefined ||
  parseNetwork(value) !== undefined ||
  (notAddress(value) && !/[:/]/.test(value))

/**
 * A password is refused, not kept: kubeadm copies the variables into the manifests of its static
 * pods, which whoever may read pods can see.
 */
export const proxySchema = v.strictObject({
  http: text(
    form.proxyUrl,
    url,
    'Forward proxy of the nodes, http://HOST:PORT. A user or password in it is refused: everybody who may list pods could read them.',
  ),
  https: v.optional(
    text(form.proxyUrl, url, 'Another one for https URLs; without it `http` is for both.'),
  ),
  noProxy: v.optional(
    v.pipe(
      v.array(v.pipe(text(form.proxyException, exception), v.check(isException, exception))),
      v.description(
        'What is reached without it: names, `.domain` for all below it, addresses, networks. The nodes, the endpoint, pods and Services always are. Name the network of the nodes here if you will add some.',
      ),
    ),
    [],
  ),
})
