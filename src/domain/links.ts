import { parseSubject, type Subject, type SubjectKind } from './names.ts';

/** The one table of addresses people click: `/i/INC-12`, `/p/PLAN-34`, `/patterns/PAT-001` under the public address. */
const FOLDERS: Record<SubjectKind, string> = { incident: 'i', plan: 'p', pattern: 'patterns' };
const LINK_MAX = 2000;

export const linkPath = ({ kind, id }: Subject): string => `/${FOLDERS[kind]}/${id}`;

/** What a link under `publicUrl` names; null for every other address. Only the name is read, never a query or what follows it. */
export function subjectOfLink(link: string, publicUrl: string): Subject | null {
  if (link.length > LINK_MAX || !URL.canParse(link)) return null;
  const [url, base] = [new URL(link), new URL(publicUrl)];
  const root = base.pathname.replace(/\/$/, '');
  if (url.origin !== base.origin || url.username !== '' || url.password !== '' || !url.pathname.startsWith(`${root}/`)) return null;
  const [folder, name, ...more] = url.pathname.slice(root.length + 1).split('/');
  const subject = name === undefined || more.length > 0 ? null : parseSubject(name);
  return subject !== null && FOLDERS[subject.kind] === folder ? subject : null;
}
