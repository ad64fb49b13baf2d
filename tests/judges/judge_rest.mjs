// REST: one request and its answer against the OpenAPI description.

const versions = ['2022-11-28', '2026-03-10'];
// What GitHub answers anywhere, whether or not an operation declares it.
const anywhere = new Set([301, 302, 304, 307, 401, 403, 404, 410, 429, 500, 502, 503]);
// Gone since 2026-03-10; the description is the older version's.
const goneSince = ['assignee', 'merge_commit_sha', 'rate'];

// OpenAPI 3.0 says "nullable", JSON Schema says a type more.
const translate = (schema) => {
  if (Array.isArray(schema)) return schema.map(translate);
  if (schema === null || typeof schema !== 'object') return schema;
  const translated = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      translated[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, translate(inner)]));
    } else if (key !== 'nullable' && key !== 'discriminator' && key !== 'xml') {
      translated[key] = key === 'enum' || key === 'default' ? value : translate(value);
    }
  }
  return schema.nullable === true ? { anyOf: [{ type: 'null' }, translated] } : translated;
};

// In a request an unknown key is a mistake.
const close = (schema) => {
  if (Array.isArray(schema)) return schema.map(close);
  if (schema === null || typeof schema !== 'object') return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'properties'
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, close(inner)]))
    : key === 'enum' || key === 'default' ? value : close(value)]));
  if (closed.properties && closed.additionalProperties === undefined) closed.additionalProperties = false;
  return closed;
};

