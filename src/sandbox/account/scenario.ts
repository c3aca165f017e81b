import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import { resolveTopology } from './build.ts';
import { requireFault } from './faults/index.ts';
import { type Scenario, ScenarioSchema } from './schema.ts';

const BUILT_IN = join(import.meta.dirname, '..', 'scenarios');
const GAMEDAY = join(import.meta.dirname, '..', 'gameday');
const FILE_BYTES_MAX = 1_000_000;

/** Reads and checks one scenario file. Errors (`invalid_input`, `not_found`) name the file, the place in it, and what is allowed. */
export function loadScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new OpsError('not_found', `There is no readable scenario file at ${path}.`, 'Name a .yaml file; docs/scenarios.md describes the format.', {
      cause: error,
    });
  }
  return parseScenario(text, path);
}

/** As loadScenario, from text; `file` is used in messages. */
export function parseScenario(text: string, file: string): Scenario {
  if (text.length > FILE_BYTES_MAX) throw new OpsError('limited', `The scenario file ${file} is larger than 1 MB.`, 'Split it.');
  const parsed = ScenarioSchema.safeParse(readYaml(text, `The scenario file ${file}`));
  if (!parsed.success) {
    throw new OpsError(
      'invalid_input',
      `The scenario file ${file} is not valid:\n${z.prettifyError(parsed.error)}`,
      'docs/scenarios.md describes every field.',
    );
  }
  checkReferences(parsed.data, file);
  return parsed.data;
}

/** The value of a YAML text; `what` names it in the message when it cannot be read. */
export function readYaml(text: string, what: string): unknown {
  try {
    return parse(text, { logLevel: 'error' });
  } catch (error) {
    const line = (error as Error).message.split('\n')[0] ?? '';
    throw new OpsError('invalid_input', `${what} is not valid YAML: ${line}`, 'Mend the line it names.', { cause: error });
  }
}

/** Targets must be there, faults must exist and fit their target and parameters. */
function checkReferences(scenario: Scenario, file: string): void {
  const inFile = (where: string, check: () => void): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      throw new OpsError('invalid_input', `The scenario file ${file} is not valid at ${where}: ${error.message}`, error.hint, { cause: error });
    }
  };
  let ids: readonly string[] = [];
  inFile('topology', () => {
    ids = resolveTopology(scenario.topology).resources.map((resource) => resource.id);
  });
  const mustBeThere = (id: string): void => {
    if (!ids.includes(id)) throw new OpsError('invalid_input', `There is no resource ${id}.`, `Resources: ${ids.slice(0, 40).join(', ')}.`);
  };
  scenario.faults.forEach((fault, i) => {
    inFile(`faults[${i}]`, () => {
      mustBeThere(fault.target);
      requireFault(fault.kind).create(fault);
      for (const id of [...(fault.truth?.causes ?? []), ...(fault.truth?.actions ?? []).map((heal) => heal.target)]) mustBeThere(id);
    });
  });
  scenario.red_herrings.forEach((herring, i) => {
    inFile(`red_herrings[${i}]`, () => mustBeThere(herring.target));
  });
  const { cause } = scenario.expect;
  if (cause !== undefined) inFile('expect.cause', () => mustBeThere(cause));
}

/** All scenario files of a folder, by name. */
export function loadScenarios(folder: string): readonly Scenario[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.yaml') || file.endsWith('.yml'));
  } catch (error) {
    throw new OpsError('not_found', `There is no readable folder at ${folder}.`, 'Name a folder of .yaml scenario files.', { cause: error });
  }
  if (files.length === 0) throw new OpsError('not_found', `The folder ${folder} holds no .yaml file.`, 'Name a folder of scenario files.');
  return files.toSorted().map((file) => {
    const scenario = loadScenario(join(folder, file));
    if (scenario.name !== basename(file).replace(/\.ya?ml$/, '')) {
      throw new OpsError('invalid_input', `The scenario in ${join(folder, file)} is named "${scenario.name}".`, 'A scenario has the name of its file.');
    }
    return scenario;
  });
}

/** The scenarios that ship: one for each fault, the four of the demo among them. */
export const builtInScenarios = (): readonly Scenario[] => loadScenarios(BUILT_IN);

/** One that ships, without reading the others. OpsError('not_found') names the ones there are. */
export function builtIn(name: string): Scenario {
  const names = readdirSync(BUILT_IN).map((file) => basename(file, '.yaml'));
  if (names.includes(name)) return loadScenario(join(BUILT_IN, `${name}.yaml`));
  throw new OpsError('not_found', `There is no scenario "${name}".`, `There are: ${names.toSorted().join(', ')}.`);
}

/** The scenarios that the closed loop is scored on. */
export const gamedayScenarios = (): readonly Scenario[] => loadScenarios(GAMEDAY);
