"""Does the same as the other functions."""

from process_image import lambda_handler

__all__ = ["lambda_handler"]
