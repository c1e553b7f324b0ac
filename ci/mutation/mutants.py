"""What may be wrong in a C file: single changes to it, all of them compiled in at once.

Each mutant has a number; in the rewritten file every place that a mutant changes asks mutant_on(NUMBER), and the process is told
by its environment which one is on (runtime.c).  So one build holds all mutants, and none costs a compiler run."""

import dataclasses
import re

import clang.cindex as cindex

Kind = cindex.CursorKind

BINARY = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "&&": "||", "||": "&&", "+": "-", "-": "+", "*": "/", "&": "|", "|": "&", "<<": ">>", ">>": "<<",
}
COMPOUND = {"+=": "-=", "-=": "+=", "|=": "&=", "&=": "|="}
CONDITIONED = {Kind.IF_STMT: 0, Kind.WHILE_STMT: 0, Kind.CONDITIONAL_OPERATOR: 0}
ARITHMETIC = ("+", "-", "*", "&", "|", "<<", ">>", "+=", "-=", "|=", "&=")
OPERATOR = re.compile(r"\s*([-+*/%<>=!&|^]+)(?=[\s(])")
WITH_MACROS = cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
# Constants of the compiler, declarations, and what is not evaluated.
LEFT_ALONE = (Kind.TYPE_REF, Kind.PARM_DECL, Kind.ENUM_DECL, Kind.STRUCT_DECL, Kind.CXX_UNARY_EXPR)
BODIES = (Kind.IF_STMT, Kind.WHILE_STMT, Kind.FOR_STMT, Kind.DO_STMT, Kind.COMPOUND_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT)


@dataclasses.dataclass
class Mutant:
    number: int
    file: str
    line: int
    function: str
    was: str
    now: str

    def name(self):
        """Says where and what without a line number, so that it survives changes elsewhere in the file."""
        return f"{self.file}: {self.function}: {self.was} => {self.now}"


def flat(text, most=160):
    """One line of it."""
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= most else text[: most - 3] + "..."


