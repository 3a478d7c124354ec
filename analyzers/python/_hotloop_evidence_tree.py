"""Puts the calls of the evidence run into the syntax tree of a file: at the loops that are watched, and in the functions that they call.

Line numbers, scopes, tracebacks and the order of evaluation stay as they are. A hook never does the program's own work: it is given a value,
looks, and gives the same value back, so that whatever fails fails in the program's own frame. The body of a watched loop, and of a function that
it may call, is there twice: with hooks at every access for the few trips that are watched closely, and as it was for all others.
"""
import ast
import copy

TRIP, ENTER, LEAVE, ITEMS, BUILT = "__hotloop_trip_%d__", "__hotloop_enter_%d__", "__hotloop_leave_%d__", "__hotloop_items_%d__", "__hotloop_built_%d__"
CALLED, WATCHED = "__hotloop_called_%d__", "__hotloop_watched__"
# More than this, and the copies of copies would be most of the program.
MOST_NODES = 20000
MOST_NESTED = 3
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = _FUNCTIONS + (ast.ClassDef, ast.Lambda)


def identifiers(nodes):
    """Names and attributes that stand anywhere in the nodes."""
    found = set()
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                found.add(part.id)
            elif isinstance(part, ast.Attribute):
                found.add(part.attr)
    return found


def called_names(nodes):
    """Last parts of the names that are called, anywhere in the nodes."""
    found = set()
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                callee = part.func
                found.add(callee.id if isinstance(callee, ast.Name) else callee.attr if isinstance(callee, ast.Attribute) else "")
    return found


def _at(made, node):
    for part in ast.walk(made):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, node)
            if hasattr(part, "lineno"):
                part.end_lineno, part.end_col_offset = part.lineno, part.col_offset
    return made


def call(name, node, *arguments):
    return _at(ast.Call(ast.Name(name, ast.Load()), list(arguments), []), node)


def _statement(made, node):
    return _at(ast.copy_location(ast.Expr(made), node), node)


class _Drop(ast.NodeTransformer):
    """The second copy of a body must not declare a name that the first one has already used."""

    def visit_Global(self, node):
        return ast.copy_location(ast.Pass(), node)

    visit_Nonlocal = visit_Global

    def stop(self, node):
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = stop


def _size(nodes):
    return sum(1 for node in nodes for _ in ast.walk(node))


def _has_docstring(body):
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)


class Found:
    """The nodes of one tree that are watched: loops by number, comprehension clauses by number, functions by number."""

    def __init__(self):
        self.loops = {}
        self.clauses = {}
        self.functions = {}
        # Numbers of those whose end nothing tells: their trips cannot be told from what comes after.
        self.lazy = set()


def find(tree, loops, lines):
    """@param loops: [{"number", "form", "line", "column"}] of this file, UTF-16 columns. @param lines: the text, by line, as bytes."""
    found = Found()
    statements = [node for node in ast.walk(tree) if isinstance(node, _LOOPS)]
    comprehensions = [node for node in ast.walk(tree) if isinstance(node, _COMPREHENSIONS)]
    for loop in loops:
        line, number = loop["line"], loop["number"]
        try:
            text = lines[line - 1].decode("utf-8")
            column = len(text.encode("utf-16-le")[: 2 * loop["column"]].decode("utf-16-le").encode("utf-8"))
        except (IndexError, UnicodeError):
            continue
        if loop["form"] in ("for", "while"):
            here = [node for node in statements if node.lineno == line and (isinstance(node, ast.While)) == (loop["form"] == "while")]
            exact = [node for node in here if node.col_offset == column]
            for node in (exact or here)[:1]:
                found.loops[id(node)] = number
        elif loop["form"] != "map":
            here = [node for node in comprehensions if (node.lineno, node.col_offset) == (line, column)]
            if here:
                found.clauses[id(here[0].generators[0])] = (number, id(here[0]))
                if isinstance(here[0], ast.GeneratorExp):
                    found.lazy.add(number)
                continue
            clauses = [
                (part.target.lineno, part.target.col_offset, index, part, node)
                for node in comprehensions
                for index, part in enumerate(node.generators)
                if (part.target.lineno, part.target.col_offset) > (line, column)
            ]
            for _, _, index, part, node in sorted(clauses, key=lambda one: one[:2])[:1]:
                found.clauses[id(part)] = (number, id(node) if index == 0 else None)
                found.lazy.add(number)
    return found


