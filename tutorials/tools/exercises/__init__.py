"""The exercises: each is a file of the library with a piece missing.

    exercise.py   what there is to do, from exercise.toml
    starters.py   the library's file with the piece cut out
    work.py       the student's folder and progress
    kit.py        compiles and links checks
    running.py    runs a check, step by step
    mistakes.py   recognises known mistakes by the numbers that they make
    checking.py   from a student's file to a verdict; report.py prints it
    mine.py       builds on the student's own finished pieces
    proof.py      proves that solutions pass, starters fail and mutants are recognised
    publish.py    the handout: a tree without the answers
"""
