"""Wing two: models. From files and options to assertions, from assertions to how each maker is related to the student."""
