import { type PythonNeeds, pythonEnvironment } from '../support/python.ts';

const NEEDS: PythonNeeds = { name: 'aws-test', mark: 'ready-1', packages: ['moto[server]==5.2.5', 'cfn-lint==1.58.0'] };

/** moto and cfn-lint, made once and reused. Null: there is no Python. */
export const awsEnvironment = (): string | null => pythonEnvironment(NEEDS);
