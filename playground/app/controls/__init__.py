"""Controls: small widgets that take a value, emit what the user makes of it, and know nothing else.

`set_value` never emits; `changed` is emitted for what the user does only.
"""
