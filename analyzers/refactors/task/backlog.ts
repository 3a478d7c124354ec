/** Servers that the program starts itself: how many callers may wait at their door. Whoever comes when it is full is heard a second later. */
import type { Expr } from '../../types';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';

const SERVERS = /^(http\.server\.(Threading)?HTTPServer|socketserver\.(Threading|Forking)?TCPServer|xmlrpc\.server\.SimpleXMLRPCServer|wsgiref\.simple_server\.(make_server|WSGIServer))$/; // prettier-ignore
/** `socketserver.TCPServer.request_queue_size` */
const USUAL = 5;

/** The least that any of them lets wait; null where the program starts none. */
export function ownBacklog(cx: Context): number | null {
  const found: number[] = [];
  for (const file of cx.files) {
    const { body, functions, classes } = cx.syntax(file);
    const isServer = (expr: Expr): boolean => SERVERS.test(cx.resolve(expr, file, expr.span.start) ?? '');
    for (const one of classes.filter(({ bases }) => bases.some(isServer))) found.push(sizeIn(one.body, 'name') ?? USUAL);
    const statements = [body, ...functions.map((fn) => fn.body)].flatMap((block) => [...eachStmt(block)]);
    const given = sizeIn(statements, 'attribute');
    if (given !== null) return given;
    for (const expr of statements.flatMap((stmt) => stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]))) {
      if (expr.kind !== 'call') continue;
      const [first] = expr.args;
      if (isServer(expr.callee)) found.push(USUAL);
      else if (expr.callee.kind === 'attribute' && expr.callee.attribute === 'listen' && first?.kind === 'number') found.push(Number(first.text));
    }
  }
  return found.length > 0 ? Math.min(...found) : null;
}

/** `request_queue_size = 64` in a class, or on one that the program did not write. */
function sizeIn(statements: Iterable<Parameters<typeof stmtExprs>[0]>, target: 'name' | 'attribute'): number | null {
  for (const stmt of statements) {
    const [to] = stmt.kind === 'assign' ? stmt.targets : [];
    const name = to?.kind === 'attribute' ? to.attribute : to?.kind === 'name' ? to.name : null;
    if (stmt.kind === 'assign' && to?.kind === target && name === 'request_queue_size' && stmt.value.kind === 'number')
      return Number(stmt.value.text);
  }
  return null;
}
