def mask(user):
    value = user * 2654435761 & 0xFFFFFFFF
    value ^= value >> 15
    return value | 0x10001


USERS = 2_500_000
shared, granted, parity = 0xFFFFFFFF, 0, 0
for user in range(USERS):
    m = mask(user)
    shared &= m
    granted |= m & 0xFFFF00FF
    parity ^= m
print(hex(shared), hex(granted), hex(parity))
