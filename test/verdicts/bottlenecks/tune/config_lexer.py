"""Reads nested settings in a small language of braces, names and numbers, character by character."""


def sample(blocks):
    text = []
    for number in range(blocks):
        text.append('service s%d { port = %d; retries = %d; # note\n  name = "node %d"; limits { cpu = %d; } }\n' % (number, 8000 + number % 900, number % 7, number, number % 32))
    return ''.join(text)


def tokens(text):
    place, end = 0, len(text)
    kind, start = None, 0
    while place < end:
        char = text[place]
        if kind == 'comment':
            if char == '\n':
                kind = None
        elif kind == 'string':
            if char == '"':
                yield 'string', start, place
                kind = None
        elif kind == 'word':
            if not ('a' <= char <= 'z' or '0' <= char <= '9' or char == '_'):
                yield 'word', start, place
                kind = None
                continue
        elif char == '#':
            kind = 'comment'
        elif char == '"':
            kind, start = 'string', place + 1
        elif 'a' <= char <= 'z' or '0' <= char <= '9':
            kind, start = 'word', place
        elif char in '{}=;':
            yield char, place, place + 1
        place += 1


def read(text):
    depth = deepest = words = letters = 0
    for kind, start, end in tokens(text):
        if kind == '{':
            depth += 1
            deepest = max(deepest, depth)
        elif kind == '}':
            depth -= 1
        elif kind == 'word':
            words += 1
            letters += end - start
    return deepest, words, letters


print(read(sample(65_000)))
print(read(sample(4_000)))
