"""Asks for a name, as a program that is typed to does."""
name = input("\033[32mWho is there?\033[0m ")
with open("greeted.txt", "w") as file:
    file.write(name)
print("hello,", name)
# stand-in: launch python3 greet.py
