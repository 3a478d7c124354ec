def deliver(parcels, credit):
    sent = 0
    for parcel in parcels:
        credit -= 1 + (parcel % 5 == 0) * 2
        if parcel % 8 == 0:
            credit += 9
        if credit <= 0:
            outcome = f"stopped at {parcel}"
            break
        sent += 1
    else:
        outcome = f"all sent, {credit} left"
    return sent, outcome


parcels = range(8_000_000)
print(deliver(parcels, 2_900_000))
