"""The former name of `diva.notification`, for event logic that imports `Facts` from here."""

from .notification import NotificationContext as Facts

__all__ = ["Facts"]