class Weaver(ast.NodeTransformer):
    """Puts the hooks of loops and functions in; `accesses` makes the closely watched copy of a body, or is None."""

    def __init__(self, found, accesses, follows, counted, unfollow):
        """@param follows: tells of a function node whether its accesses are watched. @param counted: of one whose calls are counted, its number."""
        self.found = found
        self.accesses = accesses
        self.follows = follows
        self.counted = counted
        self.unfollow = unfollow
        self.nested = 0
        self.nodes = 0

    def twice(self, body, test, node):
        """`if test: closely watched else: as it was`; None where that would be too large."""
        self.nodes += _size(body)
        if self.accesses is None or self.nested > MOST_NESTED or self.nodes > MOST_NODES:
            return None
        first = copy.deepcopy(body)
        self.same(body, first)
        close = self.accesses.body(first)
        return _at(ast.copy_location(ast.If(test, close, _dropped(body)), node), node)

    def same(self, body, twin):
        """What is watched in the original is watched in its copy."""
        for one, other in zip((n for s in body for n in ast.walk(s)), (n for s in twin for n in ast.walk(s))):
            for table in (self.found.loops, self.found.clauses, self.found.functions):
                if id(one) in table:
                    table[id(other)] = table[id(one)]
            if id(one) in self.counted:
                self.counted[id(other)] = self.counted[id(one)]
        for one, other in zip((n for s in body for n in ast.walk(s)), (n for s in twin for n in ast.walk(s))):
            if isinstance(one, _COMPREHENSIONS) and id(one.generators[0]) in self.found.clauses:
                number, outer = self.found.clauses[id(one.generators[0])]
                if outer is not None:
                    self.found.clauses[id(other.generators[0])] = (number, id(other))

    # -------------------------------------------------- loops
    def loop(self, node):
        number = self.found.loops.get(id(node))
        if number is None:
            return self.generic_visit(node)
        self.nested += 1
        trip = call(TRIP % number, node)
        both = self.twice(node.body, trip, node.body[0])
        if both is None:
            self.block(node, "body")
            node.body.insert(0, _statement(trip, node.body[0]))
        else:
            self.block(both, "body")
            self.block(both, "orelse")
            node.body = [both]
        self.nested -= 1
        self.block(node, "orelse")
        if isinstance(node, ast.For):
            node.iter = self.visit(node.iter)
            node.iter = call(ITEMS % number, node.iter, node.iter)
        enter = _statement(call(ENTER % number, node), node)
        leave = _statement(call(LEAVE % number, node), node)
        whole = ast.copy_location(ast.Try([node], [], [], [leave]), node)
        return [enter, whole]

    visit_For = visit_AsyncFor = visit_While = loop

    def block(self, node, name):
        found = []
        for statement in getattr(node, name):
            made = self.visit(statement)
            found.extend(made if isinstance(made, list) else [made])
        setattr(node, name, found)

    def comprehension(self, node):
        first = self.found.clauses.get(id(node.generators[0]))
        for part in node.generators:
            known = self.found.clauses.get(id(part))
            if known is not None:
                # The call is true: it drops no item.
                part.ifs.insert(0, call(TRIP % known[0], part.target))
        self.generic_visit(node)
        for index, part in enumerate(node.generators):
            known = self.found.clauses.get(id(part))
            if known is not None and (index > 0 or isinstance(node, ast.GeneratorExp)) and not part.is_async:
                # Nothing stands around these that could tell when they are entered, but that their items are taken.
                part.iter = call(ITEMS % known[0], part.iter, part.iter)
        if first is None or first[1] != id(node) or isinstance(node, ast.GeneratorExp):
            return node
        # Arguments are evaluated in order: the loop is entered before it is built.
        return call(BUILT % first[0], node, call(ENTER % first[0], node), node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    # -------------------------------------------------- functions
    def function(self, node):
        nested, self.nested = self.nested, 0
        start = 1 if _has_docstring(node.body) else 0
        head, body = node.body[:start], node.body[start:]
        number = self.counted.get(id(node))
        own = body and any(isinstance(part, (ast.Yield, ast.YieldFrom, ast.Await)) for part in _own_nodes(node))
        test = None
        if number is not None and not own and isinstance(node, ast.FunctionDef):
            test = call(CALLED % number, body[0], *_given(node.args)) if body else None
        elif body and self.follows(node):
            test = call(WATCHED, body[0])
        if test is None:
            self.generic_visit(node)
            self.nested = nested
            return node
        both = self.twice(body, test, body[0]) if self.follows(node) else None
        if both is None:
            self.unfollow(node.name)
            self.generic_visit(node)
            if number is not None:
                node.body.insert(start, _statement(test, body[0]))
        else:
            self.block(both, "body")
            self.block(both, "orelse")
            node.body = head + [both]
        self.nested = nested
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = function

    def visit_Lambda(self, node):
        self.generic_visit(node)
        if self.accesses is None or hasattr(node, "hotloop") or any(isinstance(part, (ast.Yield, ast.YieldFrom, ast.NamedExpr)) for part in ast.walk(node.body)):
            return node
        self.nodes += _size([node])
        if self.nodes <= MOST_NODES:
            close = self.accesses.visit(copy.deepcopy(node.body))
            node.body = _at(ast.copy_location(ast.IfExp(call(WATCHED, node.body), close, node.body), node.body), node.body)
            node.hotloop = True
        return node


def _dropped(body):
    return [_Drop().visit(statement) for statement in body]


def _own_nodes(node):
    pending = list(node.body)
    while pending:
        part = pending.pop()
        yield part
        if not isinstance(part, _SCOPES):
            pending.extend(ast.iter_child_nodes(part))


def _given(arguments):
    """A call's own arguments, as expressions."""
    plain = list(getattr(arguments, "posonlyargs", ())) + arguments.args + arguments.kwonlyargs
    found = [ast.Name(one.arg, ast.Load()) for one in plain]
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            found.append(ast.Name(rest.arg, ast.Load()))
    return found
