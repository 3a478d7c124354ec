"""Starts two long calculations and asks all the time whether they are done."""
import multiprocessing


def digits(start):
    total = 0
    value = 3**start
    for _ in range(3200):
        value = value * 3 + 1
        total += len(str(value))
    return total


def main():
    with multiprocessing.Pool(2) as pool:
        jobs = [pool.apply_async(digits, (2500 + n,)) for n in range(8)]
        done = 0
        while done < len(jobs):
            done = sum(job.ready() for job in jobs)
        results = [job.get() for job in jobs]
    print(results, sum(results))


if __name__ == "__main__":
    main()
