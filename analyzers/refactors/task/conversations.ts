/** Connections that code opens for itself alone: what is said on one of them is heard on no other. */
import type { Expr, Stmt } from '../../types';
import { boundNames, eachStmt } from '../../syntax/python-walk';
import type { Context } from '../refactor';

const OPENS = /^(socket\.(create_connection|socket)|http\.client\.HTTPS?Connection)$/;
const SAYS = /^(send|sendall|write|writelines|flush|request)$/;

/** Names that hold nothing but such a connection, or the file of one. */
export function ownConnections(body: readonly Stmt[], file: string, cx: Context): Set<string> {
  const given = new Map<string, Expr[]>();
  const give = (target: Expr | null, value: Expr | null): void => {
    for (const name of target ? boundNames(target) : []) {
      const whole = target?.kind === 'name' ? value : null;
      given.set(name, [...(given.get(name) ?? []), ...(whole ? [whole] : [])]);
      if (!whole) strange.add(name);
    }
  };
  const strange = new Set<string>();
  for (const stmt of eachStmt(body)) {
    if (stmt.kind === 'assign') for (const target of stmt.targets) give(target, stmt.value);
    if (stmt.kind === 'with') for (const { context, target } of stmt.items) give(target, context);
    if (stmt.kind === 'loop') give(stmt.loop.target, null);
  }
  const found = new Set<string>();
  const opens = (value: Expr): boolean => {
    if (value.kind !== 'call') return false;
    const { callee } = value;
    if (callee.kind === 'attribute' && callee.attribute === 'makefile' && callee.object.kind === 'name') return found.has(callee.object.name);
    return OPENS.test(cx.resolve(callee, file, value.span.start) ?? '');
  };
  // The file of a socket is named after the socket.
  for (const [name, values] of given) if (!strange.has(name) && values.every(opens)) found.add(name);
  return found;
}

/** `sock.sendall(question)` */
export const isSaid = ({ callee }: Expr & { kind: 'call' }, connections: ReadonlySet<string>): boolean =>
  callee.kind === 'attribute' && SAYS.test(callee.attribute) && callee.object.kind === 'name' && connections.has(callee.object.name);
