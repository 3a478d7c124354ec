"""How many words of a list are rarer than the average word?"""


def vocabulary(count):
    return ["w%x" % ((i * i * 7 + i * 13) % 4099) for i in range(count)]


def rare_words(words, counts):
    rare = []
    for word in words:
        average = sum(counts.values()) / len(counts)
        if counts[word] < average:
            rare.append(word)
    return rare


def main():
    words = vocabulary(220000)
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    rare = rare_words(words, counts)
    print(len(words), len(counts), len(rare), rare[:3], rare[-3:])


main()
