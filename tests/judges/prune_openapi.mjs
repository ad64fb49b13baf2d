// Keeps the operations of GitHub's description that afk may use, and what they refer to.
//
//   node prune_openapi.mjs <whole description> <pruned description>
import fs from 'node:fs';

const [whole, pruned] = process.argv.slice(2);
const api = JSON.parse(fs.readFileSync(whole, 'utf8'));
const repository = '/repos/{owner}/{repo}';
const rooms = ['issues', 'labels', 'pulls', 'git', 'commits', 'compare', 'check-runs', 'check-suites', 'statuses',
  'actions/jobs', 'actions/runs', 'deployments', 'collaborators', 'branches', 'rules'];
const wanted = (path) => ['/user', '/users/{username}', '/rate_limit', repository].includes(path) ||
  rooms.some((room) => path === `${repository}/${room}` || path.startsWith(`${repository}/${room}/`));

const prose = new Set(['description', 'summary', 'examples', 'example', 'externalDocs', 'x-github', 'tags']);
// Names of properties are no keywords: a property called "description" stays.
const strip = (value, isMap = false) => {
  if (Array.isArray(value)) return value.map((one) => strip(one));
  if (value === null || typeof value !== 'object') return value;
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    if (isMap || !prose.has(key)) kept[key] = strip(inner, !isMap && key === 'properties');
  }
  return kept;
};

const paths = Object.fromEntries(Object.entries(api.paths).filter(([path]) => wanted(path))
  .map(([path, item]) => [path, strip(item)]));
const components = {};
const take = (value) => {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== '$ref' || typeof inner !== 'string') {
      take(inner);
      continue;
    }
    const [, , kind, name] = inner.split('/');
    components[kind] ??= {};
    if (!(name in components[kind])) {
      components[kind][name] = kind === 'examples' ? {} : strip(api.components[kind][name]);
      take(components[kind][name]);
    }
  }
};
take(paths);
fs.writeFileSync(pruned, JSON.stringify({ openapi: api.openapi, info: api.info, paths, components }));
