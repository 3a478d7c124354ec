"""Picks the word of the day from a short text, with a thread that prepares tomorrow's."""
import datetime
import threading
from collections import Counter

TEXT = 'the harbour lights were low and the harbour master slept while the small boats came in with the tide ' * 20


def words(text):
    return [word for word in text.split() if len(word) > 3]


def pick(day, found):
    ranked = sorted(Counter(words(TEXT)).items(), key=lambda pair: (-pair[1], pair[0]))
    found[day] = ranked[day.toordinal() % len(ranked)][0]


found = {}
today = datetime.date(2024, 5, 17)
tomorrow = threading.Thread(target=pick, args=(today + datetime.timedelta(days=1), found))
tomorrow.start()
pick(today, found)
tomorrow.join()
print(found[today], sorted(found.values()))
