// GraphQL: one query with its variables, and its answer, against the schema.

const keys = new Set(['query', 'variables', 'operationName']);
const largest = 100; // of a page
// Numbers of the database outgrew 32 bits; GitHub answers them all the same.
const wide = new Set(['databaseId']);

export class GraphJudge {
  constructor(require, text) {
    this.graphql = require('graphql');
    this.schema = this.graphql.buildSchema(text, { assumeValidSDL: true });
    this.validated = new Map();
  }

  judge(exchange) {
    const wrong = [];
    let body;
    try {
      body = JSON.parse(exchange.request);
    } catch {
      return { where: 'graphql', findings: [{ side: 'request', what: 'the body is not JSON' }] };
    }
    if (!exchange.request_headers['user-agent']) wrong.push('no User-Agent');
    if (exchange.method !== 'POST') wrong.push(`${exchange.method} instead of POST`);
    for (const key of Object.keys(body)) if (!keys.has(key)) wrong.push(`unknown key ${key} of the body`);
    if (!this.validated.has(body.query)) this.validated.set(body.query, this.read(body.query));
    const { document, errors } = this.validated.get(body.query);
    wrong.push(...errors);
    const findings = wrong.map((what) => ({ side: 'request', what }));
    if (!document) return { where: 'graphql', findings };
    const operation = document.definitions.find((one) => one.kind === 'OperationDefinition' &&
      (!body.operationName || one.name?.value === body.operationName));
    const where = `${operation?.operation ?? 'graphql'} ${operation?.name?.value ?? ''}`.trim();
    if (!operation || errors.length > 0) return { where, findings };
    const variables = this.graphql.getVariableValues(this.schema, operation.variableDefinitions ?? [],
      body.variables ?? {});
    for (const error of variables.errors ?? []) findings.push({ side: 'request', what: error.message });
    const declared = new Set((operation.variableDefinitions ?? []).map((one) => one.variable.name.value));
    for (const name of Object.keys(body.variables ?? {})) {
      if (!declared.has(name)) findings.push({ side: 'request', what: `variable ${name} is not declared` });
    }
    for (const what of this.judgePages(document, variables.coerced ?? {})) findings.push({ side: 'request', what });
    if (exchange.status === 200 && findings.length === 0) {
      for (const what of this.judgeAnswer(exchange.answer, document, operation, variables.coerced ?? {})) {
        findings.push({ side: 'answer', what });
      }
    }
    return { where, findings };
  }

  read(text) {
    try {
      const document = this.graphql.parse(text);
      return { document, errors: this.graphql.validate(this.schema, document).map((error) => error.message) };
    } catch (problem) {
      return { errors: [problem.message] };
    }
  }

  // A connection without a page, or with too big a one, is refused by GitHub though the schema allows it.
  judgePages(document, variables) {
    const wrong = [];
    const types = new this.graphql.TypeInfo(this.schema);
    const size = (argument) => argument.value.kind === 'Variable' ? variables[argument.value.name.value]
      : Number(argument.value.value);
    this.graphql.visit(document, this.graphql.visitWithTypeInfo(types, {
      Field: (node) => {
        const field = types.getFieldDef();
        if (!field?.args.some((one) => one.name === 'first')) return;
        const pages = (node.arguments ?? []).filter((one) => ['first', 'last'].includes(one.name.value));
        if (pages.length === 0) wrong.push(`${node.name.value} without first or last`);
        for (const page of pages) {
          if (!(size(page) >= 0 && size(page) <= largest)) wrong.push(`${node.name.value}: ${page.name.value} ${size(page)}`);
        }
      },
    }));
    return wrong;
  }

