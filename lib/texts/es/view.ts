import type { Catalogue } from '../catalogue.ts'

/** `plan`, the live view, and what a phase prints when it is run by hand. */
export const view: Catalogue = {
  'Cluster {name...}: lives, Kubernetes {version}, {nodes...}':
    'Clúster {name...}: vive, Kubernetes {version}, {nodes...}',
  'Cluster {name...}: new, Kubernetes {version}; {node} begins it':
    'Clúster {name...}: nuevo, Kubernetes {version}; lo inicia {node}',
  '{number} node': '{number} nodo',
  '{number} nodes': '{number} nodos',
  'Nothing to do: every node is as the file wants it.':
    'Nada que hacer: todos los nodos están como quiere el archivo.',
  'Nothing to do: but see the notes.': 'Nada que hacer, pero mira las notas.',
  everything: 'todo',
  'when the others have joined': 'cuando los otros se hayan unido',
  'known later': 'se sabrá más tarde',
  'known after {what...}': 'se sabrá después de: {what...}',
  '{number} of {all} steps would do something': '{number} de {all} pasos harían algo',
  note: 'nota',
  found: 'hay',
  wanted: 'debe',

  ok: 'bien',
  changed: 'cambió',
  failed: 'falló',
  started: 'empieza',
  starting: 'empieza',
  still: 'sigue',
  'nothing to do': 'nada que hacer',
  'waits for its turn': 'espera su turno',
  '{phase} begins': '{phase} empieza',
  'step {number} of {all}': 'paso {number} de {all}',
  'changed: {step...}': 'cambió: {step...}',
  '{number} changed': 'cambios: {number}',
  '{elapsed} of {limit}': '{elapsed} de {limit}',

  'node {node} has a pod range': 'el nodo {node} tiene un rango de pods',
  'node {node} is Ready': 'el nodo {node} está Ready',
  'NetworkManager leaves the interfaces of pods':
    'NetworkManager suelta las interfaces de los pods',
  'the Tigera operator runs': 'el operador Tigera está en marcha',
  'Calico works (tigerastatus {parts...})': 'Calico funciona (tigerastatus {parts...})',
  '{node} has registered': '{node} se ha registrado',
  'every node asks the endpoint, after {task}':
    'todos los nodos preguntan al endpoint, tras {task}',
  '{node} asks the endpoint, after {task}': '{node} pregunta al endpoint, tras {task}',
  '{node} issues join credentials for {target}': '{node} da a {target} credenciales para unirse',
  '{runtime} answers': '{runtime} responde',
  'the API server answers at {server}': 'el servidor de la API responde en {server}',
  'this control plane is healthy': 'este nodo del plano de control está sano',
  'every control plane is healthy': 'todos los nodos del plano de control están sanos',
  '{node} has its serving certificate': '{node} tiene su certificado de servidor',
  'Enter: do it   c: do not ask again   q: stop  ':
    'Intro: hazlo   c: no preguntes más   q: para  ',
}
