"""The quizzes, one file for each notebook; each file has a tuple QUESTIONS."""
