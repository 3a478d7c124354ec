"""Builds the shelf label of each article."""
from concurrent.futures import ThreadPoolExecutor, as_completed


def label(article):
    return f'{article:06d}-{article % 7}'


def main():
    labels = {}
    with ThreadPoolExecutor(max_workers=8) as pool:
        waiting = {pool.submit(label, article): article for article in range(70_000)}
        for future in as_completed(waiting):
            labels[waiting[future]] = future.result()
    print(len(labels), labels[4242])


main()
