"""Joins staff records with their departments and sums up pay by site."""
import argparse


def make_rows(people, departments):
    staff = [{"id": i, "dept": (i * 7919) % departments, "pay": 1000 + (i * 37) % 900} for i in range(people)]
    depts = [{"code": (d * 31) % departments, "site": f"site-{d % 17}"} for d in range(departments)]
    return staff, depts


def join(staff, depts):
    joined = []
    for person in staff:
        for dept in depts:
            if dept["code"] == person["dept"]:
                joined.append((person["id"], dept["site"], person["pay"]))
                break
    return joined


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=60000)
    parser.add_argument("--departments", type=int, default=2500)
    args = parser.parse_args()
    staff, depts = make_rows(args.people, args.departments)
    totals = {}
    for _, site, pay in join(staff, depts):
        totals[site] = totals.get(site, 0) + pay
    for site in sorted(totals):
        print(site, totals[site])


if __name__ == "__main__":
    main()
