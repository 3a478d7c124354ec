"""Solves a batch of sudokus by search on sets."""

BASE = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"


def variant(number):
    digits = "123456789"
    turned = digits[number % 9 :] + digits[: number % 9]
    puzzle = BASE.translate(str.maketrans(digits, turned))
    holes = [i for i, c in enumerate(puzzle) if c != "0"]
    for extra in range(2 + number % 4):
        place = holes[(number * 7 + extra * 5) % len(holes)]
        puzzle = puzzle[:place] + "0" + puzzle[place + 1 :]
    return puzzle


def candidates(board, cell):
    row, column = divmod(cell, 9)
    used = {board[row * 9 + k] for k in range(9)} | {board[k * 9 + column] for k in range(9)}
    top, left = row // 3 * 3, column // 3 * 3
    used |= {board[(top + k // 3) * 9 + left + k % 3] for k in range(9)}
    return [d for d in "123456789" if d not in used]


def solve(puzzle):
    board = list(puzzle)

    def search():
        open_cells = [(candidates(board, cell), cell) for cell in range(81) if board[cell] == "0"]
        if not open_cells:
            return True
        choices, cell = min(open_cells, key=lambda entry: len(entry[0]))
        for digit in choices:
            board[cell] = digit
            if search():
                return True
        board[cell] = "0"
        return False

    return "".join(board) if search() else None


solved = []
for number in range(260):
    solution = solve(variant(number))
    if solution:
        solved.append(solution)
print(len(solved), solved[0], sum(int(s[number % 81]) for number, s in enumerate(solved)))
