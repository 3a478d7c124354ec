"""Groups words that are anagrams of each other."""


def words(count):
    letters = "abcdefghijklmnop"
    seed = 17
    out = []
    for _ in range(count):
        seed = (seed * 16807) % 2147483647
        out.append("".join(letters[seed >> shift & 15] for shift in (3, 7, 11, 15)))
    return out


def group(words):
    keys = []
    groups = []
    for word in words:
        key = "".join(sorted(word))
        if key in keys:
            groups[keys.index(key)] = groups[keys.index(key)] + [word]
        else:
            keys.append(key)
            groups.append([word])
    return groups


groups = group(words(46000))
largest = max(groups, key=len)
print(len(groups), len(largest), largest[:5], groups[-1][:3])
