import type { Catalogue } from '../catalogue.ts'

/** `kubestrap status`; problems that gates and waits tell, too. */
export const status: Catalogue = {
  endpoint: 'punto de acceso',
  NODE: 'NODO',
  ROLE: 'PAPEL',
  ADDRESS: 'DIRECCIÓN',
  STATE: 'ESTADO',
  VERSION: 'VERSIÓN',
  'API SERVER': 'SERVIDOR API',
  CERTIFICATES: 'CERTIFICADOS',
  HEALTH: 'SALUD',
  NAMESPACE: 'ESPACIO',
  PROBLEM: 'PROBLEMA',
  answers: 'responde',
  silent: 'calla',
  learner: 'aprendiz',
  leader: 'líder',
  voter: 'votante',
  version: 'versión',
  'not healthy': 'no está sano',
  'not in the cluster': 'fuera del clúster',
  unreachable: 'no se llega a él',
  'a half join': 'unido a medias',
  'no control plane could be asked': 'no se pudo preguntar a ningún nodo del plano de control',
  '{node} holds it': 'lo tiene {node}',
  '{number} days': '{number} días',
  'ended on {day}': 'caducó el {day}',
  'ends on {day}, in {number} days': 'caduca el {day}, en {number} días',
  'certificate {path} on {node}': 'el certificado {path} en {node}',
  'its kubelet renews it by itself; see journalctl -u kubelet':
    'su kubelet lo renueva solo; mira journalctl -u kubelet',
  'a CA is renewed by hand: kubernetes.io, "Manual Rotation of CA Certificates"':
    'una CA se renueva a mano: kubernetes.io, "Manual Rotation of CA Certificates"',
  'on that node kubeadm certs renew all, then restart the static pods':
    'en ese nodo kubeadm certs renew all, y después reinicia los pods estáticos',
  'etcd: could not be asked': 'etcd: no se le pudo preguntar',
  '(not started)': '(no ha arrancado)',
  'etcd alarm: {alarm...}': 'alarma de etcd: {alarm...}',
  'API server of {node}: {answer...}': 'servidor de la API de {node}: {answer...}',
  'the endpoint {server}: {answer...}': 'el punto de acceso {server}: {answer...}',
  'etcd at {address} does not answer yet': 'etcd en {address} aún no responde',
  'etcd has no leader': 'etcd no tiene líder',
  'etcd member {member...} has not started': 'el miembro de etcd {member...} no ha arrancado',
  'etcd learner {member...} is catching up': 'el aprendiz de etcd {member...} se pone al día',
  'etcd member {member...} does not answer': 'el miembro de etcd {member...} no responde',
  'etcd member {member...} has no Node object':
    'el miembro de etcd {member...} no tiene objeto Node',
  '{node} is no etcd member yet': '{node} aún no es miembro de etcd',
  'certificate request {name} of {requester}': 'la petición de certificado {name} de {requester}',
  'waits: kubestrap approve': 'espera: kubestrap approve',
  'is not approved': 'no se aprueba',
  healthy: 'sano',
  'every 3 s; Ctrl-C ends': 'cada 3 s; Ctrl-C termina',
  '{number} more lines': '{number} líneas más',
  gone: 'ya no',
  'All pods are well.': 'Todos los pods están bien.',
  cordoned: 'acordonado',
  '{node} ({address}) is in the cluster but not in the file':
    '{node} ({address}) está en el clúster pero no en el archivo',
  '{node} has {version}, the oldest control plane {oldest}':
    '{node} tiene {version}, el nodo más antiguo del plano de control {oldest}',
  '{node} has {version}, the oldest control plane {oldest}: newer than an API server, which is not supported':
    '{node} tiene {version}, el nodo más antiguo del plano de control {oldest}: más nuevo que un servidor de la API, y eso no está soportado',
  '{node} has {version}, the oldest control plane {oldest}: more than {number} minor versions behind':
    '{node} tiene {version}, el nodo más antiguo del plano de control {oldest}: más de {number} versiones menores por detrás',
}
