def scramble(deck, key):
    n = len(deck)
    for i in range(n):
        j = (i * key + deck[i]) % n
        deck[i], deck[j] = deck[j], deck[i]
    return deck


deck = list(range(2_800_000))
scramble(deck, 48271)
print(deck[:6], deck[-1], sum(k * v for k, v in enumerate(deck[:1000])))
