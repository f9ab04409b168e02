/** What a listing over HTTP takes of isomorphic-git: a chunk of its own, loaded only there (docs/adr/0006). */
export { listServerRefs } from 'isomorphic-git';