class File:
    """One C file, its mutants, and its text with all of them in it."""

    def __init__(self, path, name, arguments, first):
        self.path, self.name, self.next = path, name, first
        with open(path, "rb") as source:
            self.source = source.read()
        unit = cindex.Index.create().parse(path, arguments, options=WITH_MACROS)
        errors = [str(d) for d in unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
        if errors:
            raise ValueError(errors[0])
        self.mutants, self.function = [], ""
        self.macros = [self.extent(cursor) for cursor in unit.cursor.get_children()
                       if cursor.kind == Kind.MACRO_INSTANTIATION and self.is_here(cursor)]
        text, at = [], 0
        for cursor in unit.cursor.get_children():
            if cursor.kind == Kind.FUNCTION_DECL and cursor.is_definition() and self.is_here(cursor):
                begin, end = self.extent(cursor)
                self.function = cursor.spelling
                text += [self.source[at:begin].decode(), self.rewrite(cursor)]
                at = end
        text.append(self.source[at:].decode())
        self.text = "".join(text)

    def is_here(self, cursor):
        return cursor.location.file is not None and cursor.location.file.name == self.path

    @staticmethod
    def extent(cursor):
        return cursor.extent.start.offset, cursor.extent.end.offset

    def raw(self, begin, end):
        return self.source[begin:end].decode()

    def children(self, cursor):
        """Those that stand in the text as they are: what a macro made is left alone."""
        begin, end = self.extent(cursor)
        at, found = begin, []
        for child in cursor.get_children():
            first, last = self.extent(child)
            if at <= first < last <= end and self.is_here(child) and not self.is_of_macro(first, last):
                found.append(child)
                at = last
        return found

    def is_of_macro(self, begin, end):
        return any(first <= begin and end <= last for first, last in self.macros)

    def mutant(self, cursor, was, now):
        self.mutants.append(Mutant(self.next, self.name, cursor.extent.start.line, self.function, flat(was), flat(now)))
        self.next += 1
        return self.mutants[-1].number

    def rewrite(self, cursor):
        """The cursor's text with every mutant inside of it."""
        begin, end = self.extent(cursor)
        if cursor.kind in LEFT_ALONE:
            return self.raw(begin, end)
        children = self.children(cursor)
        text, at = [], begin
        for index, child in enumerate(children):
            first, last = self.extent(child)
            text.append(self.raw(at, first))
            text.append(self.raw(first, last) if self.is_constant(cursor, child, index)
                        else self.child_text(cursor, child, index))
            at = last
        text.append(self.raw(at, end))
        change = CHANGES.get(cursor.kind)
        return "".join(text) if change is None else change(self, cursor, children, "".join(text))

    def is_constant(self, cursor, child, index):
        """Whether it is left alone: C wants a constant there (a case, the length of an array, what a static variable begins
        with), or it is the zero of a zeroed struct."""
        if cursor.kind == Kind.INIT_LIST_EXPR and flat(self.raw(*self.extent(cursor))) == "{ 0 }":
            return True
        if cursor.kind == Kind.VAR_DECL:
            before = self.raw(cursor.location.offset, self.extent(child)[0])
            return cursor.storage_class == cindex.StorageClass.STATIC or "=" not in before
        return cursor.kind == Kind.CASE_STMT and index == 0

    def child_text(self, cursor, child, index):
        text = self.rewrite(child)
        was = self.raw(*self.extent(child))
        if CONDITIONED.get(cursor.kind) == index and child.kind.is_expression() and not self.has_opposite(child):
            number = self.mutant(child, was, f"!({was})")
            return f"(mutant_on({number}) ? !({was}) : !!({text}))"
        if self.is_statement(cursor, child) and self.may_be_dropped(child):
            return f"(mutant_on({self.mutant(child, was + ';', '')}) ? (void)0 : (void)({text}))"
        return text

    def is_statement(self, cursor, child):
        _, end = self.extent(child)
        return (cursor.kind in BODIES and self.source[end:].lstrip()[:1] == b";"
                and (cursor.kind != Kind.FOR_STMT or end == self.extent(cursor)[1]))

    def may_be_dropped(self, child):
        inner = self.children(child)
        if child.kind == Kind.CSTYLE_CAST_EXPR:
            return len(inner) > 0 and inner[-1].kind == Kind.CALL_EXPR
        if child.kind == Kind.BINARY_OPERATOR:
            return self.operator(child, inner) == "="
        return child.kind in (Kind.CALL_EXPR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.UNARY_OPERATOR)

    def has_opposite(self, cursor):
        """Whether mutating the expression itself negates it already."""
        children = self.children(cursor)
        return cursor.kind == Kind.BINARY_OPERATOR and self.operator(cursor, children) in ("==", "!=")

    def operator(self, cursor, children):
        """The operator between two operands; the second one may be a macro, which is no child."""
        if len(children) not in (1, 2) or self.extent(children[0])[0] != self.extent(cursor)[0]:
            return None
        behind = self.raw(self.extent(children[0])[1], self.extent(cursor)[1])
        found = OPERATOR.match(re.sub(r"/\*.*?\*/", "", behind, flags=re.S))
        return found.group(1) if found is not None else None

    def operands(self, cursor, children, operator):
        """Left and right of it, as they stand in the text."""
        begin, end = self.extent(cursor)
        left_end = self.extent(children[0])[1]
        return self.raw(begin, left_end), self.raw(left_end, end).split(operator, 1)[1].strip()

    def binary(self, cursor, children, text):
        return self.exchanged(cursor, children, text, BINARY)

    def compound(self, cursor, children, text):
        return self.exchanged(cursor, children, text, COMPOUND)

    def exchanged(self, cursor, children, text, others):
        operator = self.operator(cursor, children)
        other = others.get(operator)
        if other is None or (operator in ARITHMETIC and not all(is_number(child) for child in children)):
            return text
        left, right = self.operands(cursor, children, operator)
        changed = f"({left}) {other} ({right})" if others is BINARY else f"{left} {other} {right}"
        number = self.mutant(cursor, f"{left} {operator} {right}", f"{left} {other} {right}")
        return f"(mutant_on({number}) ? ({changed}) : ({text}))"

    def literal(self, cursor, children, text):
        if not re.fullmatch(r"(0x[0-9a-fA-F]+|[0-9]+)[uUlL]*", text):
            return text
        number = self.mutant(cursor, text, f"{text} + 1")
        return f"(mutant_on({number}) ? {text} + 1 : {text})"

    def boolean(self, cursor, children, text):
        # `true` and `false` are macros in C: only a return says so in its own text.
        found = re.fullmatch(r"return (true|false)", self.raw(*self.extent(cursor)))
        if found is None:
            return text
        other = {"true": "false", "false": "true"}[found.group(1)]
        return f"return mutant_on({self.mutant(cursor, text, f'return {other}')}) ? {other} : {found.group(1)}"


def is_number(cursor):
    kind = cursor.type.get_canonical().kind
    return cindex.TypeKind.BOOL.value <= kind.value <= cindex.TypeKind.INT128.value or kind == cindex.TypeKind.ENUM


CHANGES = {
    Kind.BINARY_OPERATOR: File.binary,
    Kind.COMPOUND_ASSIGNMENT_OPERATOR: File.compound,
    Kind.INTEGER_LITERAL: File.literal,
    Kind.RETURN_STMT: File.boolean,
}