  judgeAnswer(text, document, operation, variables) {
    const wrong = [];
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      return ['the answer is not JSON'];
    }
    if (answer.errors && !(Array.isArray(answer.errors) && answer.errors.every((one) => typeof one.message === 'string'))) {
      wrong.push('errors without messages');
    }
    if (answer.data === undefined || answer.data === null) return answer.errors ? wrong : [...wrong, 'neither data nor errors'];
    const fragments = new Map(document.definitions.filter((one) => one.kind === 'FragmentDefinition')
      .map((one) => [one.name.value, one]));
    const root = operation.operation === 'mutation' ? this.schema.getMutationType() : this.schema.getQueryType();
    this.walk({ value: answer.data, type: root, sets: [operation.selectionSet], at: 'data', wrong, fragments, variables });
    return wrong.slice(0, 10);
  }

  wanted(node, variables) {
    return (node.directives ?? []).every((one) => {
      const value = one.arguments[0].value;
      const holds = value.kind === 'Variable' ? variables[value.name.value] : value.value;
      return one.name.value === 'include' ? holds : !holds;
    });
  }

  // Fields of the selections that a value of this very type has.
  collect(sets, type, look, fields = new Map()) {
    for (const node of sets.flatMap((set) => set.selections)) {
      if (!this.wanted(node, look.variables)) continue;
      if (node.kind === 'Field') {
        const key = node.alias?.value ?? node.name.value;
        fields.set(key, [...(fields.get(key) ?? []), node]);
        continue;
      }
      const part = node.kind === 'FragmentSpread' ? look.fragments.get(node.name.value) : node;
      const condition = part.typeCondition ? this.schema.getType(part.typeCondition.name.value) : type;
      const fits = condition === type ||
        (this.graphql.isAbstractType(condition) && this.schema.isSubType(condition, type));
      if (fits) this.collect([part.selectionSet], type, look, fields);
    }
    return fields;
  }

  walk(look) {
    const { value, at, wrong } = look;
    let { type } = look;
    const graphql = this.graphql;
    if (graphql.isNonNullType(type)) {
      type = type.ofType;
      if (value === null || value === undefined) {
        wrong.push(`${at} is null`);
        return;
      }
    }
    if (value === null) return;
    if (graphql.isListType(type)) {
      if (!Array.isArray(value)) wrong.push(`${at} is no list`);
      else value.forEach((one, index) => this.walk({ ...look, value: one, type: type.ofType, at: `${at}[${index}]` }));
      return;
    }
    if (graphql.isLeafType(type)) {
      this.judgeLeaf(value, type, at, wrong);
      return;
    }
    if (typeof value !== 'object' || Array.isArray(value)) {
      wrong.push(`${at} is no object`);
      return;
    }
    const candidates = graphql.isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    const named = candidates.filter((one) => {
      const fields = this.collect(look.sets, one, look);
      const names = [...fields].filter(([, nodes]) => nodes[0].name.value === '__typename').map(([key]) => key);
      return names.every((key) => value[key] === one.name) && fields.size === Object.keys(value).length &&
        [...fields.keys()].every((key) => key in value);
    });
    if (named.length === 0) {
      wrong.push(`${at} has the fields of no ${type.name}: ${Object.keys(value)}`);
      return;
    }
    const concrete = named[0];
    for (const [key, nodes] of this.collect(look.sets, concrete, look)) {
      const name = nodes[0].name.value;
      if (name === '__typename') continue;
      const sets = nodes.map((node) => node.selectionSet).filter(Boolean);
      this.walk({ ...look, value: value[key], type: concrete.getFields()[name].type, sets, at: `${at}.${key}`, name });
    }
  }

  judgeLeaf(value, type, at, wrong) {
    const name = type.name;
    const isText = typeof value === 'string';
    const fits = this.graphql.isEnumType(type) ? isText && type.getValue(value)
      : name === 'Int' ? Number.isInteger(value) && (Math.abs(value) < 2 ** 31 || wide.has(at.split('.').at(-1)))
        : name === 'Boolean' ? typeof value === 'boolean'
          : name === 'Float' ? typeof value === 'number'
            : name === 'DateTime' ? isText && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
              : name === 'GitObjectID' ? isText && /^[0-9a-f]{40}$/.test(value)
                : name === 'BigInt' ? isText && /^-?\d+$/.test(value)
                  : name === 'URI' ? isText && URL.canParse(value, 'http://github')
                    : isText;
    if (!fits) wrong.push(`${at} is no ${name}: ${JSON.stringify(value)}`);
  }
}
