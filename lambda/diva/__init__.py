"""DIVA: detect whether events happen, inject them where they do not, verify, and alert.

The rules – what counts as a failure, when to inject, when an alert is due – are in
`machine`; `engine` carries them out; `handler` is where Lambda comes in.
"""
