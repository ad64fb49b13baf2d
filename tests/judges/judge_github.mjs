// Holds recorded exchanges with GitHub to GitHub's own descriptions.
//
//   node judge_github.mjs <cache folder> <record>...
//
// A record is a file of JSON lines: method, target, request_headers, request, status, answer. Prints a line of JSON for
// each finding, {side: "request" | "answer", where, what, record, line}, and a last one with what was looked at. Exits 0
// when it could judge, whatever it found.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { GraphJudge } from './judge_graphql.mjs';
import { RestJudge } from './judge_rest.mjs';

const [cache, ...records] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(cache), 'here.js'));
const rest = new RestJudge(require, JSON.parse(fs.readFileSync(path.join(cache, 'openapi.json'), 'utf8')));
const schemaFile = path.join(cache, 'node_modules/@octokit/graphql-schema/schema.graphql');
const graph = new GraphJudge(require, fs.readFileSync(schemaFile, 'utf8'));

const seen = { exchanges: 0, rest: 0, graphql: 0, findings: 0 };
const operations = new Set();
for (const record of records) {
  fs.readFileSync(record, 'utf8').split('\n').forEach((text, index) => {
    if (text === '') return;
    const exchange = JSON.parse(text);
    const isGraph = /^(\/api)?\/graphql$/.test(exchange.target);
    seen.exchanges += 1;
    seen[isGraph ? 'graphql' : 'rest'] += 1;
    const judged = (isGraph ? graph : rest).judge(exchange);
    operations.add(judged.where);
    for (const { side, what } of judged.findings) {
      seen.findings += 1;
      console.log(JSON.stringify({ side, where: judged.where, what, record: path.basename(record), line: index + 1 }));
    }
  });
}
console.log(JSON.stringify({ ...seen, operations: [...operations].sort() }));
