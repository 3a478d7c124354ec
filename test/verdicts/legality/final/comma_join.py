def join(count):
    text = ""
    column = 0
    for number in range(count):
        piece = str(number * 7919 % 10_007)
        if text and column:
            text += ","
        column += len(piece)
        text += piece
        if column > 70:
            text += "\n"
            column = 0
    return text


text = join(2_900_000)
print(len(text), text.count("\n"))
print(text[:75])
