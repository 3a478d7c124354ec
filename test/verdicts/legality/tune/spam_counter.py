import re

PATTERN = re.compile(r"\b(free|winner|urgent)\b.*\d{2,}", re.I)
words = ["hello", "free", "meeting", "urgent", "42", "report", "winner", "lunch", "1000", "ok"]
messages = [" ".join(words[(i * k + k * k) % 10] for k in range(1, 9)) for i in range(2_000)] * 340

seen = flagged = 0
for message in messages:
    seen += 1
    if PATTERN.search(message) and len(message.split()) > 3:
        if message.lower().count("free") + message.upper().count("URGENT") > 0:
            flagged += 1
print(seen, flagged)
