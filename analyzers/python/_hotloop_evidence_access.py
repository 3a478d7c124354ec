"""Makes the closely watched copy of a body: every access that could tie trips together is told to the shadow memory.

Each hook is given a value and gives it back, in the order in which the program evaluates: `o[k]` becomes `object(o, 7)[key(k, 7)]`.
"""
import ast

OBJECT, KEY, ATTRIBUTE, CALLEE, GIVEN, RESULT = "__hotloop_object__", "__hotloop_key__", "__hotloop_attribute__", "__hotloop_callee__", "__hotloop_given__", "__hotloop_result__"
FRESH, COPIED, EACH, LEFT, IN, OPERAND, NAME, PUT, CHANGED, SLICE = "__hotloop_fresh__", "__hotloop_copied__", "__hotloop_each__", "__hotloop_left__", "__hotloop_in__", "__hotloop_operand__", "__hotloop_name__", "__hotloop_put__", "__hotloop_changed__", "__hotloop_slice__"
_SUSPENDS = (ast.Await, ast.Yield, ast.YieldFrom)
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_HELD = (ast.Name, ast.Attribute)
_INDEX = getattr(ast, "Index", None)
_EXTENDED = getattr(ast, "ExtSlice", None)
_OLD = not issubclass(ast.Slice, ast.expr)
LOAD, STORE, AUGMENT, DELETE = "load", "store", "augment", "delete"


class Site:
    """Where an access stands: line from 1, the text of what is accessed, what is done, and the accumulator that it belongs to."""

    __slots__ = ("line", "text", "kind", "gather", "attribute", "path", "called")

    def __init__(self, line, text, kind, gather, attribute, path, called=None):
        self.line, self.text, self.kind, self.gather, self.attribute, self.path = line, text, kind, gather, attribute, path
        # Of a call, what is called; `text` is then the thing whose method it is.
        self.called = called or text

    def of(self, text):
        """The same place, for another thing that is accessed there."""
        return Site(self.line, text, self.kind, self.gather, None, self.path, self.called)


