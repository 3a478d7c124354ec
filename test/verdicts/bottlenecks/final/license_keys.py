"""Signs licence numbers with a private key of its own, and checks each."""
MODULUS = (2**521 - 1) * (2**1279 - 1)
PUBLIC = 65_537
PRIVATE = pow(PUBLIC, -1, (2**521 - 2) * (2**1279 - 2))


def sign(number):
    return pow(number, PRIVATE, MODULUS)


def check(number, signature):
    return pow(signature, PUBLIC, MODULUS) == number


def main():
    digits = valid = 0
    for number in range(1000, 1090):
        signature = sign(number)
        digits += signature.bit_length()
        if number % 10 == 0:
            valid += check(number, signature)
    print(digits, valid)


main()
