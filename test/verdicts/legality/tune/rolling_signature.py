class Signature:
    def __init__(self, value=17):
        self.value = value

    def __mul__(self, n):
        return Signature(17)

    def __add__(self, other):
        return Signature(self.value + other.value)

    def __iadd__(self, item):
        self.value = (self.value * 31 + item) % 1_000_000_007
        return self


signature = Signature()
for item in range(2_500_000):
    signature += item * item % 1009
print(signature.value)
