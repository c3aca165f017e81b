import { z } from 'zod';

/** The ladder of the risk policy, lowest first. */
export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export const RiskSchema = z.enum(RISKS);
export type Risk = z.infer<typeof RiskSchema>;

export const riskAtLeast = (risk: Risk, floor: Risk): boolean => RISKS.indexOf(risk) >= RISKS.indexOf(floor);
export const higherRisk = (a: Risk, b: Risk): Risk => (riskAtLeast(a, b) ? a : b);