def text_of(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return text_of(node.value) + "." + node.attr
    if isinstance(node, ast.Subscript):
        return text_of(node.value) + "[..]"
    if isinstance(node, ast.Call):
        return text_of(node.func) + "(..)"
    return "a value"


def root_of(node):
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _suspends(node):
    return any(isinstance(part, _SUSPENDS) for part in ast.walk(node))


class Accesses(ast.NodeTransformer):
    """Of one file. `sites` is shared by all files; a site's number is its place there."""

    def __init__(self, path, sites, gathers, names):
        """@param gathers: [(name, first line, last line)] of accumulators. @param names: variables of the module that functions or watched loops change."""
        self.path = path
        self.sites = sites
        self.gathers = gathers
        self.names = names
        # Targets that are told of, and (name, line) of changes to such variables that cannot be.
        self.told = set()
        self.untold = []

    def body(self, statements):
        return [self.visit(statement) for statement in statements]

    # -------------------------------------------------- making
    def site(self, node, kind, target, attribute=None):
        line = getattr(node, "lineno", 0)
        root = root_of(target)
        gather = next((name for name, first, last in self.gathers if name == root and first <= line <= last), None)
        self.sites.append(Site(line, text_of(target), kind, gather, attribute, self.path))
        return ast.Constant(len(self.sites) - 1, None)

    def hook(self, name, node, *arguments):
        made = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
        for part in [made, made.func] + [one for one in arguments if isinstance(one, ast.Constant) and not hasattr(one, "lineno")]:
            ast.copy_location(part, node)
            if hasattr(part, "lineno"):
                part.end_lineno, part.end_col_offset = part.lineno, part.col_offset
        return made

    def operand(self, node):
        """An expression whose value is used as a whole."""
        if isinstance(node, _HELD):
            text = node
            return self.hook(OPERAND, node, self.visit(node), self.site(node, LOAD, text))
        return self.visit(node)

    # -------------------------------------------------- accesses
    def key_expression(self, node):
        """The index as an expression, on every version; slices become values."""
        if _INDEX is not None and _OLD and isinstance(node, _INDEX):
            return self.key_expression(node.value)
        if _EXTENDED is not None and _OLD and isinstance(node, _EXTENDED):
            return ast.copy_location(ast.Tuple([self.key_expression(one) for one in node.dims], ast.Load()), node) if hasattr(node, "lineno") else ast.Tuple([self.key_expression(one) for one in node.dims], ast.Load())
        if isinstance(node, ast.Slice):
            parts = [ast.Constant(None, None) if one is None else self.visit(one) for one in (node.lower, node.upper, node.step)]
            return ast.Call(ast.Name(SLICE, ast.Load()), parts, [])
        if isinstance(node, ast.Tuple) and any(isinstance(one, (ast.Slice, ast.Starred)) for one in node.elts):
            return ast.copy_location(ast.Tuple([self.key_expression(one) for one in node.elts], ast.Load()), node)
        return self.visit(node)

    def visit_Subscript(self, node, kind=None):
        if _suspends(node.slice):
            return self.generic_visit(node)
        kind = kind or {ast.Load: LOAD, ast.Store: STORE, ast.Del: DELETE}[type(node.ctx)]
        number = self.site(node, kind, node.value)
        again = ast.Constant(number.value, None)
        key = self.hook(KEY, node, self.key_expression(node.slice), again)
        for part in ast.walk(key):
            if not hasattr(part, "lineno") and isinstance(part, (ast.expr, ast.keyword)):
                part.lineno, part.col_offset, part.end_lineno, part.end_col_offset = node.lineno, node.col_offset, node.lineno, node.col_offset
        node.value = self.hook(OBJECT, node.value, self.visit(node.value), number)
        node.slice = _INDEX(key) if _OLD else key
        return node

    def visit_Attribute(self, node, kind=None):
        kind = kind or {ast.Load: LOAD, ast.Store: STORE, ast.Del: DELETE}[type(node.ctx)]
        node.value = self.hook(ATTRIBUTE, node.value, self.visit(node.value), self.site(node, kind, node.value, node.attr))
        return node

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load) and node.id in self.names:
            return self.hook(NAME, node, node, self.site(node, LOAD, node, node.id))
        if node.id in self.names and id(node) not in self.told:
            self.untold.append((node.id, node.lineno))
        return node

    def visit_AugAssign(self, node):
        target = node.target
        node.value = self.visit(node.value)
        if isinstance(target, ast.Subscript):
            node.target = self.visit_Subscript(target, AUGMENT)
        elif isinstance(target, ast.Attribute):
            node.target = self.visit_Attribute(target, AUGMENT)
        elif target.id in self.names:
            node.value = self.hook(PUT, node, node.value, self.site(node, AUGMENT, target, target.id))
        elif not _suspends(node.value):
            node.value = self.hook(CHANGED, node, ast.copy_location(ast.Name(target.id, ast.Load()), target), node.value, self.site(node, AUGMENT, target))
        return node

    def _value(self, node):
        value = node.value
        # What an operation makes is new; a slice is, where it is one of a list.
        name = FRESH if isinstance(value, (ast.BinOp, ast.UnaryOp)) else COPIED if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice) else None
        node.value = self.visit(value)
        if name is not None:
            node.value = self.hook(name, value, node.value)

    def visit_Assign(self, node):
        self._value(node)
        for target in [part for one in node.targets for part in ast.walk(one)]:
            if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store) and target.id in self.names:
                node.value = self.hook(PUT, node, node.value, self.site(node, STORE, target, target.id))
                self.told.add(id(target))
        if any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets):
            node.value = self.hook(EACH, node, node.value, self.site(node, LOAD, node.value))
        node.targets = [self.visit(target) for target in node.targets]
        return node

    def visit_Return(self, node):
        if node.value is not None:
            self._value(node)
        return node

    def visit_Call(self, node):
        callee = node.func
        if isinstance(callee, ast.Name) and callee.id.startswith("__hotloop_"):
            return self.generic_visit(node)
        if _suspends(node):
            return self.generic_visit(node)
        number = self.site(node, LOAD, callee.value if isinstance(callee, ast.Attribute) else callee)
        self.sites[number.value].called = text_of(callee)
        func = self.hook(CALLEE, callee, self.visit(callee), number)
        arguments = []
        for one in node.args:
            if isinstance(one, ast.Starred):
                one.value = self.hook(EACH, one, self.visit(one.value), self.site(one, LOAD, one.value))
                arguments.append(one)
            else:
                arguments.append(self.given(one))
        for keyword in node.keywords:
            keyword.value = self.given(keyword.value, keyword.arg)
        node.func, node.args = func, arguments
        return self.hook(RESULT, node, node, ast.Constant(number.value, None))

    def given(self, node, name=None):
        if isinstance(node, ast.Constant):
            return node
        text = text_of(node)
        return self.hook(GIVEN, node, self.visit(node), ast.Constant(name, None), ast.Constant(text, None))

    def display(self, node):
        if isinstance(getattr(node, "ctx", None), ast.Store) or isinstance(getattr(node, "ctx", None), ast.Del) or _suspends(node):
            return self.generic_visit(node)
        return self.hook(FRESH, node, self.generic_visit(node))

    visit_List = visit_Dict = visit_Set = visit_ListComp = visit_DictComp = visit_SetComp = display

    def visit_comprehension(self, node):
        whole = node.iter
        self.generic_visit(node)
        if not node.is_async:
            node.iter = self.hook(EACH, whole, node.iter, self.site(whole, LOAD, whole))
        return node

    def visit_For(self, node):
        whole = node.iter
        self.generic_visit(node)
        node.iter = self.hook(EACH, whole, node.iter, self.site(whole, LOAD, whole))
        return node

    def visit_BinOp(self, node):
        node.left, node.right = self.operand(node.left), self.operand(node.right)
        return node

    def visit_UnaryOp(self, node):
        node.operand = self.operand(node.operand)
        return node

    def visit_BoolOp(self, node):
        node.values = [self.operand(one) for one in node.values]
        return node

    def test(self, node):
        test = node.test
        self.generic_visit(node)
        if isinstance(test, _HELD):
            node.test = self.hook(OPERAND, test, node.test, self.site(test, LOAD, test))
        return node

    visit_If = visit_While = visit_IfExp = test

    def visit_FormattedValue(self, node):
        value = node.value
        self.generic_visit(node)
        node.value = self.hook(OPERAND, value, node.value, self.site(value, LOAD, value))
        return node

    def visit_Compare(self, node):
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)) and not _suspends(node):
            right = node.comparators[0]
            number = self.site(node, LOAD, right)
            node.left = self.hook(LEFT, node.left, self.visit(node.left), number)
            node.comparators = [self.hook(IN, right, self.visit(right), ast.Constant(number.value, None))]
            return node
        node.left = self.operand(node.left)
        node.comparators = [self.operand(one) for one in node.comparators]
        return node

    def visit_ClassDef(self, node):
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
            if isinstance(node.target, ast.Name) and node.target.id in self.names:
                node.value = self.hook(PUT, node, node.value, self.site(node, STORE, node.target, node.target.id))
            elif not isinstance(node.target, ast.Name):
                node.target = self.visit(node.target)
        return node

    # Patterns and annotations are no accesses.
    def visit_Match(self, node):
        node.subject = self.operand(node.subject)
        for case in node.cases:
            if case.guard is not None:
                case.guard = self.visit(case.guard)
            case.body = self.body(case.body)
        return node

    def visit_Lambda(self, node):
        node.body = self.visit(node.body)
        node.hotloop = True
        return node

    def nested(self, node):
        # It has its own two copies.
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = nested
