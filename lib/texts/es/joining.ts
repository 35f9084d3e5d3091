import type { Catalogue } from '../catalogue.ts'

/** Phases control-plane-join, worker-join and node-settings, and join-credentials. */
export const joining: Catalogue = {
  'Make sure that the node belongs to no other cluster':
    'Asegúrate de que el nodo no pertenece a otro clúster',
  'A node is a member of one cluster. What it holds of another one may be needed there.':
    'Un nodo es miembro de un solo clúster. Lo que guarda de otro puede hacer falta allí.',
  'Clear the traces of an unfinished join': 'Borra las huellas de un join inacabado',
  'kubeadm join refuses to start over its own half-written files. A node that ever became a member is left alone.':
    'kubeadm join se niega a empezar sobre sus propios archivos a medio escribir. Un nodo que alguna vez llegó a ser miembro no se toca.',
  'Run kubeadm join': 'Ejecuta kubeadm join',
  'The node knows the cluster by its CA, proves itself with a short-lived token, and gets a kubelet certificate of its own.':
    'El nodo conoce el clúster por su CA, se acredita con un token de vida corta y recibe un certificado de kubelet propio.',
  'Remember which cluster this node belongs to': 'Recuerda a qué clúster pertenece este nodo',
  'After a power loss the API server may be silent for minutes. The note tells a member that has to be waited for from a half join that may be cleared.':
    'Después de un corte de luz el servidor de la API puede callar durante minutos. La nota distingue a un miembro al que hay que esperar de una unión a medias que se puede borrar.',
  'Wait until every control plane is healthy':
    'Espera a que todos los nodos del plano de control estén sanos',
  'and the same for the others and the endpoint': 'y lo mismo para los otros y el punto de acceso',
  'prints the token': 'imprime el token',
  'prints the certificate key': 'imprime la clave de certificados',
  'the hash of the CA': 'el hash de la CA',

  'Set labels and taints of {node}': 'Pon las etiquetas y los taints de {node}',
  'What the scheduler may put where is decided by them.':
    'Ellos deciden qué puede poner el scheduler y dónde.',
}
