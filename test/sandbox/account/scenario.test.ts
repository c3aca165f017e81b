import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpsError } from '../../../src/domain/errors.ts';
import { FAULTS } from '../../../src/sandbox/account/faults/index.ts';
import { builtInScenarios, gamedayScenarios, loadScenario, loadScenarios, parseScenario } from '../../../src/sandbox/account/scenario.ts';
import { HERRINGS, KINDS, ScenarioSchema } from '../../../src/sandbox/account/schema.ts';

const HEAD = 'name: x\ntitle: X\nexpect: { incidents: 0 }\n';

/** The message and hint of what a scenario text is refused with. */
function refusal(yaml: string): string {
  try {
    parseScenario(yaml, 'my/x.yaml');
  } catch (error) {
    if (error instanceof OpsError) return `${error.code}: ${error.message} ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('scenario files', () => {
  it('that ship are valid, named as their files, and one stands for each risk', () => {
    const scenarios = builtInScenarios();
    for (const risk of ['low', 'medium', 'high', 'critical']) expect(scenarios.some((scenario) => scenario.expect.risk === risk)).toBe(true);
    expect(gamedayScenarios().length).toBeGreaterThanOrEqual(22);
  });

  it('are described: every field, fault, red herring and kind of resource', () => {
    const docs = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'scenarios.md'), 'utf8');
    for (const word of [...Object.keys(ScenarioSchema.shape), ...FAULTS.map((fault) => fault.kind), ...HERRINGS, ...KINDS]) expect(docs).toContain(word);
    for (const { kind, targetKinds } of FAULTS) expect(docs.split('\n').find((line) => line.startsWith(`| ${kind} |`))).toContain(targetKinds[0]);
  });

  it('need only a name, a title and what is expected', () => {
    expect(parseScenario(HEAD, 'x.yaml')).toMatchObject({ topology: 'default', duration_min: 60, warm_up_hours: 24, faults: [], red_herrings: [] });
  });

  const wrong: readonly [what: string, yaml: string, says: readonly string[]][] = [
    ['YAML that cannot be read', 'name: [', ['my/x.yaml', 'not valid YAML']],
    ['a list instead of a mapping', '- a\n- b', ['my/x.yaml', 'not valid']],
    ['an empty file', '', ['my/x.yaml', 'not valid']],
    ['an unknown field', `${HEAD}colour: red`, ['my/x.yaml', 'colour']],
    ['a missing name', 'title: X\nexpect: { incidents: 0 }', ['name']],
    ['a time that is none', `${HEAD}start: { time: "25:00" }`, ['start.time', 'HH:MM']],
    ['a weekday that is none', `${HEAD}start: { weekday: someday }`, ['start.weekday', 'monday']],
    ['a resource id without a kind', `${HEAD}faults: [{ kind: cpu_hog, target: checkout }]`, ['faults[0].target', 'ecs/checkout']],
    ['a fault that is not known', `${HEAD}faults: [{ kind: gremlins, target: ecs/web }]`, ['faults[0]', 'gremlins', 'cpu_hog, memory_leak']],
    ['a target that is not there', `${HEAD}faults: [{ kind: cpu_hog, target: ecs/nowhere }]`, ['faults[0]', 'ecs/nowhere', 'ecs/checkout']],
    ['a target of the wrong kind', `${HEAD}faults: [{ kind: cpu_hog, target: sqs/orders }]`, ['faults[0]', 'sqs/orders', 'ecs or ec2 or rds']],
    ['a wrong parameter', `${HEAD}faults: [{ kind: cpu_hog, target: ecs/web, params: { cpu_percent: 900 } }]`, ['faults[0]', 'cpu_percent', '100']],
    ['an unknown parameter', `${HEAD}faults: [{ kind: cpu_hog, target: ecs/web, params: { speed: 9 } }]`, ['faults[0]', 'speed']],
    ['a red herring that is none', `${HEAD}red_herrings: [{ kind: whale, target: ecs/web }]`, ['red_herrings[0].kind', 'innocent_deploy']],
    ['a red herring at nothing', `${HEAD}red_herrings: [{ kind: log_noise, target: ecs/nowhere }]`, ['red_herrings[0]', 'ecs/nowhere']],
    ['a cause that is not there', 'name: x\ntitle: X\nexpect: { incidents: 1, cause: ecs/nowhere }', ['expect.cause', 'ecs/nowhere']],
    ['a truth that is not there', `${HEAD}faults: [{ kind: cpu_hog, target: ecs/web, truth: { causes: [ecs/nowhere] } }]`, ['faults[0]', 'ecs/nowhere']],
    ['a topology with a loose end', `${HEAD}topology: { dependencies: [{ from: ecs/web, to: ecs/nowhere }] }`, ['topology', 'ecs/nowhere']],
    ['a circle', `${HEAD}topology: { dependencies: [{ from: ecs/payments, to: ecs/web }] }`, ['topology', 'circle', 'ecs/payments']],
    ['a removal of nothing', `${HEAD}topology: { remove: [ecs/nowhere] }`, ['topology.remove', 'ecs/nowhere']],
    ['no resource at all', `${HEAD}topology: { base: none }`, ['topology', 'no resources']],
    ['a topology of another name', `${HEAD}topology: big`, ['topology', '"default"']],
  ];
  for (const [what, yaml, says] of wrong) {
    it(`refuse ${what}, and say where`, () => {
      const said = refusal(yaml);
      expect(said).toMatch(/^invalid_input/);
      for (const part of says) expect(said).toContain(part);
    });
  }

  it('that are missing, and folders without any, are named', () => {
    expect(() => loadScenario('/nowhere/x.yaml')).toThrow(/\/nowhere\/x\.yaml/);
    expect(() => loadScenarios('/nowhere')).toThrow(/\/nowhere/);
    expect(() => loadScenarios(join(import.meta.dirname))).toThrow(/holds no \.yaml/);
  });

  it('never end in anything but a scenario or an OpsError, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `${HEAD}${text}`),
        ),
        (text) => {
          try {
            parseScenario(text, 'x.yaml');
          } catch (error) {
            expect(error).toBeInstanceOf(OpsError);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('may bring their own topology, sized for its traffic', () => {
    const scenario = parseScenario(
      `${HEAD}topology:
  base: none
  resources: [{ id: alb/api }, { id: ecs/api, count: 3 }, { id: rds/main }]
  dependencies: [{ from: alb/api, to: ecs/api }, { from: ecs/api, to: rds/main, kind: reads, per_request: 3 }]`,
      'x.yaml',
    );
    expect(scenario.topology).toMatchObject({ base: 'none' });
  });
});
