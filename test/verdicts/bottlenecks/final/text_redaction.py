"""Blanks account numbers and names of people in a bundle of letters."""
import re

RULES = [
    (re.compile(r'(?i)(?:mr|mrs|dr)\.?\s+(?:[a-z]+\s+){0,3}?[a-z]+son\b'), '[person]'),
    (re.compile(r'\b(?:\d[ -]?){12,19}\b'), '[account]'),
    (re.compile(r'(?:[a-z]+ )+(?=\d{9})'), ''),
]


class Redactor:
    def __init__(self, rules):
        self.rules = rules

    def clean(self, text):
        for pattern, stand_in in self.rules:
            text = pattern.sub(stand_in, text)
        return text


def letter(number):
    return f'Dear Dr. Anna Maria John{"son" if number % 3 else "sen"}, your account 4000 1234 {number:04d} 0000 owes {number * 31 % 9999}. we kindly ask that you pay it soon\n'


bundle = ''.join(letter(number) for number in range(11_000))
redactor = Redactor(RULES)
sizes = [len(redactor.clean(bundle)) for _ in range(7)]
print(sizes)
