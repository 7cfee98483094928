"""The exercises as a student meets them: in a terminal, from start to done."""
import time
import unittest

from tiny_course import TinyCourse

right = "double square(double x) { return x * x; }"


class FromStartToDone(TinyCourse):
    def test_one_exercise(self) -> None:
        terminal = self.terminal()
        said, code = terminal.type("./course start ch01")
        self.assertEqual(code, 0)
        self.assertRegex(said, r"work/ch01/square/numbers\.cpp:7 +About square \(5 minutes\)")
        self.assertIn("./course check half", said)

        said, code = terminal.type("./course check square")
        self.assertEqual(code, 1)
        self.assertIn("square is not written yet: its TODO is at work/ch01/square/numbers.cpp:7",
                      said)
        self.assertIn("Stuck? ./course hint square  (0 of 3 seen)", said)

        self.write("square", "double square(double x) { return x + x + 0; }")
        said, code = terminal.type("./course check")  # the one that was edited
        self.assertEqual(code, 1)
        self.assertIn("ok    small numbers\n", said)
        self.assertIn("FAIL  larger numbers\n", said)
        self.assertIn("That is twice the number, not its square.\n", said)
        self.assertIn("5 squared: it is 10.0", said)
        self.assertIn("\033[31mFAIL\033[0m", terminal.last_raw)

        self.assertIn("Hint 1 of 3: Think of square.", terminal.type("./course hint")[0])
        said, _ = terminal.type("./course hint square")
        self.assertIn("Hint 1 of 3: Think of square.\nHint 2 of 3: Look at square.", said)
        said, _ = terminal.type("./course list")
        self.assertIn("Exercises: 0 of 4 finished", said)
        self.assertRegex(said, r"square +About square +started: 1 check, 2 of 3 hints")

        self.write("square", right)
        said, code = terminal.type("./course check")
        self.assertEqual(code, 0)
        self.assertIn("work/ch01/square/numbers.cpp\n  ok    small numbers\n  ok    larger", said)
        self.assertIn("All steps pass.", said)
        self.assertIn("Next: ./course start cube  (About cube)", said)
        said, _ = terminal.type("./course list")
        self.assertIn("Exercises: 1 of 4 finished", said)
        self.assertRegex(said, r"square +About square +finished")

    def test_start_never_overwrites(self) -> None:
        self.course("start", "square")
        self.write("square", right)
        said = self.course("start", "ch01").stdout
        self.assertRegex(said, r"square/numbers\.cpp +About square \(5 minutes\): is there already")
        self.assertIn(right, self.file("square").read_text())
        self.assertTrue(self.file("half").is_file())

    def test_show(self) -> None:
        terminal = self.terminal()
        said, code = terminal.type("./course show square")
        self.assertEqual(code, 1)
        self.assertIn("try square first", said)
        said, code = terminal.type("./course show square --anyway")
        self.assertEqual(code, 0)
        self.assertIn("autograd/numbers.cpp:4\n\ndouble square(double x) {\n  const double", said)
        terminal.type("./course start square")
        self.write("square", "double square(double) { return 7; }")
        terminal.type("./course check square")
        self.assertEqual(terminal.type("./course show square")[1], 0)

    def test_diff(self) -> None:
        terminal = self.terminal()
        terminal.type("./course start square")
        self.assertIn("is the same as the starter", terminal.type("./course diff square")[0])
        self.write("square", right)
        said, _ = terminal.type("./course diff square")
        self.assertIn('-  throw std::logic_error("TODO: square");', said)
        self.assertIn(f"+{right}", said)
        said, code = terminal.type("./course diff square --solution")
        self.assertEqual(code, 1)
        self.assertIn("try square first", said)
        said, _ = terminal.type("./course diff square --solution --anyway")
        self.assertIn("-  return result_of_the_square;", said)
        self.assertNotIn("batching", said)
        self.assertNotIn("half", said)

    def test_reset_keeps_the_old_file(self) -> None:
        terminal = self.terminal()
        terminal.type("./course start square")
        starter = self.file("square").read_text()
        self.assertIn("is the starter already", terminal.type("./course reset square")[0])
        for number in (1, 2):
            self.write("square", f"double square(double) {{ return {number}; }}")
            said, _ = terminal.type("./course reset square")
            self.assertIn(f"yours is kept as work/.old/ch01/square/numbers.cpp.{number}", said)
            self.assertEqual(self.file("square").read_text(), starter)
            kept = self.root / f"work/.old/ch01/square/numbers.cpp.{number}"
            self.assertIn(f"return {number};", kept.read_text())

    def test_names(self) -> None:
        terminal = self.terminal()
        for command, words in (
                ("./course start nothing", "there is no chapter and no exercise nothing"),
                ("./course check nothing", "there are: half, square, cube, later"),
                ("./course check square", "square is not started yet: ./course start square"),
                ("./course check", "no exercise is started and unfinished"),
                ("./course watch cube", "cube is not started yet"),
                ("./course hint nothing", "there is no exercise nothing")):
            said, code = terminal.type(command)
            self.assertEqual((code, said.count("\n")), (1, 0), said)
            self.assertIn(words, said)
        self.course("start", "1")
        self.assertIn("About square", terminal.type("./course start ch01_numbers")[0])
        said, code = terminal.type("./course check work/ch01/square/numbers.cpp")
        self.assertIn("square is not written yet", said)


class Watching(TinyCourse):
    def test_a_change_is_checked(self) -> None:
        terminal = self.terminal()
        terminal.type("./course start ch01")
        terminal.send("./course watch\n")
        terminal.read_until(r"watching .*work; Ctrl-C ends")
        self.write("square", "double square(double x) { return 2 * x; }")
        said = terminal.read_until(r"watching; Ctrl-C ends")
        self.assertIn("That is twice the number", said)
        self.assertNotIn("half", said)
        self.write("square", "double square(double x) { return ; }")
        self.assertIn("FAIL  compiling", terminal.read_until(r"watching; Ctrl-C ends"))
        time.sleep(0.5)
        self.write("square", right)
        self.assertIn("All steps pass.", terminal.read_until(r"watching; Ctrl-C ends"))
        # an editor that writes a new file and renames it
        new = self.file("half").with_name("half.new")
        new.write_text(self.file("half").read_text())
        new.replace(self.file("half"))
        self.assertIn("half is not written yet", terminal.read_until(r"watching; Ctrl-C ends"))
        terminal.send("\x03")
        said = terminal.read_until(terminal.prompt)
        self.assertNotIn("Traceback", said)
        self.assertIn("[0] READY>", said)

    def test_one_exercise_is_checked_at_once(self) -> None:
        terminal = self.terminal()
        terminal.type("./course start square")
        terminal.send("./course watch square\n")
        self.assertIn("square is not written yet",
                      terminal.read_until(r"watching square; Ctrl-C ends"))
        self.write("square", right)
        self.assertIn("All steps pass.", terminal.read_until(r"watching; Ctrl-C ends"))
        self.file("square").unlink()
        time.sleep(1)
        terminal.send("\x03")
        self.assertIn("[0] READY>", terminal.read_until(terminal.prompt))


if __name__ == "__main__":
    unittest.main()
