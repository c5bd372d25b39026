"""One folder a feature: handlers read the press, call one service, render one screen."""
