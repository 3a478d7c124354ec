"""Fills report pages from a form: each page starts as an empty sheet of cells."""
import array

CELLS = 1_500_000
EMPTY = array.array('d', [0.0])


def page(number, marks):
    sheet = EMPTY * CELLS
    for mark in range(marks):
        sheet[(number * 7919 + mark * 104729) % CELLS] = number + mark
    return sheet


def main(pages=1000):
    total = 0.0
    for number in range(pages):
        sheet = page(number, 60)
        total += sheet[number * 7919 % CELLS] + sheet[-1]
    print(total)


main()