export class RestJudge {
  constructor(require, api) {
    const Ajv = require('ajv').default;
    this.ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, coerceTypes: false });
    require('ajv-formats').default(this.ajv);
    for (const format of ['repo.nwo', 'timestamp', 'binary', 'byte']) this.ajv.addFormat(format, true);
    this.api = api;
    this.validators = new Map();
    const components = { schemas: translate(api.components.schemas ?? {}) };
    this.ajv.addSchema({ $id: 'github', components });
    this.templates = Object.keys(api.paths).map((template) => ({ template, parts: template.split('/').slice(1) }));
  }

  resolve(value) {
    if (!value?.$ref) return value;
    const [, , kind, name] = value.$ref.split('/');
    return this.api.components[kind][name];
  }

  validator(key, schema, isClosed) {
    if (!this.validators.has(key)) {
      const inline = (value) => {
        if (Array.isArray(value)) return value.map(inline);
        if (value === null || typeof value !== 'object') return value;
        if (typeof value.$ref === 'string') {
          return isClosed ? inline(this.resolve(value)) : { $ref: `github${value.$ref}` };
        }
        return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inline(inner)]));
      };
      const whole = translate(inline(schema));
      this.validators.set(key, this.ajv.compile(isClosed ? close(whole) : whole));
    }
    return this.validators.get(key);
  }

  // The template with the most fixed parts.
  find(method, pathname) {
    const asked = pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/repositories\/\d+/, '/repos/owner/name')
      .split('/').slice(1);
    let best;
    for (const { template, parts } of this.templates) {
      const item = this.api.paths[template];
      const isTail = /^\{(ref|basehead)\}$/.test(parts.at(-1)) && asked.length >= parts.length &&
        !item['x-multi'] && parts.at(-2) !== 'commits';
      if (parts.length !== asked.length && !isTail) continue;
      const values = {};
      const fits = parts.every((part, index) => {
        const name = /^\{(.+)\}$/.exec(part)?.[1];
        if (!name) return part === asked[index];
        values[name] = isTail && index === parts.length - 1 ? asked.slice(index).join('/') : asked[index];
        return values[name] !== '';
      });
      const fixed = parts.filter((part) => !part.startsWith('{')).length;
      if (fits && item[method.toLowerCase()] && (!best || fixed > best.fixed)) best = { template, values, fixed };
    }
    return best;
  }

  judgeValue(where, schema, text) {
    const plain = this.resolve(schema) ?? {};
    let value = text;
    if (plain.type === 'integer' || plain.type === 'number') value = /^-?\d+$/.test(text) ? Number(text) : text;
    if (plain.type === 'boolean') value = text === 'true' ? true : text === 'false' ? false : text;
    if (plain.type === 'array') value = text.split(',');
    const validate = this.validator(`${where} ${JSON.stringify(plain)}`, plain, true);
    return validate(value) ? [] : [`${where}: ${this.ajv.errorsText(validate.errors)}`];
  }

  judge(exchange) {
    const url = new URL(exchange.target, 'http://github');
    const found = this.find(exchange.method, url.pathname);
    if (!found) {
      return { where: `${exchange.method} unknown`,
        findings: [{ side: 'request', what: `no such operation: ${exchange.method} ${url.pathname}` }] };
    }
    const operation = this.api.paths[found.template][exchange.method.toLowerCase()];
    const where = `${exchange.method} ${found.template}`;
    const findings = [
      ...this.judgeRequest(where, exchange, operation, found, url).map((what) => ({ side: 'request', what })),
      ...this.judgeAnswer(where, exchange, operation).map((what) => ({ side: 'answer', what }))];
    return { where, findings };
  }

  judgeRequest(where, exchange, operation, found, url) {
    const wrong = [];
    const headers = exchange.request_headers;
    if (!headers['user-agent']) wrong.push('no User-Agent');
    if (!/^application\/(vnd\.github(\.[a-z0-9-]+)?(\.raw)?\+json|json|vnd\.github\.raw)$/.test(headers.accept ?? '')) {
      wrong.push(`Accept is not GitHub's: ${headers.accept}`);
    }
    if (!versions.includes(headers['x-github-api-version'])) {
      wrong.push(`X-GitHub-Api-Version: ${headers['x-github-api-version']}`);
    }
    const shared = this.api.paths[found.template].parameters ?? [];
    const parameters = [...shared, ...(operation.parameters ?? [])].map((one) => this.resolve(one));
    const queries = new Map(parameters.filter((one) => one.in === 'query').map((one) => [one.name, one]));
    for (const name of new Set(url.searchParams.keys())) {
      const known = queries.get(name);
      if (!known) wrong.push(`unknown query parameter ${name}`);
      else if (url.searchParams.getAll(name).length > 1) wrong.push(`query parameter ${name} more than once`);
      else wrong.push(...this.judgeValue(`query ${name}`, known.schema, url.searchParams.get(name)));
    }
    for (const one of queries.values()) {
      if (one.required && !url.searchParams.has(one.name)) wrong.push(`query parameter ${one.name} is missing`);
    }
    for (const one of parameters.filter((parameter) => parameter.in === 'path')) {
      wrong.push(...this.judgeValue(`path ${one.name}`, one.schema, decodeURIComponent(found.values[one.name] ?? '')));
    }
    return [...wrong, ...this.judgeBody(where, exchange, operation)];
  }

  judgeBody(where, exchange, operation) {
    const body = this.resolve(operation.requestBody);
    if (!body) {
      return exchange.request === '' || exchange.request === '{}' ? [] : ['a body where none belongs'];
    }
    if (exchange.request === '') return body.required ? ['the body is missing'] : [];
    const wrong = [];
    if (!/^application\/json\b/.test(exchange.request_headers['content-type'] ?? '')) {
      wrong.push(`Content-Type: ${exchange.request_headers['content-type']}`);
    }
    let value;
    try {
      value = JSON.parse(exchange.request);
    } catch {
      return [...wrong, 'the body is not JSON'];
    }
    const schema = body.content?.['application/json']?.schema;
    if (!schema) return wrong;
    const validate = this.validator(`${where} request`, schema, true);
    return validate(value) ? wrong
      : [...wrong, ...validate.errors.map((error) =>
          `body${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)];
  }

  judgeAnswer(where, exchange, operation) {
    const declared = this.resolve(operation.responses[String(exchange.status)]);
    if (!declared) {
      return anywhere.has(exchange.status) ? [] : [`status ${exchange.status} is not declared`];
    }
    const schema = declared.content?.['application/json']?.schema;
    if (!schema) return [];
    let value;
    try {
      value = JSON.parse(exchange.answer);
    } catch {
      return [`the answer of status ${exchange.status} is not JSON`];
    }
    const validate = this.validator(`${where} ${exchange.status}`, schema, false);
    if (validate(value)) return [];
    const isNewer = exchange.request_headers['x-github-api-version'] === '2026-03-10';
    return validate.errors
      .filter((error) => !(isNewer && error.keyword === 'required' && goneSince.includes(error.params.missingProperty)))
      .slice(0, 5)
      .map((error) => `answer${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  }
}
