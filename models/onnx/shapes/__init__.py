"""How large everything in a graph becomes, worked out before anything runs: shapes, and the memory that they take.

`estimate` follows a graph with what is `known` so far; each family of operations has its rules in a file of its own.
"""
