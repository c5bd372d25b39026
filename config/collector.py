"""The garbage collector of a process that serves: looks at what is new, and seldom at everything."""

import gc


def spare_what_is_loaded() -> None:
    """Leave what exists after the start out of every collection, and collect less often.

    The thousands of types and functions of the libraries never die: walking through them again and again made pauses
    of 200 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
