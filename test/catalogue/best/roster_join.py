"""Joins staff records with their departments and sums up pay by site."""
import argparse


def make_rows(people, departments):
    staff = [{"id": i, "dept": (i * 7919) % departments, "pay": 1000 + (i * 37) % 900} for i in range(people)]
    depts = [{"code": (d * 31) % departments, "site": f"site-{d % 17}"} for d in range(departments)]
    return staff, depts


def join(staff, depts):
    site_of = {}
    for dept in depts:
        site_of.setdefault(dept["code"], dept["site"])
    joined = []
    for person in staff:
        if person["dept"] in site_of:
            joined.append((person["id"], site_of[person["dept"]], person["pay"]))
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
